// Where a shard's state rests: rows (bytes to bytes) and the position they
// stand at. A checkpoint replaces rows and position in one atomic step, so that
// what is found after a crash is the state at some position in full: never half
// of a checkpoint, never rows without their position. What came after it is
// folded again from the events.
//
// Two stores: RocksDB and, as its twin for tests, in memory. One conformance
// suite (tests/conformance/store_conformance.h) says what each must do.
//
// Threads: reads may come from one thread while another writes a checkpoint;
// checkpoints come one at a time. A read sees all of a checkpoint or nothing.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace slotlog {

/// A row's new value, or its end. The bytes are the caller's.
struct RowChange {
  std::string_view key;
  /// None: the row is deleted.
  std::optional<std::string_view> value;
};

class Store {
 public:
  virtual ~Store() = default;

  /// The position of the last checkpoint; none in a new store.
  virtual absl::StatusOr<std::optional<std::string>> ReadPosition() const = 0;

  /// The rows of these keys, none where there is none.
  /// REQUIRES: keys strictly ascending, none empty.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> Read(
      absl::Span<const std::string_view> keys) const = 0;

  /// Calls `visit` for every row whose key begins with `prefix`, in order of
  /// the keys, until it answers false. Sees one checkpoint's rows only.
  virtual absl::Status Scan(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const = 0;

  /// Replaces rows and position, atomically and durably. On an error nothing
  /// has changed, or (after a crash only) all of it has.
  /// REQUIRES: keys strictly ascending, none empty.
  virtual absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                                       std::string_view position) = 0;
};

}  // namespace slotlog
