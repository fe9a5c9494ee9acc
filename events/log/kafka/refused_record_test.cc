// A broker that refuses a partition's first records and takes later ones, as a
// leader does that is only becoming one. On librdkafka's own broker: no real
// one does so when it is asked to.

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <vector>

#include "events/log/kafka/appender.h"
#include "events/log/kafka/kafka_producer.h"
#include "events/log/kafka/mock_broker.h"

namespace slotlog::kafka {
namespace {

constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};
// So slow that several requests are on their way at once.
constexpr int kRoundTripMs = 50;

class RefusedRecordTest : public testing::Test {
 protected:
  RefusedRecordTest() { broker_.SetRoundTripMs(kRoundTripMs); }

  const std::vector<NewRecord> records_{
      {.to = kEvents0, .key = "k", .value = "first"},
      {.to = kEvents0, .key = "k", .value = "second"},
      {.to = kEvents0, .key = "k", .value = "third"}};
  MockBroker broker_;
  const KafkaLogOptions options_{.brokers = broker_.address(),
                                 // A request for each record.
                                 .client = {{"batch.num.messages", "1"}},
                                 .patience = absl::Seconds(10)};
};

TEST_F(RefusedRecordTest, AppenderSendsItBeforeTheNext) {
  Appender appender(options_);
  broker_.RefuseNext(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  const auto offsets = appender.Append(records_);
  ASSERT_TRUE(offsets.ok()) << offsets.status();
  EXPECT_EQ(*offsets, std::vector({Offset{0}, Offset{1}, Offset{2}}));
}

TEST_F(RefusedRecordTest, TransactionIsNotCommittedIfOneMayBeMissing) {
  KafkaProducer producer(options_, "shard-0");
  const absl::Status opened = producer.Open({});
  ASSERT_TRUE(opened.ok()) << opened;
  // Not taken; but librdkafka calls it written, at no offset.
  broker_.RefuseNext(RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER);
  const auto outcome = producer.Commit({&records_[0], 1});
  ASSERT_FALSE(outcome.ok()) << "it was committed without its record";
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kUnavailable)
      << outcome.status();
}

}  // namespace
}  // namespace slotlog::kafka
