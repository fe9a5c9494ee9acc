#include "tests/simulation/oracle/frame.h"

#include "events/digest.h"

namespace slotlog::oracle {
namespace {

class FrameCheck {
 public:
  FrameCheck(const ShardRecord& record, Findings& findings)
      : record_(record), findings_(findings) {}

  void Run(bool is_at_rest) {
    for (const BatchRecord& next : record_.batches) {
      Check(next);
      if (!findings_.all().empty()) return;
      before_ = &next;
    }
    CheckConfirmations();
    if (is_at_rest) CheckAllDecided();
  }

 private:
  void Equal(std::string_view what, uint64_t is, uint64_t should) {
    if (is == should) return;
    findings_.Add("{} {} stands where {} should", what, is, should);
  }
  void NotBefore(std::string_view what, int64_t is, int64_t earlier) {
    if (is >= earlier) return;
    findings_.Add("{} went back from {} to {}", what, earlier, is);
  }

  void Check(const BatchRecord& next) {
    const v1::EventBatch& batch = next.batch;
    Equal("shard", batch.shard(), record_.shard.value);
    Equal("number of shards", batch.shards(), record_.shards.value);
    static const v1::EventBatch kNone;
    const v1::EventBatch& before = before_ ? before_->batch : kNone;
    Equal("batch", batch.number(), before.number() + 1);
    const BatchDigest digest =
        before_ ? DigestOfBatch(before_->bytes) : BatchDigest{};
    if (batch.previous_digest() != AsBytes(digest)) {
      findings_.Add("batch {} names another one before it", batch.number());
    }
    NotBefore("the epoch", static_cast<int64_t>(batch.epoch()),
              static_cast<int64_t>(before.epoch()));
    NotBefore("the line's time", batch.now_unix_ms(), before.now_unix_ms());
    NotBefore("the decision time", batch.decided_at_unix_ms(),
              before.decided_at_unix_ms());
    Equal("first event", batch.first_sequence(), sequence_ + 1);
    for (const v1::Event& event : batch.events()) {
      Equal("event", event.sequence(), ++sequence_);
    }
    for (const v1::InputRun& run : batch.inputs()) CheckRun(run);
    confirmations_sent_ = batch.confirmations_sent();
  }

  /// The next ones of their topic, and there.
  void CheckRun(const v1::InputRun& run) {
    if (run.topic() == v1::TOPIC_INTERNAL) return CheckMessageRun(run);
    int64_t& next = run.topic() == v1::TOPIC_COMMANDS ? commands_ : operations_;
    if (run.offset() != next) {
      findings_.Add("{} {} is decided where {} should be",
                    v1::Topic_Name(run.topic()), run.offset(), next);
    }
    next = run.offset() + run.count();
  }

  void CheckMessageRun(const v1::InputRun& run) {
    const auto record = record_.internal.find(run.offset());
    if (record == record_.internal.end()) {
      return findings_.Add("internal {} is decided and not there",
                           run.offset());
    }
    // The first one that has messages, after what was decided.
    auto expected = record_.internal.upper_bound(messages_.first);
    if (messages_.second > 0) --expected;
    if (expected != record ||
        run.index() != static_cast<uint32_t>(messages_.second)) {
      findings_.Add("internal {} message {} is decided out of its order",
                    run.offset(), run.index());
    }
    const auto decided = static_cast<int>(run.index() + run.count());
    messages_ = {run.offset(),
                 decided == record->second.messages_size() ? 0 : decided};
  }

  void CheckConfirmations() {
    uint64_t number = 0;
    for (const v1::ConfirmationRecord& confirmation : record_.confirmations) {
      Equal("confirmation", confirmation.number(), ++number);
    }
  }

  void CheckAllDecided() {
    Equal("confirmations sent", confirmations_sent_,
          record_.confirmations.size());
    Equal("commands decided", static_cast<uint64_t>(commands_),
          record_.commands.size());
    Equal("operations decided", static_cast<uint64_t>(operations_),
          record_.operations.size());
    const bool all_messages =
        record_.internal.empty() ||
        (messages_.second == 0 &&
         messages_.first == record_.internal.rbegin()->first);
    if (!all_messages) findings_.Add("messages are left undecided");
  }

  const ShardRecord& record_;
  Findings& findings_;
  const BatchRecord* before_ = nullptr;
  uint64_t sequence_ = 0;
  uint64_t confirmations_sent_ = 0;
  int64_t commands_ = 0;
  int64_t operations_ = 0;
  /// The record at hand and how many of its messages are decided; 0: all.
  std::pair<int64_t, int> messages_{-1, 0};
};

}  // namespace

void CheckFrame(const ShardRecord& record, bool is_at_rest,
                Findings& findings) {
  FrameCheck(record, findings).Run(is_at_rest);
}

void CheckMessages(const std::vector<ShardRecord>& shards, Findings& findings) {
  for (const ShardRecord& to : shards) {
    std::map<uint32_t, uint64_t> received;
    for (const auto& [offset, record] : to.internal) {
      uint64_t& number = received[record.source_shard()];
      if (record.first_number() != number + 1) {
        findings.Add("message {} of shard {} to {} stands where {} should",
                     record.first_number(), record.source_shard(),
                     to.shard.value, number + 1);
      }
      number += static_cast<uint64_t>(record.messages_size());
    }
    for (const ShardRecord& from : shards) {
      if (from.batches.empty() || from.shard == to.shard) continue;
      const uint64_t sent = from.batches.back().batch.messages_sent(
          static_cast<int>(to.shard.value));
      if (sent != received[from.shard.value]) {
        findings.Add("shard {} sent {} messages to {}, where {} stand",
                     from.shard.value, sent, to.shard.value,
                     received[from.shard.value]);
      }
    }
  }
}

}  // namespace slotlog::oracle
