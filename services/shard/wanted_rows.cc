#include "services/shard/wanted_rows.h"

#include <algorithm>

#include "events/ids.h"
#include "events/partitioner.h"
#include "services/reservation/agenda.h"
#include "services/reservation/limits.h"

namespace slotlog {
namespace {

bool AreBounded(std::initializer_list<std::string_view> ids) {
  return std::all_of(ids.begin(), ids.end(), [](std::string_view id) {
    return id.size() <= kIdBytesMax;
  });
}

/// The slot that a command asks for, if it is at home here.
template <typename Wish>
void WantSlotOf(const Wish& wish, CachedState& state) {
  const Head& head = state.head();
  if (ShardOf(wish.site_id(), head.shards) != head.shard) return;
  if (!AreBounded({wish.site_id(), wish.slot_id()})) return;
  state.Want(RowKey::Of(SiteId{wish.site_id()}, SlotId{wish.slot_id()}));
}

/// Ids that are too long are looked up nowhere: the command will be refused.
void WantRowsOf(const v1::Command& command, CachedState& state) {
  if (!AreBounded({command.citizen_id()})) return;
  state.Want(RowKey::Of(CitizenId{command.citizen_id()}));
  if (command.has_book()) WantSlotOf(command.book(), state);
  if (command.has_hold()) WantSlotOf(command.hold(), state);
  if (command.has_reschedule()) WantSlotOf(command.reschedule(), state);
}

void WantRowsOf(const v1::SeatRequest& request, CachedState& state) {
  const SiteId site{request.site_id()};
  state.Want(RowKey::Of(site, SlotId{request.slot_id()}));
  if (!request.is_counted()) return;
  state.Want(RowKey::Of(site));
  state.Want(RowKey::Of(site, CampaignId{request.campaign_id()}));
}

template <typename Message>
void WantSeatOf(const Message& message, CachedState& state) {
  const SiteId site{message.site_id()};
  const SlotId slot{message.slot_id()};
  state.Want(RowKey::Of(site, slot));
  state.Want(RowKey::Of(site, slot, SeatNumber{message.seat()}));
}

void WantRowsOf(const v1::MoveRequest& request, CachedState& state) {
  const SiteId site{request.site_id()};
  const SlotId from{request.from_slot_id()};
  state.Want(RowKey::Of(site, SlotId{request.slot_id()}));
  state.Want(RowKey::Of(site, from));
  state.Want(RowKey::Of(site, from, SeatNumber{request.from_seat()}));
}

void WantRowsOf(const v1::Message& message, CachedState& state) {
  switch (message.body_case()) {
    case v1::Message::kSeatRequest:
      return WantRowsOf(message.seat_request(), state);
    case v1::Message::kReleaseRequest:
      return WantSeatOf(message.release_request(), state);
    case v1::Message::kSeatConfirmation:
      return WantSeatOf(message.seat_confirmation(), state);
    case v1::Message::kMoveRequest:
      return WantRowsOf(message.move_request(), state);
    case v1::Message::kSeatDecline:
      return WantSeatOf(message.seat_decline(), state);
    case v1::Message::kSeatOffer:
      return state.Want(
          RowKey::Of(CitizenId{message.seat_offer().citizen_id()}));
    case v1::Message::kSeatWithdrawal:
      return state.Want(
          RowKey::Of(CitizenId{message.seat_withdrawal().citizen_id()}));
    case v1::Message::kVisitEnd:
      return state.Want(
          RowKey::Of(CitizenId{message.visit_end().citizen_id()}));
    case v1::Message::kSeatAnswer:
      return state.Want(
          RowKey::Of(CitizenId{message.seat_answer().citizen_id()}));
    case v1::Message::kReleaseAnswer:
      return state.Want(
          RowKey::Of(CitizenId{message.release_answer().citizen_id()}));
    case v1::Message::kWaitlistRequest:
    case v1::Message::kCampaignAnnouncement:
    case v1::Message::kCampaignAdoption:
    case v1::Message::BODY_NOT_SET:
      return;  // seldom: not worth a read ahead
  }
}

}  // namespace

void WantRows(const Input& input, CachedState& state) {
  if (const auto* command = std::get_if<const v1::Command*>(&input.body)) {
    return WantRowsOf(**command, state);
  }
  if (const auto* from = std::get_if<MessageFrom>(&input.body)) {
    WantRowsOf(*from->message, state);
  }
}

void WantDueRows(uint64_t steps, CachedState& state) {
  const Head& head = state.head();
  if (head.now < NextDue(head.agenda)) return;
  const Agenda& agenda = state.head().agenda;
  for (uint32_t ahead = 0; ahead < steps; ahead += kDuePerChunk) {
    state.Want(DueKey(agenda, ahead));
  }
  state.LoadWanted();
  for (uint32_t ahead = 0; ahead < steps; ++ahead) {
    const DueEntry* entry = FindDue(state, ahead);
    if (entry == nullptr) return;
    if (entry->kind != DueKind::kHold) continue;
    state.Want(RowKey::Of(CitizenId{entry->citizen_id}));
  }
}

}  // namespace slotlog
