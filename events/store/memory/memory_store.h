// The store in memory: RocksDbStore's twin for tests and simulation. It lives
// as long as its owner keeps it, which is how a test lets a worker die and
// another one go on from what was checkpointed.
//
// Thread-safe. `Scan` visits a copy, so that the visitor may use the store.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/store/store.h"

namespace slotlog {

class MemoryStore : public Store {
 public:
  absl::StatusOr<std::optional<std::string>> ReadPosition() const override;
  absl::StatusOr<std::vector<std::optional<std::string>>> Read(
      absl::Span<const std::string_view> keys) const override;
  absl::Status Scan(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const override;
  absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                               std::string_view position) override;

  /// The next WriteCheckpoint changes nothing and answers `error`.
  void FailNextWrite(absl::Status error);

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::string, std::less<>> rows_ ABSL_GUARDED_BY(mutex_);
  std::optional<std::string> position_ ABSL_GUARDED_BY(mutex_);
  absl::Status next_write_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
