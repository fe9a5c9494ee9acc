#include "tests/support/event_history.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "events/codec.h"

namespace slotlog {

v1::EventBatch EventHistory::Next(Shard shard, const std::string& text) {
  v1::EventBatch batch;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &batch))
      << text;
  FoldedTo& folded = folded_[shard.value];
  batch.set_shard(shard.value);
  batch.set_shards(count_.value);
  batch.set_epoch(1);
  batch.set_number(folded.batch_number + 1);
  batch.set_previous_digest(std::string(AsBytes(folded.batch_digest)));
  batch.set_first_sequence(folded.sequence.value + 1);
  if (batch.now_unix_ms() == 0) batch.set_now_unix_ms(absl::ToUnixMillis(now));
  batch.set_decided_at_unix_ms(absl::ToUnixMillis(now));
  for (v1::Event& event : *batch.mutable_events()) {
    ++folded.sequence;
    event.set_sequence(folded.sequence.value);
    if (event.asked_at_unix_ms() == 0) {
      event.set_asked_at_unix_ms(absl::ToUnixMillis(now));
    }
  }
  ++folded.batch_number;
  folded.batch_digest = DigestOfBatch(Encode(batch));
  ++folded.batch_offset;
  return batch;
}

v1::EventBatch EventHistory::Write(Log& log, Shard shard,
                                   const std::string& text) {
  v1::EventBatch batch = Next(shard, text);
  const std::string bytes = Encode(batch);
  EXPECT_TRUE(log.Append({{{{Topic::kEvents, shard}, "", bytes}}}).ok());
  return batch;
}

}  // namespace slotlog
