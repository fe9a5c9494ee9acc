// Every bound of the reservation core, by name. A batch is bounded so that one
// record holds it; a citizen's row is bounded so that no one person can make a
// shard slow.

#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>

namespace slotlog {

inline constexpr size_t kTextBytesMax = 512;
inline constexpr int kSlotsPerOperationMax = 128;
inline constexpr int32_t kSlotCapacityMax = 1'000'000;

inline constexpr int kPriorityListsPerProfileMax = 16;
inline constexpr uint32_t kDosesMax = 99;

/// One bit each in a round's sets.
inline constexpr int kCohortsMax = 32;
inline constexpr int kRoundsMax = 64;
inline constexpr int kNamesPerCohortMax = 64;
inline constexpr uint32_t kDaysMax = 3660;
inline constexpr uint32_t kHoldSecondsMax = 24 * 60 * 60;
inline constexpr uint32_t kChancesMax = 1'000;
/// All of a campaign's versions are kept; the next one is refused
/// TOO_MANY_VERSIONS.
inline constexpr size_t kCampaignVersionsMax = 64;
/// How far ahead a change must be, and may be, announced.
inline constexpr absl::Duration kChangeAheadMin = absl::Minutes(1);
inline constexpr absl::Duration kChangeAheadMax = absl::Hours(24 * 366);

/// Commands of one citizen and campaign that wait for the open conversation;
/// the next one is refused BUSY.
inline constexpr size_t kParkedCommandsMax = 4;
/// The same, counted with commands sent again while their first is undecided.
inline constexpr size_t kParkedWithRepeatsMax = 32;
/// Answers kept for one citizen; the next command is refused
/// TOO_MANY_COMMANDS.
inline constexpr size_t kAnswersKeptMax = 1'000;

/// Entries of the agenda that rest in one row, and that one step looks at.
inline constexpr uint32_t kDuePerChunk = 64;
inline constexpr uint32_t kDuePerStep = 64;
/// A claim that is busy when its hold ends is looked at again so much later.
inline constexpr absl::Duration kHoldDeferral = absl::Seconds(5);
/// So long a move to a full slot waits for somebody who wants the other way.
inline constexpr absl::Duration kMoveDelay = absl::Seconds(3);
inline constexpr size_t kDelayedMovesMax = 64;
/// Who has not come so long after the slot's end has missed it.
inline constexpr absl::Duration kMissedAfter = absl::Hours(4);
inline constexpr size_t kSlotsPerSiteMax = 4'096;
inline constexpr size_t kWavesMax = 1'000;
/// Seats that one step of a wave looks at.
inline constexpr uint32_t kSeatsPerStep = 64;
/// Waiters that rest in one row, and those or the slots that one step of a
/// search looks at.
inline constexpr uint32_t kWaitersPerChunk = 64;
inline constexpr uint32_t kSearchedPerStep = 64;
/// Steps of the agenda that a batch takes beside its inputs.
inline constexpr uint64_t kAgendaStepsMax = 1'024;

/// A batch takes no further input once it holds so much. One input adds at most
/// a few events (kParkedWithRepeatsMax + 3), so the record stays far below
/// kRecordBytesMax.
inline constexpr int kBatchEventsMax = 20'000;
inline constexpr size_t kBatchEventBytesMax = 2 * 1024 * 1024;

}  // namespace slotlog
