#include "tools/verify/handmade_history.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "events/digest.h"
#include "events/invariant.h"

namespace slotlog::verify {
namespace {

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  INVARIANT(google::protobuf::TextFormat::ParseFromString(text, &message),
            "a handmade message is not well written");
  return message;
}

}  // namespace

HandmadeHistory::HandmadeHistory()
    : log_(ShardCount{kShards},
           [this] { return absl::FromUnixMillis(now_unix_ms_); }) {}

// --- Said beforehand ---

void HandmadeHistory::ChangeTransaction(std::string_view name,
                                        ChangeOfTransaction change) {
  changes_.emplace(name, std::move(change));
}

void HandmadeHistory::ChangeCommand(std::string_view name,
                                    std::function<void(v1::Command&)> change) {
  ChangeBytes(name, [change](std::string& bytes) {
    v1::Command command;
    INVARIANT(command.ParseFromString(bytes), "this is no command");
    change(command);
    bytes = Encode(command);
  });
}

void HandmadeHistory::ChangeBytes(std::string_view name, ChangeOfBytes change) {
  changes_of_bytes_.emplace(name, std::move(change));
}

void HandmadeHistory::EndAfter(std::string_view name) { last_ = name; }

// --- The story ---

int64_t HandmadeHistory::High(TopicPartition partition) const {
  return log_.WatermarksOf(partition)->high.value;
}

HandmadeInput HandmadeHistory::Command(std::string_view name, uint32_t shard,
                                       const std::string& text) {
  const auto command = Parse<v1::Command>(text);
  HandmadeInput input =
      Bytes(name, {Topic::kCommands, Shard{shard}}, Encode(command));
  input.citizen_id = command.citizen_id();
  input.command_id = command.command_id();
  return input;
}

HandmadeInput HandmadeHistory::Operation(std::string_view name, uint32_t shard,
                                         const std::string& text) {
  const auto operation = Parse<v1::Operation>(text);
  HandmadeInput input =
      Bytes(name, {Topic::kOperations, Shard{shard}}, Encode(operation));
  input.command_id = operation.operation_id();
  return input;
}

HandmadeInput HandmadeHistory::Bytes(std::string_view name, TopicPartition to,
                                     std::string bytes) {
  HandmadeInput input{to.topic, High(to), 0, now_unix_ms_, 0, "", ""};
  if (has_ended_) return input;
  if (auto change = changes_of_bytes_.find(name);
      change != changes_of_bytes_.end()) {
    change->second(bytes);
  }
  input.digest = Digest64(bytes);
  const NewRecord record{to, "", bytes};
  INVARIANT(log_.Append({&record, 1}).ok(), "the log in memory is full");
  has_ended_ = name == last_;
  return input;
}

HandmadeHistory::Draft HandmadeHistory::Transaction(std::string_view name,
                                                    uint32_t shard) {
  return {*this, name, shard};
}

void HandmadeHistory::Write(std::string_view name,
                            HandmadeTransaction& transaction) {
  if (has_ended_) return;
  ShardTotals& totals = shards_[transaction.batch.shard()];
  const Shard shard{transaction.batch.shard()};
  transaction.batch.set_previous_digest(std::string(
      totals.batches == 1 ? AsBytes(BatchDigest{})
                          : AsBytes(DigestOfBatch(totals.last_record))));
  if (auto change = changes_.find(name); change != changes_.end()) {
    change->second(transaction);
  }
  std::vector<std::pair<TopicPartition, std::string>> records;
  for (const auto& confirmation : transaction.confirmations) {
    records.push_back({{Topic::kConfirmations, shard}, Encode(confirmation)});
  }
  for (const auto& [to, messages] : transaction.messages) {
    records.push_back({{Topic::kInternal, Shard{to}}, Encode(messages)});
  }
  for (const auto& letter : transaction.dead_letters) {
    records.push_back({{Topic::kDeadLetters, shard}, Encode(letter)});
  }
  totals.last_record = Encode(transaction.batch);
  records.push_back({{Topic::kEvents, shard}, totals.last_record});

  std::vector<NewRecord> views;
  views.reserve(records.size());
  for (const auto& [to, bytes] : records) views.push_back({to, "", bytes});
  auto producer = log_.OpenProducer("by hand", {});
  INVARIANT(
      producer.ok() && *(*producer)->Commit(views) == CommitOutcome::kDone,
      "the log in memory refused a transaction");
  has_ended_ = name == last_;
}

// --- A transaction ---

