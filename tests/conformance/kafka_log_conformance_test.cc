// The log on Kafka: on a real broker, which this test starts. Each log has a
// prefix of its own there.

#include <gtest/gtest.h>

#include <memory>

#include "events/invariant.h"
#include "events/log/kafka/kafka_log.h"
#include "events/log/kafka/topics.h"
#include "tests/conformance/log_conformance.h"
#include "tests/support/kafka_broker.h"

namespace slotlog {
namespace {

/// One for all tests: starting it takes longer than they do.
KafkaBroker& Broker() {
  static const auto broker = KafkaBroker::Start();
  INVARIANT(broker.ok(), broker.status().ToString().c_str());
  return **broker;
}

OpenLog NewKafkaLog() {
  return [options = Broker().NewLog(),
          is_made = false]() mutable -> absl::StatusOr<std::unique_ptr<Log>> {
    if (!is_made) {
      auto made = CreateKafkaTopics(options, {.shards = kConformanceShards});
      if (!made.ok()) return made.status();
      is_made = true;
    }
    return KafkaLog::Open(options);
  };
}

INSTANTIATE_TEST_SUITE_P(Kafka, LogConformance,
                         testing::Values(LogKind{.new_log = NewKafkaLog,
                                                 .is_durable = true}));

}  // namespace
}  // namespace slotlog
