// Rows and positions to the bytes that rest in the store, and back. The letter
// that a row's key begins with (row_key.h) says which kind it is. Thread-safe.

#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "services/reservation/state.h"

namespace slotlog {

/// Appends the row's bytes.
void EncodeRow(const Campaign& campaign, std::string& bytes);
void EncodeRow(const Site& site, std::string& bytes);
void EncodeRow(const Slot& slot, std::string& bytes);
void EncodeRow(const Seat& seat, std::string& bytes);
void EncodeRow(const Citizen& citizen, std::string& bytes);
void EncodeRow(const Due& due, std::string& bytes);
void EncodeRow(const SiteUse& use, std::string& bytes);
void EncodeRow(const Waitlist& list, std::string& bytes);
void EncodeRow(const WaiterChunk& chunk, std::string& bytes);

/// DATA_LOSS: the bytes are not such a row.
template <typename Row>
absl::StatusOr<Row> DecodeRow(std::string_view bytes);

/// Where a checkpoint stands.
struct CheckpointPosition {
  std::string log_id;
  /// The record that was folded last stands in `events` at or after this; -1
  /// before the first.
  Offset last_batch_offset{-1};
  Head head;

  friend bool operator==(const CheckpointPosition&,
                         const CheckpointPosition&) = default;
};

std::string EncodePosition(const CheckpointPosition& position);
absl::StatusOr<CheckpointPosition> DecodePosition(std::string_view bytes);

}  // namespace slotlog
