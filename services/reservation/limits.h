// Every bound of the reservation core, by name. A batch is bounded so that one
// record holds it; a citizen's row is bounded so that no one person can make a
// shard slow.

#pragma once

#include <cstddef>
#include <cstdint>

namespace slotlog {

inline constexpr size_t kIdBytesMax = 128;
inline constexpr size_t kTextBytesMax = 512;
inline constexpr int kSlotsPerOperationMax = 128;
inline constexpr int32_t kSlotCapacityMax = 1'000'000;

/// Commands of one citizen and campaign that wait for the open conversation;
/// the next one is refused BUSY.
inline constexpr size_t kParkedCommandsMax = 4;
/// The same, counted with commands sent again while their first is undecided.
inline constexpr size_t kParkedWithRepeatsMax = 32;
/// Answers kept for one citizen; the next command is refused
/// TOO_MANY_COMMANDS.
inline constexpr size_t kAnswersKeptMax = 1'000;

/// A batch takes no further input once it holds so much. One input adds at most
/// a few events (kParkedWithRepeatsMax + 3), so the record stays far below
/// kRecordBytesMax.
inline constexpr int kBatchEventsMax = 20'000;
inline constexpr size_t kBatchEventBytesMax = 2 * 1024 * 1024;

}  // namespace slotlog
