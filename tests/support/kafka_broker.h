// A real Kafka for a test, which starts it by tools/kafka: loopback ports that
// were free, data under the test's own directory. It goes with the object, and
// with the test's process should that be killed.
//
// Threads: NewLog may be called from many.

#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "events/log/kafka/kafka_options.h"

namespace slotlog {

class KafkaBroker {
 public:
  /// Returns when it answers. UNAVAILABLE: it does not, and what it said.
  /// REQUIRES: `nodes` is 1 or 3.
  static absl::StatusOr<std::unique_ptr<KafkaBroker>> Start(int nodes = 1);
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;
  ~KafkaBroker();

  /// The place of a log that nobody else has: another prefix each time.
  KafkaLogOptions NewLog();

  /// Ends one node by SIGKILL; starts it again and waits until it answers.
  absl::Status Kill(int node);
  absl::Status Restart(int node);

 private:
  explicit KafkaBroker(std::filesystem::path data) : data_(std::move(data)) {}

  /// `tools/kafka` with these arguments; what it printed, also on an error.
  absl::StatusOr<std::string> Run(const std::string& arguments) const;

  const std::filesystem::path data_;
  std::string brokers_;
  std::atomic<int> logs_ = 0;
};

}  // namespace slotlog