HandmadeHistory::Draft::Draft(HandmadeHistory& history, std::string_view name,
                              uint32_t shard)
    : history_(history),
      name_(name),
      shard_(shard),
      totals_(history.shards_[shard]) {
  v1::EventBatch& batch = transaction_.batch;
  batch.set_shard(shard);
  batch.set_shards(kShards);
  batch.set_epoch(1);
  batch.set_number(++totals_.batches);
  batch.set_first_sequence(totals_.sequence + 1);
  batch.set_decided_at_unix_ms(history.now_unix_ms_);
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Input(
    const HandmadeInput& input) {
  v1::InputRun& run = *transaction_.batch.add_inputs();
  run.set_topic(static_cast<v1::Topic>(input.topic));
  run.set_offset(input.offset);
  run.set_index(input.index);
  run.set_count(1);
  if (input.topic == Topic::kCommands) {
    totals_.now_unix_ms = std::max(totals_.now_unix_ms, input.asked_at_unix_ms);
  }
  if (input.topic == Topic::kInternal) ++totals_.received[1 - shard_];
  return Resume(input);
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Resume(
    const HandmadeInput& input) {
  cause_ = input;
  return *this;
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Step() {
  cause_ = {};
  cause_.topic = static_cast<Topic>(v1::TOPIC_UNSPECIFIED);
  cause_.offset = static_cast<int64_t>(totals_.agenda_steps++);
  cause_.asked_at_unix_ms = totals_.now_unix_ms;
  return *this;
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Event(const std::string& text) {
  v1::Event& event = *transaction_.batch.add_events();
  event = Parse<v1::Event>(text);
  event.set_sequence(++totals_.sequence);
  event.set_cause_topic(static_cast<v1::Topic>(cause_.topic));
  event.set_cause_offset(cause_.offset);
  event.set_cause_index(cause_.index);
  event.set_asked_at_unix_ms(cause_.asked_at_unix_ms);
  event.set_command_digest(cause_.digest);
  return *this;
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Of(
    const HandmadeInput& command) {
  transaction_.batch.mutable_events()->rbegin()->set_asked_at_unix_ms(
      command.asked_at_unix_ms);
  return *this;
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Confirm(
    const HandmadeInput& input, const std::string& text) {
  v1::ConfirmationRecord& record = transaction_.confirmations.emplace_back();
  record.set_number(++totals_.confirmations);
  v1::Confirmation& confirmation = *record.mutable_confirmation();
  confirmation = Parse<v1::Confirmation>(text);
  confirmation.set_topic(static_cast<v1::Topic>(input.topic));
  confirmation.set_offset(input.offset);
  confirmation.set_citizen_id(input.citizen_id);
  confirmation.set_command_id(input.command_id);
  confirmation.set_citizen_sequence(totals_.sequence);
  confirmation.set_asked_at_unix_ms(
      transaction_.batch.events().rbegin()->asked_at_unix_ms());
  confirmation.set_decided_at_unix_ms(history_.now_unix_ms_);
  return *this;
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Notice(
    const std::string& text) {
  v1::ConfirmationRecord& record = transaction_.confirmations.emplace_back();
  record.set_number(++totals_.confirmations);
  v1::Notice& notice = *record.mutable_notice();
  notice = Parse<v1::Notice>(text);
  notice.set_cause_shard(shard_);
  notice.set_cause_sequence(totals_.sequence);
  return *this;
}

HandmadeHistory::Draft& HandmadeHistory::Draft::Send(uint32_t to,
                                                     const std::string& text) {
  v1::InternalRecord& record = transaction_.messages[to];
  const uint64_t number = ++totals_.sent[to];
  if (record.messages().empty()) record.set_first_number(number);
  record.set_source_shard(shard_);
  record.set_destination_shard(to);
  v1::Message& message = *record.add_messages();
  message = Parse<v1::Message>(text);
  message.set_event_sequence(totals_.sequence);
  message.set_asked_at_unix_ms(cause_.asked_at_unix_ms);
  return *this;
}

HandmadeHistory::Draft& HandmadeHistory::Draft::DeadLetter(
    const std::string& bytes) {
  v1::DeadLetter& letter = transaction_.dead_letters.emplace_back();
  letter.set_topic(static_cast<v1::Topic>(cause_.topic));
  letter.set_partition(shard_);
  letter.set_offset(cause_.offset);
  letter.set_reason(v1::UNDECODABLE_MALFORMED);
  letter.set_payload_digest(Digest64(bytes));
  letter.set_payload_bytes(bytes.size());
  letter.set_payload(bytes);
  v1::InputDeadLettered& dead = *transaction_.batch.mutable_events()
                                     ->rbegin()
                                     ->mutable_input_dead_lettered();
  dead.set_reason(v1::UNDECODABLE_MALFORMED);
  dead.set_payload_digest(Digest64(bytes));
  return *this;
}

std::vector<HandmadeInput> HandmadeHistory::Draft::Write() {
  v1::EventBatch& batch = transaction_.batch;
  batch.set_now_unix_ms(totals_.now_unix_ms);
  batch.set_confirmations_sent(totals_.confirmations);
  batch.set_agenda_steps(totals_.agenda_steps);
  for (uint32_t shard = 0; shard < kShards; ++shard) {
    batch.add_messages_sent(totals_.sent[shard]);
    batch.add_messages_received(totals_.received[shard]);
  }
  std::vector<HandmadeInput> sent;
  for (const auto& [to, record] : transaction_.messages) {
    const int64_t offset = history_.High({Topic::kInternal, Shard{to}});
    for (const v1::Message& message : record.messages()) {
      sent.push_back({Topic::kInternal, offset,
                      static_cast<uint32_t>(sent.size()),
                      message.asked_at_unix_ms(), 0, "", ""});
    }
  }
  history_.Write(name_, transaction_);
  return sent;
}

}  // namespace slotlog::verify
