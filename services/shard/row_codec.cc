#include "services/shard/row_codec.h"

#include "services/shard/row_bytes.h"
#include "services/shard/rows.pb.h"

namespace slotlog {
namespace {

void SetSeat(const SeatName& seat, rows::SeatNameRow& row) {
  row.set_site_id(seat.site_id);
  row.set_slot_id(seat.slot_id);
  row.set_number(seat.number.value);
  row.set_turn(seat.turn.value);
}

SeatName SeatFrom(const rows::SeatNameRow& row) {
  return {.site_id = row.site_id(),
          .slot_id = row.slot_id(),
          .number = SeatNumber{row.number()},
          .turn = Turn{row.turn()}};
}

rows::ConversationRow RowOf(const Conversation& conversation) {
  rows::ConversationRow row;
  row.set_command_id(conversation.command_id);
  row.set_command_offset(conversation.command_offset.value);
  row.set_command_digest(conversation.command_digest);
  row.set_asked_at_unix_ms(absl::ToUnixMillis(conversation.asked_at));
  row.set_wanted(conversation.wanted);
  row.set_before(static_cast<uint32_t>(conversation.before));
  if (conversation.move.has_value()) {
    rows::MoveRow& move = *row.mutable_move();
    move.set_phase(static_cast<uint32_t>(conversation.move->phase));
    SetSeat(conversation.move->to, *move.mutable_to());
    move.set_is_lost(conversation.move->is_lost);
  }
  if (conversation.offer.has_value()) {
    rows::OfferRow& offer = *row.mutable_offer();
    SetSeat(conversation.offer->seat, *offer.mutable_seat());
    offer.set_next_dose_by(conversation.offer->next_dose_by);
  }
  for (const ParkedCommand& command : conversation.parked) {
    rows::ParkedCommandRow& parked = *row.add_parked();
    parked.set_offset(command.offset.value);
    parked.set_asked_at_unix_ms(absl::ToUnixMillis(command.asked_at));
    parked.set_command_digest(command.command_digest);
    parked.set_command_id_digest(command.command_id_digest);
    parked.set_command(command.command);
  }
  return row;
}

Conversation ConversationFrom(const rows::ConversationRow& row) {
  Conversation conversation{
      .command_id = row.command_id(),
      .command_offset = Offset{row.command_offset()},
      .command_digest = row.command_digest(),
      .asked_at = absl::FromUnixMillis(row.asked_at_unix_ms()),
      .wanted = static_cast<v1::Outcome>(row.wanted()),
      .before = static_cast<ClaimState>(row.before()),
      .move = {},
      .offer = {},
      .parked = {}};
  for (const rows::ParkedCommandRow& parked : row.parked()) {
    conversation.parked.push_back(
        {.offset = Offset{parked.offset()},
         .asked_at = absl::FromUnixMillis(parked.asked_at_unix_ms()),
         .command_digest = parked.command_digest(),
         .command_id_digest = parked.command_id_digest(),
         .command = parked.command()});
  }
  if (row.has_offer()) {
    conversation.offer = ParkedOffer{
        .seat = SeatFrom(row.offer().seat()),
        .next_dose_by =
            static_cast<v1::NextDoseBy>(row.offer().next_dose_by())};
  }
  if (row.has_move()) {
    conversation.move =
        Move{.phase = static_cast<Move::Phase>(row.move().phase()),
             .to = SeatFrom(row.move().to()),
             .is_lost = row.move().is_lost()};
  }
  return conversation;
}

Claim ClaimFrom(const rows::ClaimRow& row) {
  Claim claim;
  claim.campaign_id = row.campaign_id();
  claim.state = static_cast<ClaimState>(row.state());
  claim.turn = Turn{row.turn()};
  claim.seat = SeatFrom(row.seat());
  claim.deadline = absl::FromUnixMillis(row.deadline_unix_ms());
  claim.chances_used = row.chances_used();
  claim.has_expired = row.has_expired();
  claim.waiting = Turn{row.waiting()};
  if (row.has_conversation()) {
    claim.conversation =
        std::make_unique<Conversation>(ConversationFrom(row.conversation()));
  }
  return claim;
}

}  // namespace

void EncodeRow(const Site& site, std::string& bytes) {
  rows::SiteRow row;
  row.set_name(site.name);
  row.set_region(site.region);
  row.set_closed(site.closed);
  for (const std::string& slot_id : site.slot_ids) row.add_slot_ids(slot_id);
  for (const DelayedMove& from : site.delayed_moves) {
    rows::DelayedMoveRow& move = *row.add_delayed_moves();
    move.set_citizen_id(from.citizen_id);
    move.set_campaign_id(from.campaign_id);
    move.set_turn(from.turn.value);
    move.set_hold(from.hold);
    move.set_is_counted(from.is_counted);
    move.set_version(from.version.value);
    move.set_slot_id(from.slot_id);
    move.set_from_slot_id(from.from_slot_id);
    move.set_from_seat(from.from_seat.value);
    move.set_from_seat_turn(from.from_seat_turn.value);
  }
  row.set_open_capacity(site.open_capacity);
  AppendRow(row, bytes);
}

void EncodeRow(const Slot& slot, std::string& bytes) {
  rows::SlotRow row;
  row.set_start_unix_ms(absl::ToUnixMillis(slot.start));
  row.set_end_unix_ms(absl::ToUnixMillis(slot.end));
  row.set_capacity(slot.capacity);
  row.set_taken(slot.taken);
  row.set_closed(slot.closed);
  row.set_last_seat(slot.last_seat.value);
  if (slot.lowered_to.has_value()) row.set_lowered_to(*slot.lowered_to);
  row.set_day(slot.day.value);
  row.set_product(slot.product);
  row.set_is_on_offer(slot.is_on_offer);
  AppendRow(row, bytes);
}

void EncodeRow(const Seat& seat, std::string& bytes) {
  static thread_local rows::SeatRow row;  // keeps its strings' memory
  row.set_citizen_id(seat.citizen_id);
  row.set_campaign_id(seat.campaign_id);
  row.set_turn(seat.turn.value);
  row.set_state(static_cast<uint32_t>(seat.state));
  row.set_dose_digest(seat.dose_digest);
  AppendRow(row, bytes);
}

void EncodeRow(const Citizen& citizen, std::string& bytes) {
  static thread_local rows::CitizenRow row;  // keeps its strings' memory
  row.Clear();
  for (const Claim& from : citizen.claims) {
    rows::ClaimRow& claim = *row.add_claims();
    claim.set_campaign_id(from.campaign_id);
    claim.set_state(static_cast<uint32_t>(from.state));
    claim.set_turn(from.turn.value);
    if (from.seat != SeatName{}) SetSeat(from.seat, *claim.mutable_seat());
    claim.set_deadline_unix_ms(absl::ToUnixMillis(from.deadline));
    claim.set_chances_used(from.chances_used);
    claim.set_has_expired(from.has_expired);
    claim.set_waiting(from.waiting.value);
    if (from.conversation != nullptr) {
      *claim.mutable_conversation() = RowOf(*from.conversation);
    }
  }
  for (const Answer& from : citizen.answers) {
    rows::AnswerRow& answer = *row.add_answers();
    answer.set_command_id_digest(from.command_id_digest);
    answer.set_command_digest(from.command_digest);
    answer.set_sequence(from.sequence.value);
    answer.set_outcome(from.outcome);
    answer.set_refusal(from.refusal);
  }
  AppendRow(row, bytes);
}

void EncodeRow(const Due& due, std::string& bytes) {
  rows::DueRow row;
  for (const DueEntry& from : due.entries) {
    rows::DueEntryRow& entry = *row.add_entries();
    entry.set_citizen_id(from.citizen_id);
    entry.set_campaign_id(from.campaign_id);
    entry.set_turn(from.turn.value);
    entry.set_kind(static_cast<uint32_t>(from.kind));
    entry.set_site_id(from.site_id);
    entry.set_slot_id(from.slot_id);
  }
  AppendRow(row, bytes);
}

void EncodeRow(const SiteUse& use, std::string& bytes) {
  rows::SiteUseRow row;
  row.set_taken(use.taken);
  for (const DayUse& from : use.days) {
    rows::DayUseRow& day = *row.add_days();
    day.set_day(from.day.value);
    day.set_taken(from.taken);
  }
  AppendRow(row, bytes);
}

template <>
absl::StatusOr<Site> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::SiteRow>(bytes);
  if (!row.ok()) return row.status();
  Site site{.name = row->name(),
            .region = row->region(),
            .closed = row->closed(),
            .slot_ids = {row->slot_ids().begin(), row->slot_ids().end()},
            .delayed_moves = {},
            .open_capacity = row->open_capacity()};
  for (const rows::DelayedMoveRow& move : row->delayed_moves()) {
    site.delayed_moves.push_back(
        {.citizen_id = move.citizen_id(),
         .campaign_id = move.campaign_id(),
         .turn = Turn{move.turn()},
         .hold = move.hold(),
         .is_counted = move.is_counted(),
         .version = Version{move.version()},
         .slot_id = move.slot_id(),
         .from_slot_id = move.from_slot_id(),
         .from_seat = SeatNumber{move.from_seat()},
         .from_seat_turn = Turn{move.from_seat_turn()}});
  }
  return site;
}

