#include "projections/demand/demand_folding.h"

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "projections/demand/rows.pb.h"
#include "projections/keys.h"

namespace slotlog {
namespace {

/// Cells of one minute that are kept apart, and cells in all.
constexpr size_t kCellsInMinuteMax = 512;
constexpr size_t kCellsMax = 200'000;

std::string CellKey(const DemandCell& cell) {
  return KeyWriter('c')
      .Number(static_cast<uint64_t>(absl::ToUnixSeconds(cell.minute)), 8)
      .Id(cell.campaign_id)
      .Id(cell.region)
      .Number(cell.cohort, 4)
      .Take();
}

std::string OpenKey(uint32_t shard, int64_t command_offset) {
  return KeyWriter('o').Of(Shard{shard}).Of(Offset{command_offset}).Take();
}

DemandCell CellOf(const v1::Event& event, const std::string& campaign_id,
                  const v1::Judged& judged) {
  const int64_t minute = event.asked_at_unix_ms() / 60'000;
  return {.minute = absl::UnixEpoch() + absl::Minutes(minute),
          .campaign_id = campaign_id,
          .region = judged.region(),
          .cohort = judged.cohort()};
}

std::string Encoded(const DemandCount& count, bool has_dropped) {
  projected::DemandRow row;
  row.set_requests(count.requests);
  row.set_confirmed(count.confirmed);
  row.set_refused(count.refused);
  for (const auto& [refusal, times] : count.refusals) {
    projected::RefusedRow& refused = *row.add_refusals();
    refused.set_refusal(refusal);
    refused.set_times(times);
  }
  row.set_has_dropped(has_dropped);
  return Encode(row);
}

/// A command that was refused before any seat was asked for: did it ask for
/// one? A cancel or a confirm names no place, or is refused in a way of its
/// own.
bool AsksForSeat(const v1::CommandRefused& refused) {
  switch (static_cast<int>(refused.refusal())) {
    case v1::REFUSAL_NOTHING_TO_CANCEL:
    case v1::REFUSAL_NOTHING_TO_CONFIRM:
    case v1::REFUSAL_HOLD_EXPIRED:
    case v1::REFUSAL_NOT_WAITING:
    case v1::REFUSAL_VISIT_BEGAN:
    case v1::REFUSAL_COMMAND_ID_REUSED:
      return false;
    case v1::REFUSAL_PLACE_UNCLEAR:
    case v1::REFUSAL_WAITLIST_NOT_OFFERED:
    case v1::REFUSAL_ALREADY_WAITING:
      return true;
  }
  return !refused.site_id().empty() || refused.judged().campaign_version() > 0;
}

}  // namespace

// --- The table ---

DemandCell DemandTable::PlaceOf(const DemandCell& cell) const {
  if (cells_.contains(cell)) return cell;
  const auto minute = cells_in_minute_.find(cell.minute);
  const bool has_room =
      minute == cells_in_minute_.end() || minute->second < kCellsInMinuteMax;
  if (has_room) return cell;
  return {.minute = cell.minute, .campaign_id = {}, .region = {}, .cohort = 0};
}

DemandCount& DemandTable::At(const DemandCell& cell) {
  const auto [place, is_new] = cells_.try_emplace(cell);
  if (is_new) ++cells_in_minute_[cell.minute];
  return place->second;
}

void DemandTable::Put(const DemandCell& cell, DemandCount count) {
  At(cell) = std::move(count);
}

std::optional<DemandCell> DemandTable::DropOldest() {
  if (cells_.size() <= kCellsMax) return std::nullopt;
  DemandCell oldest = cells_.begin()->first;
  cells_.erase(cells_.begin());
  const auto minute = cells_in_minute_.find(oldest.minute);
  if (--minute->second == 0) cells_in_minute_.erase(minute);
  has_dropped = true;
  return oldest;
}

// --- A batch ---

void DemandFolding::Fold() {
  for (const v1::Event& event : batch_.events()) Fold(event);
  if (!changed_.empty()) Save();
}

void DemandFolding::Fold(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kSeatAsked:
      return Open(event, event.seat_asked());
    case v1::Event::kMoveAsked:
      return Open(event, event.move_asked());
    case v1::Event::kWaitlistAsked:
      return Open(event, event.waitlist_asked());
    case v1::Event::kWaiting:
      return Wait(event, event.waiting());
    case v1::Event::kBooked:
      return Confirm(event.booked().command_offset());
    case v1::Event::kHeld:
      return Confirm(event.held().command_offset());
    case v1::Event::kRescheduled:
      return Confirm(event.rescheduled().command_offset());
    case v1::Event::kCommandRefused:
      return Refuse(event, event.command_refused());
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCampaignChanged:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;  // nobody asks for a seat, or is answered
  }
}

