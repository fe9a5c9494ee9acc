#include "tests/simulation/old_answers.h"

#include <optional>
#include <utility>

#include "events/codec.h"
#include "events/invariant.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {
namespace {

template <typename Message>
Message Parse(std::string_view bytes) {
  Message message;
  INVARIANT(
      Decode(bytes, kRecordBytesMax, message) == v1::UNDECODABLE_UNSPECIFIED,
      "a worker writes what can be read");
  return message;
}

/// Citizen and campaign, if it is an answer.
std::optional<std::pair<std::string, std::string>> AskerOf(
    const v1::Message& message) {
  if (message.has_seat_answer()) {
    const auto& answer = message.seat_answer();
    return {{answer.citizen_id(), answer.campaign_id()}};
  }
  if (message.has_release_answer()) {
    const auto& answer = message.release_answer();
    return {{answer.citizen_id(), answer.campaign_id()}};
  }
  return std::nullopt;
}

uint32_t TurnOf(const v1::Message& answer) {
  return answer.has_seat_answer() ? answer.seat_answer().turn()
                                  : answer.release_answer().turn();
}

v1::Message WithTurn(v1::Message answer, uint32_t turn) {
  if (answer.has_seat_answer()) {
    answer.mutable_seat_answer()->set_turn(turn);
  } else {
    answer.mutable_release_answer()->set_turn(turn);
  }
  return answer;
}

/// The messages with `old` before the one at `place`.
v1::InternalRecord Insert(const v1::InternalRecord& record, int place,
                          const v1::Message& old) {
  v1::InternalRecord longer = record;
  longer.clear_messages();
  for (int i = 0; i < record.messages_size(); ++i) {
    if (i == place) *longer.add_messages() = old;
    *longer.add_messages() = record.messages(i);
  }
  return longer;
}

}  // namespace

absl::StatusOr<CommitOutcome> OldAnswers::Commit(
    TransactionalProducer& producer, absl::Span<const NewRecord> records) {
  const std::vector<std::string> values =
      is_wanted_ ? AddOldAnswer(records) : std::vector<std::string>();
  if (values.empty()) {
    auto outcome = producer.Commit(records);
    if (outcome.ok() && *outcome == CommitOutcome::kDone) Remember(records);
    return outcome;
  }
  std::vector<NewRecord> changed(records.begin(), records.end());
  for (size_t i = 0; i < values.size(); ++i) changed[i].value = values[i];
  has_repeated_ = true;
  auto outcome = producer.Commit(changed);
  if (!outcome.ok() || *outcome != CommitOutcome::kDone) return outcome;
  is_wanted_ = false;
  return CommitOutcome::kUnknown;
}

std::vector<std::string> OldAnswers::AddOldAnswer(
    absl::Span<const NewRecord> records) {
  std::vector<std::string> values;
  std::optional<Shard> to;
  for (const NewRecord& record : records) {
    values.emplace_back(record.value);
    if (to.has_value() || record.to.topic != Topic::kInternal) continue;
    const auto said = Parse<v1::InternalRecord>(record.value);
    for (int i = 0; i < said.messages_size() && !to.has_value(); ++i) {
      const auto asker = AskerOf(said.messages(i));
      if (!asker.has_value()) continue;
      const auto old =
          last_.find({record.to.shard, asker->first, asker->second});
      if (old == last_.end()) continue;
      to = record.to.shard;
      const v1::Message again =
          turn_ == Turn::kKept
              ? old->second
              : WithTurn(old->second, TurnOf(said.messages(i)));
      values.back() = Encode(Insert(said, i, again));
    }
  }
  if (!to.has_value()) return {};
  for (size_t i = 0; i < records.size(); ++i) {
    if (records[i].to.topic != Topic::kEvents) continue;
    auto batch = Parse<v1::EventBatch>(records[i].value);
    const int index = static_cast<int>(to->value);
    batch.set_messages_sent(index, batch.messages_sent(index) + 1);
    values[i] = Encode(batch);
  }
  return values;
}

void OldAnswers::Remember(absl::Span<const NewRecord> records) {
  for (const NewRecord& record : records) {
    if (record.to.topic != Topic::kInternal) continue;
    const auto said = Parse<v1::InternalRecord>(record.value);
    for (const v1::Message& message : said.messages()) {
      const auto asker = AskerOf(message);
      if (!asker.has_value()) continue;
      last_[{record.to.shard, asker->first, asker->second}] = message;
    }
  }
}

}  // namespace slotlog
