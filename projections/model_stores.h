// The two stores of each model, "-a" and "-b": which of them holds rows that
// may be read, and which may be folded on. For the feed.
//
// Threads: one at a time.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/log/log.h"
#include "projections/event_reader.h"
#include "projections/model.h"
#include "projections/rows.h"

namespace slotlog {

/// A store, what it stands at, and a reader of what comes after that.
struct OpenedStore {
  std::string name;
  std::unique_ptr<Store> store;
  Rows::Position position;
  std::unique_ptr<EventReader> reader;
};

class ModelStores {
 public:
  ModelStores(Log& log, ProjectionStores stores)
      : log_(log), stores_(std::move(stores)) {}

  /// What there is: rows that may be read (complete, of this layout), rows of
  /// this version that are not complete yet, both, or neither. Whatever else
  /// the stores hold is gone.
  absl::StatusOr<std::vector<OpenedStore>> Open(const Model& model);

  /// The name of the model's store that is none of `used`; none: both are.
  static std::optional<std::string> FreeName(
      const Model& model, const std::vector<std::string>& used);

  /// This store, with nothing in it.
  absl::StatusOr<OpenedStore> OpenNew(const Model& model,
                                      const std::string& name);

  absl::Status Destroy(const std::string& name) {
    return stores_.destroy(name);
  }

 private:
  /// None: it holds nothing that is of use.
  absl::StatusOr<std::optional<OpenedStore>> OpenUsable(
      const Model& model, const std::string& name);

  Log& log_;
  const ProjectionStores stores_;
};

}  // namespace slotlog
