#include "services/shard/row_codec.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/codec.h"
#include "events/invariant.h"
#include "services/shard/rows.pb.h"

namespace slotlog {
namespace {

template <typename Message>
absl::StatusOr<Message> Parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(
        fmt::format("the store holds a damaged {}", message.GetTypeName()));
  }
  return message;
}

/// Not EncodeTo: a row has not a record's bound. Commands that are parked in
/// many campaigns add up to more.
void Append(const google::protobuf::MessageLite& row, std::string& bytes) {
  INVARIANT(row.AppendToString(&bytes),
            "a row is larger than a message may be");
}

rows::ConversationRow RowOf(const Conversation& conversation) {
  rows::ConversationRow row;
  row.set_command_id(conversation.command_id);
  row.set_command_offset(conversation.command_offset.value);
  row.set_command_digest(conversation.command_digest);
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
  Conversation conversation{.command_id = row.command_id(),
                            .command_offset = Offset{row.command_offset()},
                            .command_digest = row.command_digest(),
                            .parked = {}};
  for (const rows::ParkedCommandRow& parked : row.parked()) {
    conversation.parked.push_back(
        {.offset = Offset{parked.offset()},
         .asked_at = absl::FromUnixMillis(parked.asked_at_unix_ms()),
         .command_digest = parked.command_digest(),
         .command_id_digest = parked.command_id_digest(),
         .command = parked.command()});
  }
  return conversation;
}

Claim ClaimFrom(const rows::ClaimRow& row) {
  Claim claim;
  claim.campaign_id = row.campaign_id();
  claim.state = static_cast<ClaimState>(row.state());
  claim.turn = Turn{row.turn()};
  claim.seat_turn = Turn{row.seat_turn()};
  claim.site_id = row.site_id();
  claim.slot_id = row.slot_id();
  if (row.has_conversation()) {
    claim.conversation =
        std::make_unique<Conversation>(ConversationFrom(row.conversation()));
  }
  return claim;
}

void SetPosition(const InputPosition& position, rows::InputPositionRow& row) {
  row.set_offset(position.offset.value);
  row.set_index(position.index);
}

InputPosition PositionFrom(const rows::InputPositionRow& row) {
  return {.offset = Offset{row.offset()}, .index = row.index()};
}

}  // namespace

void EncodeRow(const Campaign& campaign, std::string& bytes) {
  rows::CampaignRow row;
  row.set_born_from(campaign.born_from.value);
  row.set_born_to(campaign.born_to.value);
  row.set_opens_unix_ms(absl::ToUnixMillis(campaign.opens));
  row.set_closes_unix_ms(absl::ToUnixMillis(campaign.closes));
  row.set_home(campaign.home.value);
  for (Shard shard : campaign.awaited) row.add_awaited(shard.value);
  row.set_operation_id(campaign.operation_id);
  row.set_operation_offset(campaign.operation_offset.value);
  Append(row, bytes);
}

void EncodeRow(const Site& site, std::string& bytes) {
  rows::SiteRow row;
  row.set_name(site.name);
  row.set_region(site.region);
  Append(row, bytes);
}

void EncodeRow(const Slot& slot, std::string& bytes) {
  rows::SlotRow row;
  row.set_start_unix_ms(absl::ToUnixMillis(slot.start));
  row.set_end_unix_ms(absl::ToUnixMillis(slot.end));
  row.set_capacity(slot.capacity);
  row.set_taken(slot.taken);
  row.set_closed(slot.closed);
  Append(row, bytes);
}

void EncodeRow(const Seat& seat, std::string& bytes) {
  rows::SeatRow row;
  row.set_turn(seat.turn.value);
  Append(row, bytes);
}

