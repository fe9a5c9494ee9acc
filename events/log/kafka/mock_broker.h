// librdkafka's own broker in this process, with a log's topics of one
// partition: it is slow, away or wrong by command, as no real one is. It knows
// neither isolation nor replicas.
//
// Threads: any.

#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <string>

#include "events/invariant.h"
#include "events/log/kafka/handles.h"
#include "events/log/kafka/settings.h"

namespace slotlog::kafka {

class MockBroker {
 public:
  MockBroker()
      : client_(*NewReader({}, Isolation::kReadCommitted)),
        cluster_(rd_kafka_mock_cluster_new(client_.get(), 1)) {
    for (const Topic topic : kTopics) {
      const std::string name = TopicName({}, topic);
      INVARIANT(rd_kafka_mock_topic_create(cluster_.get(), name.c_str(), 1,
                                           1) == RD_KAFKA_RESP_ERR_NO_ERROR,
                "the topic is made");
    }
  }

  std::string address() const {
    return rd_kafka_mock_cluster_bootstraps(cluster_.get());
  }

  void SetRoundTripMs(int ms) {
    rd_kafka_mock_broker_set_rtt(cluster_.get(), kBroker, ms);
  }
  void GoDown() { rd_kafka_mock_broker_set_down(cluster_.get(), kBroker); }
  void ComeUp() { rd_kafka_mock_broker_set_up(cluster_.get(), kBroker); }
  /// The next records that come are answered so, and not taken.
  void RefuseNext(rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors(cluster_.get(), kProduce, 1, error);
  }

 private:
  static constexpr int kBroker = 1;
  /// A request's number in Kafka's protocol.
  static constexpr int16_t kProduce = 0;

  const Client client_;
  const Owned<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy> cluster_;
};

}  // namespace slotlog::kafka
