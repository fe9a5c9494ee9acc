#include "services/reservation/batch.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "events/invariant.h"
#include "services/reservation/agenda.h"
#include "services/reservation/claim_name.h"
#include "services/reservation/decide.h"
#include "services/reservation/fold.h"
#include "services/reservation/limits.h"
#include "services/reservation/rules.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr size_t kDeadLetterPayloadBytesMax = 1024 * 1024;

v1::Topic ContractTopic(const Cause& cause) {
  return cause.topic.has_value() ? static_cast<v1::Topic>(*cause.topic)
                                 : v1::TOPIC_UNSPECIFIED;
}

/// Does this input go on with the last run?
bool Continues(const v1::InputRun& run, const Cause& cause) {
  if (run.topic() != ContractTopic(cause)) return false;
  if (cause.topic == Topic::kInternal) {
    return run.offset() == cause.offset.value &&
           run.index() + run.count() == cause.index;
  }
  return run.offset() + run.count() == cause.offset.value;
}

}  // namespace

Batch::Batch(const State& state, Epoch epoch, absl::Time decided_at,
             Arena& arena)
    : shard_(state.head().shard),
      shards_(state.head().shards),
      arena_(arena),
      overlay_(state.head(), state),
      events_(Arena::CreateMessage<v1::EventBatch>(&arena)) {
  Head& head = overlay_.head();
  INVARIANT(decided_at >= head.decided_at, "the line's clock went back");
  events_->set_shard(shard_.value);
  events_->set_shards(shards_.value);
  events_->set_epoch(epoch.value);
  events_->set_number(head.batch_number + 1);
  events_->set_previous_digest(head.digest.data(), head.digest.size());
  events_->set_first_sequence(head.sequence.value + 1);
  events_->set_decided_at_unix_ms(absl::ToUnixMillis(decided_at));
  head.decided_at = absl::FromUnixMillis(absl::ToUnixMillis(decided_at));
}

bool Batch::IsFull() const {
  return decided_.size() >= kBatchEventsMax ||
         event_bytes_.size() >= kBatchEventBytesMax;
}

void Batch::Decide(const Input& input) {
  NoteInput(input);
  DecideWithFollowUps(input);
}

void Batch::DecideAgenda(uint64_t steps_max) {
  Head& head = overlay_.head();
  for (uint64_t i = 0; i < steps_max && IsDue(head) && !IsFull(); ++i) {
    const Offset step{static_cast<int64_t>(head.agenda_steps++)};
    DecideWithFollowUps({.cause = {.topic = std::nullopt, .offset = step},
                         .asked_at = head.now,
                         .body = AgendaStep{}});
  }
}

void Batch::DecideWithFollowUps(const Input& input) {
  follow_ups_.push_back(input);
  while (next_follow_up_ < follow_ups_.size()) {
    current_ = follow_ups_[next_follow_up_++];
    DecideOne(current_);
  }
  follow_ups_.clear();
  next_follow_up_ = 0;
}

void Batch::NoteInput(const Input& input) {
  Head& head = overlay_.head();
  if (input.cause.topic == Topic::kCommands) {
    head.now = std::max(head.now, input.asked_at);
  }
  if (const auto* from = std::get_if<MessageFrom>(&input.body)) {
    ++head.messages_received[from->source.value];
  }
  auto& runs = *events_->mutable_inputs();
  if (!runs.empty() && Continues(runs[runs.size() - 1], input.cause)) {
    runs[runs.size() - 1].set_count(runs[runs.size() - 1].count() + 1);
    return;
  }
  v1::InputRun& run = *events_->add_inputs();
  run.set_topic(ContractTopic(input.cause));
  run.set_offset(input.cause.offset.value);
  run.set_index(input.cause.index);
  run.set_count(1);
}

void Batch::DecideOne(const Input& input) {
  if (const auto* dead = std::get_if<UndecodableInput>(&input.body)) {
    AddDeadLetter(input, *dead);
  }
  v1::Event* event = slotlog::Decide(overlay_, input, arena_);
  if (event == nullptr) return;
  AddEvent(input, event);
  Apply(*event, overlay_);
  Announce(*event, shard_, shards_, arena_, *this);
  QueueParked(*event);
}