void EncodeRow(const Citizen& citizen, std::string& bytes) {
  static thread_local rows::CitizenRow row;  // keeps its strings' memory
  row.Clear();
  for (const Claim& from : citizen.claims) {
    rows::ClaimRow& claim = *row.add_claims();
    claim.set_campaign_id(from.campaign_id);
    claim.set_state(static_cast<uint32_t>(from.state));
    claim.set_turn(from.turn.value);
    claim.set_seat_turn(from.seat_turn.value);
    claim.set_site_id(from.site_id);
    claim.set_slot_id(from.slot_id);
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
  Append(row, bytes);
}

template <>
absl::StatusOr<Campaign> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::CampaignRow>(bytes);
  if (!row.ok()) return row.status();
  Campaign campaign{.born_from = Date{row->born_from()},
                    .born_to = Date{row->born_to()},
                    .opens = absl::FromUnixMillis(row->opens_unix_ms()),
                    .closes = absl::FromUnixMillis(row->closes_unix_ms()),
                    .home = Shard{row->home()},
                    .awaited = {},
                    .operation_id = row->operation_id(),
                    .operation_offset = Offset{row->operation_offset()}};
  for (uint32_t shard : row->awaited()) {
    campaign.awaited.push_back(Shard{shard});
  }
  return campaign;
}

template <>
absl::StatusOr<Site> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::SiteRow>(bytes);
  if (!row.ok()) return row.status();
  return Site{.name = row->name(), .region = row->region()};
}

template <>
absl::StatusOr<Slot> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::SlotRow>(bytes);
  if (!row.ok()) return row.status();
  return Slot{.start = absl::FromUnixMillis(row->start_unix_ms()),
              .end = absl::FromUnixMillis(row->end_unix_ms()),
              .capacity = row->capacity(),
              .taken = row->taken(),
              .closed = row->closed()};
}

template <>
absl::StatusOr<Seat> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::SeatRow>(bytes);
  if (!row.ok()) return row.status();
  return Seat{.turn = Turn{row->turn()}};
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

std::string EncodePosition(const CheckpointPosition& position) {
  const Head& head = position.head;
  rows::PositionRow row;
  row.set_log_id(position.log_id);
  row.set_last_batch_offset(position.last_batch_offset.value);
  row.set_shard(head.shard.value);
  row.set_shards(head.shards.value);
  row.set_epoch(head.epoch.value);
  row.set_batch_number(head.batch_number);
  row.set_digest(head.digest.data(), head.digest.size());
  row.set_sequence(head.sequence.value);
  row.set_now_unix_ms(absl::ToUnixMillis(head.now));
  row.set_decided_at_unix_ms(absl::ToUnixMillis(head.decided_at));
  SetPosition(head.commands, *row.mutable_commands());
  SetPosition(head.operations, *row.mutable_operations());
  SetPosition(head.internal, *row.mutable_internal());
  row.mutable_messages_sent()->Add(head.messages_sent.begin(),
                                   head.messages_sent.end());
  row.mutable_messages_received()->Add(head.messages_received.begin(),
                                       head.messages_received.end());
  row.set_confirmations_sent(head.confirmations_sent);
  return Encode(row);
}

absl::StatusOr<CheckpointPosition> DecodePosition(std::string_view bytes) {
  auto row = Parse<rows::PositionRow>(bytes);
  if (!row.ok()) return row.status();
  CheckpointPosition position{
      .log_id = row->log_id(),
      .last_batch_offset = Offset{row->last_batch_offset()},
      .head = Head::Of(Shard{row->shard()}, ShardCount{row->shards()})};
  Head& head = position.head;
  const size_t shards = row->shards();
  if (row->digest().size() != head.digest.size() ||
      static_cast<size_t>(row->messages_sent_size()) != shards ||
      static_cast<size_t>(row->messages_received_size()) != shards) {
    return absl::DataLossError("the store holds a damaged position");
  }
  head.epoch = Epoch{row->epoch()};
  head.batch_number = row->batch_number();
  std::copy_n(row->digest().begin(), head.digest.size(), head.digest.begin());
  head.sequence = Sequence{row->sequence()};
  head.now = absl::FromUnixMillis(row->now_unix_ms());
  head.decided_at = absl::FromUnixMillis(row->decided_at_unix_ms());
  head.commands = PositionFrom(row->commands());
  head.operations = PositionFrom(row->operations());
  head.internal = PositionFrom(row->internal());
  std::copy(row->messages_sent().begin(), row->messages_sent().end(),
            head.messages_sent.begin());
  std::copy(row->messages_received().begin(), row->messages_received().end(),
            head.messages_received.begin());
  head.confirmations_sent = row->confirmations_sent();
  return position;
}

}  // namespace slotlog
