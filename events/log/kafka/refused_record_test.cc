// A broker that refuses a partition's first records and takes later ones, as a
// leader does that is only becoming one. On librdkafka's own broker: no real
// one does so when it is asked to.

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <memory>
#include <vector>

#include "events/invariant.h"
#include "events/log/kafka/appender.h"
#include "events/log/kafka/kafka_producer.h"
#include "events/log/kafka/settings.h"

namespace slotlog::kafka {
namespace {

constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};
// A request's number in Kafka's protocol.
constexpr int16_t kProduce = 0;
// So slow that several requests are on their way at once.
constexpr int kRoundTripMs = 50;

class RefusedRecordTest : public testing::Test {
 protected:
  RefusedRecordTest()
      : client_(*NewReader(options_, Isolation::kReadCommitted)),
        cluster_(rd_kafka_mock_cluster_new(client_.get(), 1),
                 rd_kafka_mock_cluster_destroy) {
    options_.brokers = rd_kafka_mock_cluster_bootstraps(cluster_.get());
    for (const Topic topic : kTopics) {
      const std::string name = TopicName(options_, topic);
      INVARIANT(rd_kafka_mock_topic_create(cluster_.get(), name.c_str(), 1,
                                           1) == RD_KAFKA_RESP_ERR_NO_ERROR,
                "the topic is made");
    }
    rd_kafka_mock_broker_set_rtt(cluster_.get(), 1, kRoundTripMs);
  }

  void AnswerNext(rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors(cluster_.get(), kProduce, 1, error);
  }

  const std::vector<NewRecord> records_{
      {.to = kEvents0, .key = "k", .value = "first"},
      {.to = kEvents0, .key = "k", .value = "second"},
      {.to = kEvents0, .key = "k", .value = "third"}};
  KafkaLogOptions options_{.brokers = "",
                           // A request for each record.
                           .client = {{"batch.num.messages", "1"}},
                           .patience = absl::Seconds(10)};
  Client client_;
  std::unique_ptr<rd_kafka_mock_cluster_t,
                  decltype(&rd_kafka_mock_cluster_destroy)>
      cluster_;
};

TEST_F(RefusedRecordTest, AppenderSendsItBeforeTheNext) {
  Appender appender(options_);
  AnswerNext(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  const auto offsets = appender.Append(records_);
  ASSERT_TRUE(offsets.ok()) << offsets.status();
  EXPECT_EQ(*offsets, std::vector({Offset{0}, Offset{1}, Offset{2}}));
}

TEST_F(RefusedRecordTest, TransactionIsNotCommittedIfOneMayBeMissing) {
  const auto producer = KafkaProducer::Open(options_, "shard-0", {});
  ASSERT_TRUE(producer.ok()) << producer.status();
  // Not taken; but librdkafka calls it written, at no offset.
  AnswerNext(RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER);
  const auto outcome = (*producer)->Commit({&records_[0], 1});
  ASSERT_FALSE(outcome.ok()) << "it was committed without its record";
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kUnavailable)
      << outcome.status();
}

}  // namespace
}  // namespace slotlog::kafka
