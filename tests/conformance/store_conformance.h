// What every Store must do, as one suite for both of them. A store's test
// target links it and says how such a store is made:
//
//   INSTANTIATE_TEST_SUITE_P(
//       Memory, StoreConformance,
//       testing::Values(StoreKind{
//           .new_store = [] {
//             return [] { return std::make_unique<MemoryStore>(); };
//           },
//           .is_durable = false}));

#pragma once

#include <absl/status/statusor.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "events/store/store.h"

namespace slotlog {

/// Opens one store; the first call makes it. Called again after the Store it
/// gave is gone, it opens the same one, if it is durable.
using OpenStore = std::function<absl::StatusOr<std::unique_ptr<Store>>()>;

/// One kind of store.
struct StoreKind {
  /// A place for a new store; gone with the function.
  std::function<OpenStore()> new_store;
  /// Whether a checkpoint survives the Store object.
  bool is_durable;

  friend void PrintTo(const StoreKind& kind, std::ostream* out) {
    *out << (kind.is_durable ? "durable" : "volatile");
  }
};

class StoreConformance : public testing::TestWithParam<StoreKind> {
 protected:
  using Rows = std::map<std::string, std::string>;

  void SetUp() override;

  Store& store() { return *store_; }
  /// Ends the store and opens it again, if it is durable.
  void Reopen();

  // Each ends the test at once where the store answers with an error.
  void Write(std::vector<RowChange> changes, std::string_view position);
  std::optional<std::string> Position();
  std::vector<std::optional<std::string>> Read(
      std::vector<std::string_view> keys);
  Rows Scan(std::string_view prefix);

 private:
  OpenStore open_;
  std::unique_ptr<Store> store_;
};

}  // namespace slotlog