template <typename Body>
void DemandFolding::Open(const v1::Event& event, const Body& body) {
  const DemandCell cell =
      table_.PlaceOf(CellOf(event, body.campaign_id(), body.judged()));
  projected::DemandCellRow row;
  row.set_minute_unix(absl::ToUnixSeconds(cell.minute));
  row.set_campaign_id(cell.campaign_id);
  row.set_region(cell.region);
  row.set_cohort(cell.cohort);
  rows_.Put(OpenKey(batch_.shard(), body.command_offset()), Encode(row));
  Count(cell, [](DemandCount& count) { ++count.requests; });
}

std::optional<DemandCell> DemandFolding::Close(int64_t command_offset) {
  std::string key = OpenKey(batch_.shard(), command_offset);
  const auto bytes = rows_.Get(key);
  if (!bytes.has_value()) return std::nullopt;
  projected::DemandCellRow row;
  if (!row.ParseFromString(*bytes)) {
    rows_.Fail(absl::DataLossError("a row of demand cannot be read"));
    return std::nullopt;
  }
  rows_.Erase(std::move(key));
  return DemandCell{.minute = absl::FromUnixSeconds(row.minute_unix()),
                    .campaign_id = row.campaign_id(),
                    .region = row.region(),
                    .cohort = row.cohort()};
}

/// Of a region it is decided at once.
void DemandFolding::Wait(const v1::Event& event, const v1::Waiting& waiting) {
  if (Close(waiting.command_offset()).has_value()) return;
  const DemandCell cell =
      table_.PlaceOf(CellOf(event, waiting.campaign_id(), waiting.judged()));
  Count(cell, [](DemandCount& count) { ++count.requests; });
}

void DemandFolding::Confirm(int64_t command_offset) {
  const auto cell = Close(command_offset);
  if (!cell.has_value()) return;
  Count(*cell, [](DemandCount& count) { ++count.confirmed; });
}

void DemandFolding::Refuse(const v1::Event& event,
                           const v1::CommandRefused& refused) {
  // Where the campaign says no, no seat was asked for.
  if (refused.judged().campaign_version() == 0) {
    if (const auto open = Close(refused.command_offset())) {
      return CountRefusal(*open, refused.refusal());
    }
  }
  if (!AsksForSeat(refused)) return;
  const DemandCell cell =
      table_.PlaceOf(CellOf(event, refused.campaign_id(), refused.judged()));
  Count(cell, [](DemandCount& count) { ++count.requests; });
  CountRefusal(cell, refused.refusal());
}

void DemandFolding::CountRefusal(const DemandCell& cell, v1::Refusal refusal) {
  Count(cell, [refusal](DemandCount& count) {
    ++count.refused;
    ++count.refusals[refusal];
  });
}

template <typename F>
void DemandFolding::Count(const DemandCell& cell, F count) {
  count(table_.At(cell));
  count(table_.totals);
  changed_.insert(cell);
}

void DemandFolding::Save() {
  while (const auto dropped = table_.DropOldest()) {
    changed_.erase(*dropped);
    rows_.Erase(CellKey(*dropped));
  }
  for (const DemandCell& cell : changed_) {
    rows_.Put(CellKey(cell), Encoded(table_.At(cell), false));
  }
  rows_.Put("s", Encoded(table_.totals, table_.has_dropped));
}

}  // namespace slotlog
