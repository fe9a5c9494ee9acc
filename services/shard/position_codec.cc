#include <algorithm>

#include "events/codec.h"
#include "services/shard/row_codec.h"
#include "services/shard/rows.pb.h"

namespace slotlog {
namespace {

/// Changes with what rows mean.
constexpr uint32_t kFormat = 3;

void SetPosition(const InputPosition& position, rows::InputPositionRow& row) {
  row.set_offset(position.offset.value);
  row.set_index(position.index);
}

InputPosition PositionFrom(const rows::InputPositionRow& row) {
  return {.offset = Offset{row.offset()}, .index = row.index()};
}

}  // namespace

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
  row.set_agenda_steps(head.agenda_steps);
  for (const auto& [second, entries] : head.agenda.due) {
    rows::DueSecondRow& due = *row.add_due();
    due.set_second(second);
    due.set_entries(entries);
  }
  row.set_due_passed(head.agenda.passed);
  for (const Wave& from : head.agenda.waves) {
    rows::WaveRow& wave = *row.add_waves();
    wave.set_kind(static_cast<uint32_t>(from.kind));
    wave.set_site_id(from.site_id);
    wave.set_slot_id(from.slot_id);
    wave.set_slot_index(from.slot_index);
    wave.set_next(from.next.value);
  }
  for (const Search& from : head.agenda.searches) {
    rows::SearchRow& search = *row.add_searches();
    search.set_site_id(from.site_id);
    search.set_slot_id(from.slot_id);
    search.set_list(static_cast<uint32_t>(from.next.list));
    search.set_order(from.next.order);
    search.set_campaign_id(from.next.campaign_id);
    search.set_position(from.next.position);
    search.set_next_dose_by(from.by);
    search.set_citizen_id(from.citizen_id);
    search.set_not_before_unix_ms(absl::ToUnixMillis(from.not_before));
    search.set_best_start_unix_ms(absl::ToUnixMillis(from.best_start));
    search.set_next_slot_index(from.next_slot_index);
  }
  row.set_waiters(head.waiters);
  row.set_format(kFormat);
  return Encode(row);
}

absl::StatusOr<CheckpointPosition> DecodePosition(std::string_view bytes) {
  rows::PositionRow row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("the store holds a damaged position");
  }
  if (row.format() != kFormat) {
    return absl::FailedPreconditionError(
        "the store holds rows of another version");
  }
  CheckpointPosition position{
      .log_id = row.log_id(),
      .last_batch_offset = Offset{row.last_batch_offset()},
      .head = Head::Of(Shard{row.shard()}, ShardCount{row.shards()})};
  Head& head = position.head;
  const size_t shards = row.shards();
  if (row.digest().size() != head.digest.size() ||
      static_cast<size_t>(row.messages_sent_size()) != shards ||
      static_cast<size_t>(row.messages_received_size()) != shards) {
    return absl::DataLossError("the store holds a damaged position");
  }
  head.epoch = Epoch{row.epoch()};
  head.batch_number = row.batch_number();
  std::copy_n(row.digest().begin(), head.digest.size(), head.digest.begin());
  head.sequence = Sequence{row.sequence()};
  head.now = absl::FromUnixMillis(row.now_unix_ms());
  head.decided_at = absl::FromUnixMillis(row.decided_at_unix_ms());
  head.commands = PositionFrom(row.commands());
  head.operations = PositionFrom(row.operations());
  head.internal = PositionFrom(row.internal());
  std::copy(row.messages_sent().begin(), row.messages_sent().end(),
            head.messages_sent.begin());
  std::copy(row.messages_received().begin(), row.messages_received().end(),
            head.messages_received.begin());
  head.confirmations_sent = row.confirmations_sent();
  head.agenda_steps = row.agenda_steps();
  for (const rows::DueSecondRow& due : row.due()) {
    head.agenda.due[due.second()] = due.entries();
  }
  head.agenda.passed = row.due_passed();
  for (const rows::WaveRow& wave : row.waves()) {
    head.agenda.waves.push_back({.kind = static_cast<Wave::Kind>(wave.kind()),
                                 .site_id = wave.site_id(),
                                 .slot_id = wave.slot_id(),
                                 .slot_index = wave.slot_index(),
                                 .next = SeatNumber{wave.next()}});
  }
  for (const rows::SearchRow& search : row.searches()) {
    head.agenda.searches.push_back(
        {.site_id = search.site_id(),
         .slot_id = search.slot_id(),
         .next = {.list = static_cast<WaitlistKind>(search.list()),
                  .order = search.order(),
                  .campaign_id = search.campaign_id(),
                  .position = search.position()},
         .by = static_cast<v1::NextDoseBy>(search.next_dose_by()),
         .citizen_id = search.citizen_id(),
         .not_before = absl::FromUnixMillis(search.not_before_unix_ms()),
         .best_start = absl::FromUnixMillis(search.best_start_unix_ms()),
         .next_slot_index = search.next_slot_index()});
  }
  head.waiters = row.waiters();
  return position;
}

}  // namespace slotlog
