#include "tests/support/kafka_broker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace slotlog {
namespace {

/// How long a client in a test waits for a broker. A machine that builds
/// something at the same time is slow.
constexpr absl::Duration kTestPatience = absl::Seconds(30);

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaBroker>> KafkaBroker::Start(int nodes) {
  static std::atomic<int> brokers = 0;
  std::unique_ptr<KafkaBroker> broker(new KafkaBroker(
      std::filesystem::path(testing::TempDir()) /
      fmt::format("kafka-{}-{}", getpid(), brokers.fetch_add(1))));
  std::filesystem::remove_all(broker->data_);
  absl::StatusOr<std::string> printed = broker->Run(
      fmt::format("up --nodes {} --until-exit-of {}", nodes, getpid()));
  if (!printed.ok()) return printed.status();
  broker->brokers_ = printed->substr(0, printed->find('\n'));
  return broker;
}

KafkaBroker::~KafkaBroker() {
  Run("down --kill").IgnoreError();
  std::error_code ignored;
  std::filesystem::remove_all(data_, ignored);
}

KafkaLogOptions KafkaBroker::NewLog() {
  return {.brokers = brokers_,
          .prefix = fmt::format("test-{}.", logs_.fetch_add(1)),
          .client = {},
          .patience = kTestPatience};
}

absl::Status KafkaBroker::Kill(int node) {
  return Run(fmt::format("stop {} --kill", node)).status();
}

absl::Status KafkaBroker::Restart(int node) {
  return Run(fmt::format("start {}", node)).status();
}

absl::StatusOr<std::string> KafkaBroker::Run(
    const std::string& arguments) const {
  const std::string command =
      fmt::format("PYTHONDONTWRITEBYTECODE=1 tools/kafka {} --data '{}' 2>&1",
                  arguments, data_.string());
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return absl::ErrnoToStatus(errno, command);
  std::string printed;
  char piece[4096];
  while (const size_t length = std::fread(piece, 1, sizeof(piece), pipe)) {
    printed.append(piece, length);
  }
  if (pclose(pipe) == 0) return printed;
  return absl::UnavailableError(fmt::format("{}: {}", command, printed));
}

}  // namespace slotlog
