// The bounds of a batch: however full it is, each of its records has room.

#include "services/reservation/batch.h"

#include <gtest/gtest.h>

#include <string>

#include "events/codec.h"
#include "events/partitioner.h"
#include "services/reservation/limits.h"
#include "services/reservation/memory_state.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{2};
constexpr Shard kHere{0};
constexpr Shard kThere{1};

class BatchTest : public testing::Test {
 protected:
  BatchTest()
      : state_(Head::Of(kHere, kShards)),
        batch_(state_, Epoch{1}, absl::UnixEpoch(), arena_) {}

  /// Offsets are long on the wire, and leave gaps, so that each input is a run
  /// of its own.
  Input InputOf(Topic topic, decltype(Input::body) body) {
    next_offset_ += 2;
    return {.cause = {.topic = topic, .offset = Offset{next_offset_}},
            .asked_at = absl::UnixEpoch(),
            .digest = 1,
            .body = body};
  }

  /// To a question that nobody asked: no event, but the batch names its place.
  void DecideStaleAnswer() {
    v1::Message message;
    message.mutable_seat_answer()->set_citizen_id("c");
    batch_.Decide(InputOf(Topic::kInternal, MessageFrom{kThere, &message}));
  }

  /// Refused, by an event that repeats all of it.
  void DecideLargestCommand() {
    v1::Command command;
    command.set_citizen_id(std::string(kInputBytesMax - 4, 'c'));
    ASSERT_EQ(command.ByteSizeLong(), kInputBytesMax);
    batch_.Decide(InputOf(Topic::kCommands, &std::as_const(command)));
  }

  /// Told to the other shard in full, with what a later version added to it.
  void DecideLargestCampaign() {
    v1::Operation operation;
    operation.set_operation_id("o");
    v1::Campaign& campaign =
        *operation.mutable_define_campaign()->mutable_campaign();
    campaign.set_campaign_id(CampaignAtHomeHere());
    v1::Cohort& cohort = *campaign.add_cohorts();
    cohort.set_born_from_yyyymmdd(19000101);
    cohort.set_born_to_yyyymmdd(20200101);
    campaign.add_rounds()->set_closes_unix_ms(1);
    campaign.GetReflection()
        ->MutableUnknownFields(&campaign)
        ->AddLengthDelimited(1'000, std::string(kInputBytesMax - 64, 'u'));
    ASSERT_LE(operation.ByteSizeLong(), kInputBytesMax);
    batch_.Decide(InputOf(Topic::kOperations, &std::as_const(operation)));
  }

  std::string CampaignAtHomeHere() {
    while (true) {
      const std::string id = "k" + std::to_string(++campaigns_);
      if (ShardOf(id, kShards) == kHere) return id;
    }
  }

  /// The size of the record that goes there, which must be the only one.
  size_t SizeOfRecordTo(Topic topic) const {
    size_t size = 0;
    for (const NewRecord& record : batch_.records()) {
      if (record.to.topic != topic) continue;
      EXPECT_EQ(size, 0u);
      size = record.value.size();
    }
    return size;
  }

  google::protobuf::Arena arena_;
  MemoryState state_;
  Batch batch_;
  int64_t next_offset_ = int64_t{1} << 62;
  int campaigns_ = 0;
};

// Both tests decide one input more than a shard would: so much may stand before
// the last one, less a byte, that the batch is not full yet.

TEST_F(BatchTest, TheLargestEventsBehindAllInputsFitOneRecord) {
  constexpr int kMessages = 4'096;  // as many as a shard takes in
  for (int i = 0; i < kMessages; ++i) DecideStaleAnswer();
  while (!batch_.IsFull()) DecideLargestCommand();
  DecideLargestCommand();
  batch_.Finish();
  EXPECT_GT(SizeOfRecordTo(Topic::kEvents),
            kBatchEventBytesMax + kInputBytesMax);
  EXPECT_LE(SizeOfRecordTo(Topic::kEvents), kRecordBytesMax);
}

TEST_F(BatchTest, TheLargestMessagesToOneShardFitOneRecord) {
  while (!batch_.IsFull()) DecideLargestCampaign();
  DecideLargestCampaign();
  batch_.Finish();
  EXPECT_GT(SizeOfRecordTo(Topic::kInternal), kBatchEventBytesMax);
  EXPECT_LE(SizeOfRecordTo(Topic::kInternal), kRecordBytesMax);
}

}  // namespace
}  // namespace slotlog
