// A read model as the feed sees it: what it is called, how an instance of it is
// made, and where readers are told of the one to read; and where its stores
// come from.
//
// Values; the functions are called by the feed's thread.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "events/store/store.h"
#include "projections/projection.h"
#include "projections/rows.h"

namespace slotlog {

/// Where the stores of projections come from, by name ("outcomes-a").
struct ProjectionStores {
  /// The store of this name, or a new one. DATA_LOSS, FAILED_PRECONDITION: it
  /// cannot be used, and `destroy` ends it.
  std::function<absl::StatusOr<std::unique_ptr<Store>>(const std::string&)>
      open;
  /// OK where there is none. REQUIRES: it is not open.
  std::function<absl::Status(const std::string&)> destroy;
};

struct Model {
  std::string name;
  uint32_t version = 0;
  uint32_t layout = 0;
  std::function<std::shared_ptr<Projection>(std::unique_ptr<Rows>)> make;
  /// Null: there is nothing to read.
  std::function<void(std::shared_ptr<const Projection>)> serve;
};

}  // namespace slotlog