void Batch::AddEvent(const Input& input, v1::Event* event) {
  Head& head = overlay_.head();
  ++head.sequence;
  event->set_sequence(head.sequence.value);
  event->set_cause_topic(ContractTopic(input.cause));
  event->set_cause_offset(input.cause.offset.value);
  event->set_cause_index(input.cause.index);
  if (event->asked_at_unix_ms() == 0) {
    event->set_asked_at_unix_ms(absl::ToUnixMillis(input.asked_at));
  }
  event->set_command_digest(input.digest);
  decided_.push_back(event);

  const auto size = static_cast<uint32_t>(event->ByteSizeLong());
  const size_t start = event_bytes_.size();
  const uint32_t tag =
      WireFormatLite::MakeTag(v1::EventBatch::kEventsFieldNumber,
                              WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  event_bytes_.resize(start + CodedOutputStream::VarintSize32(tag) +
                      CodedOutputStream::VarintSize32(size) + size);
  auto* bytes = reinterpret_cast<uint8_t*>(event_bytes_.data() + start);
  bytes = CodedOutputStream::WriteVarint32ToArray(tag, bytes);
  bytes = CodedOutputStream::WriteVarint32ToArray(size, bytes);
  event->SerializeWithCachedSizesToArray(bytes);
}

/// A conversation may have ended: what is parked behind it is next, an offer
/// before commands.
void Batch::QueueParked(const v1::Event& event) {
  const ClaimName name = ClaimNamedBy(event);
  if (name.campaign_id.empty()) return;
  const Citizen* citizen =
      overlay_.citizens().Find(RowKey::Of(CitizenId{name.citizen_id}));
  if (citizen == nullptr) return;
  const Claim* claim = citizen->FindClaim(CampaignId{name.campaign_id});
  if (claim == nullptr || claim->conversation == nullptr || claim->IsOpen()) {
    return;
  }
  if (const auto& offer = claim->conversation->offer) {
    auto* message = Arena::CreateMessage<v1::Message>(&arena_);
    v1::SeatOffer& again = *message->mutable_seat_offer();
    again.set_citizen_id(name.citizen_id.data(), name.citizen_id.size());
    again.set_campaign_id(claim->campaign_id);
    NameSeat(again, offer->seat);
    again.set_next_dose_by(offer->next_dose_by);
    follow_ups_.push_back({.cause = current_.cause,
                           .asked_at = current_.asked_at,
                           .digest = current_.digest,
                           .body = MessageFrom{shard_, message}});
    return;
  }
  const ParkedCommand& parked = claim->conversation->parked.front();
  // Who asked in time is in time, however long he waited here.
  if (claim->IsDoomed(parked.asked_at)) return;
  // Another event may have said so before it was its turn.
  const bool is_queued = std::any_of(
      follow_ups_.begin() + static_cast<ptrdiff_t>(next_follow_up_),
      follow_ups_.end(), [&](const Input& queued) {
        return std::holds_alternative<const v1::Command*>(queued.body) &&
               queued.cause.offset == parked.offset;
      });
  if (is_queued) return;
  auto* command = Arena::CreateMessage<v1::Command>(&arena_);
  INVARIANT(command->ParseFromString(parked.command),
            "a parked command's bytes are damaged");
  follow_ups_.push_back(
      {.cause = {.topic = Topic::kCommands, .offset = parked.offset},
       .asked_at = parked.asked_at,
       .digest = parked.command_digest,
       .body = command});
}

v1::Confirmation& Batch::NewConfirmation() {
  v1::Confirmation& confirmation = *confirmation_.mutable_confirmation();
  confirmation.Clear();
  return confirmation;
}

v1::Notice& Batch::NewNotice() {
  v1::Notice& notice = *confirmation_.mutable_notice();
  notice.Clear();
  return notice;
}

void Batch::Notify(std::string_view key) {
  confirmation_.set_number(++overlay_.head().confirmations_sent);
  AddRecord({Topic::kConfirmations, shard_}, key, confirmation_,
            current_.traceparent);
}

void Batch::Confirm(std::string_view key) {
  confirmation_.set_number(++overlay_.head().confirmations_sent);
  confirmation_.mutable_confirmation()->set_decided_at_unix_ms(
      events_->decided_at_unix_ms());
  answers_.Add(confirmation_.confirmation());
  AddRecord({Topic::kConfirmations, shard_}, key, confirmation_,
            current_.traceparent);
}

void Batch::Send(Shard to, v1::Message* message) {
  if (to == shard_) {
    follow_ups_.push_back(
        {.cause = current_.cause,
         .asked_at = absl::FromUnixMillis(message->asked_at_unix_ms()),
         .digest = current_.digest,
         .traceparent = current_.traceparent,
         .body = MessageFrom{shard_, message}});
    return;
  }
  if (!current_.traceparent.empty()) {
    message->set_traceparent(current_.traceparent.data(),
                             current_.traceparent.size());
  }
  v1::InternalRecord*& record = messages_[to];
  const uint64_t number = ++overlay_.head().messages_sent[to.value];
  if (record == nullptr) {
    record = Arena::CreateMessage<v1::InternalRecord>(&arena_);
    record->set_source_shard(shard_.value);
    record->set_destination_shard(to.value);
    record->set_first_number(number);
  }
  record->mutable_messages()->UnsafeArenaAddAllocated(message);
}

void Batch::AddDeadLetter(const Input& input,
                          const UndecodableInput& undecodable) {
  const std::string_view payload = undecodable.payload;
  v1::DeadLetter letter;
  letter.set_topic(ContractTopic(input.cause));
  letter.set_partition(shard_.value);
  letter.set_offset(input.cause.offset.value);
  letter.set_reason(undecodable.reason);
  letter.set_payload_digest(input.digest);
  letter.set_payload_bytes(payload.size());
  letter.set_payload(payload.data(),
                     std::min(payload.size(), kDeadLetterPayloadBytesMax));
  AddRecord({Topic::kDeadLetters, shard_}, "", letter, input.traceparent);
}

void Batch::AddRecord(TopicPartition to, std::string_view key,
                      const google::protobuf::MessageLite& message,
                      std::string_view traceparent) {
  Draft draft{.to = to,
              .start = bytes_.size(),
              .traceparent_size = traceparent.size(),
              .key_size = key.size(),
              .value_size = 0};
  bytes_.append(traceparent);
  bytes_.append(key);
  const size_t value_at = bytes_.size();
  EncodeTo(message, bytes_);
  draft.value_size = bytes_.size() - value_at;
  drafts_.push_back(draft);
}

/// The header's fields come first and `events` last, so that the record is the
/// header's bytes and the events' bytes, one after the other.
void Batch::AddEventBatchRecord() {
  const Head& head = overlay_.head();
  events_->set_now_unix_ms(absl::ToUnixMillis(head.now));
  events_->mutable_messages_sent()->Add(head.messages_sent.begin(),
                                        head.messages_sent.end());
  events_->mutable_messages_received()->Add(head.messages_received.begin(),
                                            head.messages_received.end());
  events_->set_confirmations_sent(head.confirmations_sent);
  events_->set_agenda_steps(head.agenda_steps);

  AddRecord({Topic::kEvents, shard_}, "", *events_);
  bytes_.append(event_bytes_);
  Draft& draft = drafts_.back();
  draft.value_size += event_bytes_.size();
  INVARIANT(draft.value_size <= kRecordBytesMax, "a batch outgrew its record");
  digest_ = DigestOfBatch(
      std::string_view(bytes_).substr(draft.start, draft.value_size));
  for (v1::Event* event : decided_) {
    events_->mutable_events()->UnsafeArenaAddAllocated(event);
  }
}

void Batch::Finish() {
  for (const auto& [to, record] : messages_) {
    AddRecord({Topic::kInternal, to}, "", *record);
  }
  AddEventBatchRecord();
  const std::string_view bytes = bytes_;
  records_.reserve(drafts_.size());
  for (const Draft& draft : drafts_) {
    const size_t key_at = draft.start + draft.traceparent_size;
    records_.push_back(
        {.to = draft.to,
         .key = bytes.substr(key_at, draft.key_size),
         .value = bytes.substr(key_at + draft.key_size, draft.value_size),
         .traceparent = bytes.substr(draft.start, draft.traceparent_size)});
  }
}

void Batch::MoveInto(State& state) {
  state.campaigns().Absorb(overlay_.campaigns().TakeChanges());
  state.sites().Absorb(overlay_.sites().TakeChanges());
  state.slots().Absorb(overlay_.slots().TakeChanges());
  state.seats().Absorb(overlay_.seats().TakeChanges());
  state.citizens().Absorb(overlay_.citizens().TakeChanges());
  state.dues().Absorb(overlay_.dues().TakeChanges());
  state.site_uses().Absorb(overlay_.site_uses().TakeChanges());
  state.waitlists().Absorb(overlay_.waitlists().TakeChanges());
  state.waiter_chunks().Absorb(overlay_.waiter_chunks().TakeChanges());
  state.head().agenda = std::move(overlay_.head().agenda);
  state.head().waiters = overlay_.head().waiters;
  FoldHead(*events_, digest_, state.head());
}

}  // namespace slotlog