template <>
absl::StatusOr<Slot> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::SlotRow>(bytes);
  if (!row.ok()) return row.status();
  Slot slot{.start = absl::FromUnixMillis(row->start_unix_ms()),
            .end = absl::FromUnixMillis(row->end_unix_ms()),
            .capacity = row->capacity(),
            .taken = row->taken(),
            .lowered_to = {},
            .last_seat = SeatNumber{row->last_seat()},
            .closed = row->closed(),
            .day = Date{row->day()},
            .product = std::move(*row->mutable_product()),
            .is_on_offer = row->is_on_offer()};
  if (row->has_lowered_to()) slot.lowered_to = row->lowered_to();
  return slot;
}

template <>
absl::StatusOr<Seat> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::SeatRow>(bytes);
  if (!row.ok()) return row.status();
  return Seat{.citizen_id = row->citizen_id(),
              .campaign_id = row->campaign_id(),
              .turn = Turn{row->turn()},
              .state = static_cast<SeatState>(row->state()),
              .dose_digest = row->dose_digest()};
}

template <>
absl::StatusOr<Citizen> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::CitizenRow>(bytes);
  if (!row.ok()) return row.status();
  Citizen citizen;
  for (const rows::ClaimRow& claim : row->claims()) {
    citizen.claims.push_back(ClaimFrom(claim));
  }
  for (const rows::AnswerRow& answer : row->answers()) {
    citizen.answers.push_back(
        {.command_id_digest = answer.command_id_digest(),
         .command_digest = answer.command_digest(),
         .sequence = Sequence{answer.sequence()},
         .outcome = static_cast<v1::Outcome>(answer.outcome()),
         .refusal = static_cast<v1::Refusal>(answer.refusal())});
  }
  return citizen;
}

template <>
absl::StatusOr<SiteUse> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::SiteUseRow>(bytes);
  if (!row.ok()) return row.status();
  SiteUse use{.taken = row->taken(), .days = {}};
  for (const rows::DayUseRow& day : row->days()) {
    use.days.push_back({.day = Date{day.day()}, .taken = day.taken()});
  }
  return use;
}

template <>
absl::StatusOr<Due> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::DueRow>(bytes);
  if (!row.ok()) return row.status();
  Due due;
  for (const rows::DueEntryRow& entry : row->entries()) {
    due.entries.push_back({.kind = static_cast<DueKind>(entry.kind()),
                           .citizen_id = entry.citizen_id(),
                           .campaign_id = entry.campaign_id(),
                           .turn = Turn{entry.turn()},
                           .site_id = entry.site_id(),
                           .slot_id = entry.slot_id()});
  }
  return due;
}

}  // namespace slotlog
