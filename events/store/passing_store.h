// A store that is as another one is: whoever wants something otherwise
// overrides it.
//
// Threads: as the other store.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/store/store.h"

namespace slotlog {

class PassingStore : public Store {
 public:
  explicit PassingStore(std::shared_ptr<Store> store)
      : store_(std::move(store)) {}

  absl::StatusOr<std::optional<std::string>> ReadPosition() const override {
    return store_->ReadPosition();
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> Read(
      absl::Span<const std::string_view> keys) const override {
    return store_->Read(keys);
  }
  absl::Status Scan(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const override {
    return store_->Scan(prefix, visit);
  }
  absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                               std::string_view position) override {
    return store_->WriteCheckpoint(changes, position);
  }

 private:
  const std::shared_ptr<Store> store_;
};

}  // namespace slotlog
