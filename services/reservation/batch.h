// One batch of inputs on its way to becoming one transaction.
//
// Each input is decided on an overlay over the state, so that it sees what
// those before it decided; what its event makes known is put into the records
// to be written. Where a conversation stays within the shard, its messages are
// decided at once, and when one ends, the commands parked behind it are decided
// too: all in this batch.
//
//   Batch batch(state, epoch, decided_at, arena);
//   while (...) batch.Decide(input);
//   batch.DecideAgenda(kAgendaStepsMax);
//   batch.Finish();
//   producer.Commit(batch.records());            // the log is told
//   Fold(batch.events(), batch.digest(), state);  // and only then the state
//
// The state is not changed. A batch that is not committed is dropped, and it is
// as if it had never been. Belongs to its shard's thread; inputs must stay
// valid until Finish, the state and the arena as long as the batch.

#pragma once

#include <absl/time/time.h>
#include <google/protobuf/arena.h>

#include <map>
#include <string>
#include <vector>

#include "events/digest.h"
#include "events/log/log.h"
#include "services/reservation/announce.h"
#include "services/reservation/answer_counts.h"
#include "services/reservation/input.h"
#include "services/reservation/overlay_state.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

class Batch final : private Outbox {
 public:
  /// REQUIRES: decided_at is not before any input's stamp, nor before the last
  /// batch's (Head::decided_at).
  Batch(const State& state, Epoch epoch, absl::Time decided_at,
        google::protobuf::Arena& arena);

  /// Decides one input. REQUIRES: it is the next of its topic.
  void Decide(const Input& input);

  /// Takes steps of the agenda for as long as it is due, but no more than this.
  /// After the batch's inputs; afterwards there is no further Decide.
  void DecideAgenda(uint64_t steps_max);

  /// No more inputs, please: the record has its size.
  bool IsFull() const;

  /// Closes the batch and makes its records.
  void Finish();

  /// Makes the state what it is after this batch: the same, row for row, as
  /// Fold(events(), digest(), state), whose steps made the overlay.
  /// REQUIRES: Finish; the batch is committed; `state` is the one it stands on.
  void MoveInto(State& state);

  /// After Finish: what to commit, and what a fold of it folds.
  const std::vector<NewRecord>& records() const { return records_; }
  const v1::EventBatch& events() const { return *events_; }
  const BatchDigest& digest() const { return digest_; }
  const AnswerCounts& answers() const { return answers_; }

 private:
  /// A record whose bytes stand in `bytes_` from `start`: traceparent, key,
  /// value.
  struct Draft {
    TopicPartition to;
    size_t start;
    size_t traceparent_size;
    size_t key_size;
    size_t value_size;
  };

  v1::Confirmation& NewConfirmation() override;
  void Confirm(std::string_view key) override;
  v1::Notice& NewNotice() override;
  void Notify(std::string_view key) override;
  void Send(Shard to, v1::Message* message) override;

  void NoteInput(const Input& input);
  void DecideWithFollowUps(const Input& input);
  void DecideOne(const Input& input);
  void AddEvent(const Input& input, v1::Event* event);
  void QueueParked(const v1::Event& event);
  void AddDeadLetter(const Input& input, const UndecodableInput& undecodable);
  void AddRecord(TopicPartition to, std::string_view key,
                 const google::protobuf::MessageLite& message,
                 std::string_view traceparent = {});
  void AddEventBatchRecord();

  const Shard shard_;
  const ShardCount shards_;
  google::protobuf::Arena& arena_;
  OverlayState overlay_;

  v1::EventBatch* events_;
  std::vector<v1::Event*> decided_;
  /// The field `events` of the batch's record, as it grows.
  std::string event_bytes_;
  BatchDigest digest_ = {};

  /// The input that is being decided, and all that follows from it within this
  /// shard: decided already, and from the next one on not yet.
  Input current_;
  std::vector<Input> follow_ups_;
  size_t next_follow_up_ = 0;
  /// The confirmation or notice that is being made; one for all, because it
  /// keeps the memory of its strings.
  v1::ConfirmationRecord confirmation_;
  /// By destination.
  std::map<Shard, v1::InternalRecord*> messages_;

  std::string bytes_;
  std::vector<Draft> drafts_;
  std::vector<NewRecord> records_;
  AnswerCounts answers_;
};

}  // namespace slotlog
