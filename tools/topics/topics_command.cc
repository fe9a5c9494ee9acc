#include "tools/topics/topics_command.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "events/log/kafka/topics.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/shards_max.h"
#include "tools/whole_number.h"

namespace slotlog {
namespace {

/// Somebody waits at a terminal.
constexpr absl::Duration kPatience = absl::Seconds(10);

constexpr const char* kCreateHelp =
    R"(Run it again after an interruption: what is there stays as it is, what is
missing is made. The number of shards stays with the log for ever.

Examples:
  slotlog topics create --kafka localhost:9092 --shards 4
  slotlog topics create --kafka k1:9093 --shards 4 --kafka-config tls.properties

Exit codes: 0 the topics are as they must be; 1 they are there and are not; 2 it
could not run.)";

constexpr const char* kCheckHelp =
    R"(Changes nothing.

Example:
  slotlog topics check --kafka localhost:9092

Exit codes: 0 the topics are as they must be; 1 they are not, and how; 2 it
could not run.)";

struct TopicsFlags {
  KafkaFlags kafka;
  uint32_t shards = 1;
  int replication = 0;
};

using Work =
    std::function<absl::StatusOr<KafkaLogIdentity>(const KafkaLogOptions&)>;

int Run(std::string_view command, const TopicsFlags& flags, const Work& work) {
  const auto fail = [command](const absl::Status& status, int exit_code) {
    fmt::print(stderr, "slotlog topics {}: {}\n", command,
               std::string(status.message()));
    return exit_code;
  };
  absl::StatusOr<KafkaLogOptions> options = OptionsOf(flags.kafka);
  if (!options.ok()) return fail(options.status(), kExitCouldNotRun);
  options->patience = kPatience;
  const absl::StatusOr<KafkaLogIdentity> log = work(*options);
  if (absl::IsFailedPrecondition(log.status()) ||
      absl::IsNotFound(log.status())) {
    return fail(log.status(), kExitViolated);
  }
  if (!log.ok()) return fail(log.status(), kExitCouldNotRun);
  fmt::print("log {}: {} shards, {} replicas, topics {}*\n", log->id,
             log->shards.value, log->replication, options->prefix);
  return kExitOk;
}

CLI::App* AddCommand(CLI::App& topics, const char* name, const char* what,
                     const char* help, TopicsFlags& flags) {
  CLI::App* command = topics.add_subcommand(name, what);
  command->footer(help);
  AddKafkaFlags(*command, flags.kafka)->required();
  return command;
}

}  // namespace

void AddTopicsCommand(CLI::App& app, int& exit_code) {
  CLI::App* topics =
      app.add_subcommand("topics", "Make and check a log's topics on Kafka");
  topics->require_subcommand(1);
  auto flags = std::make_shared<TopicsFlags>();

  CLI::App* create =
      AddCommand(*topics, "create", "Make a log's topics", kCreateHelp, *flags);
  create->add_option("--shards", flags->shards, "Partitions of each topic")
      ->type_name("N")
      ->required()
      ->transform(WholeNumber(1, kShardsMax));
  create
      ->add_option("--replication", flags->replication,
                   "Copies of each partition (default: 3, or as many as there "
                   "are brokers)")
      ->type_name("R")
      ->transform(WholeNumber(1, kReplicationMax));
  create->callback([flags, &exit_code] {
    exit_code = Run("create", *flags, [flags](const KafkaLogOptions& options) {
      return CreateKafkaTopics(options, {.shards = ShardCount{flags->shards},
                                         .replication = flags->replication});
    });
  });

  CLI::App* check =
      AddCommand(*topics, "check", "Check a log's topics", kCheckHelp, *flags);
  check->callback([flags, &exit_code] {
    exit_code = Run("check", *flags, CheckKafkaTopics);
  });
}

}  // namespace slotlog
