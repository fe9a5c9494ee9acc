#include "tools/rush/rehearsal_log.h"

#include <fmt/format.h>

#include <cstdio>
#include <system_error>
#include <utility>

#include "events/log/embedded/embedded_log.h"
#include "events/log/kafka/kafka_log.h"
#include "events/log/kafka/topics.h"
#include "tools/data_directory.h"
#include "tools/directory_log.h"

namespace slotlog {
namespace {

/// With so many copies a record is acknowledged when two brokers have it.
constexpr int kDurableReplication = 3;

void TellReading(std::string_view what) {
  fmt::print(stderr, "Reading what {} holds of this rehearsal.\n", what);
}

absl::StatusOr<KafkaLogIdentity> FindOrMakeTopics(
    const KafkaLogOptions& options, const NewKafkaTopics& wanted,
    bool must_be_there) {
  auto found = CheckKafkaTopics(options);
  if (!absl::IsNotFound(found.status())) return found;
  if (must_be_there) {
    return absl::FailedPreconditionError(
        fmt::format("the log that this directory rehearses on is gone ({}); "
                    "delete the directory to begin anew",
                    std::string(found.status().message())));
  }
  auto made = CreateKafkaTopics(options, wanted);
  if (made.ok()) {
    fmt::print(stderr, "Made the topics {}*: {} shards, {} replicas.\n",
               options.prefix, made->shards.value, made->replication);
  }
  return made;
}

}  // namespace

absl::StatusOr<std::optional<Manifest>> FindManifest(
    const std::filesystem::path& directory, const Manifest& asked_for) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::FailedPreconditionError(
        fmt::format("cannot make {}: {}", directory.string(), error.message()));
  }
  auto there = ReadManifest(directory);
  if (!there.ok()) return there.status();
  if (there->has_value()) {
    if (auto status = CheckSame(**there, asked_for); !status.ok()) {
      return status;
    }
    return there;
  }
  if (!std::filesystem::is_empty(directory, error) || error) {
    return absl::FailedPreconditionError(fmt::format(
        "{} is not empty and holds no rehearsal; give a new or empty --data",
        directory.string()));
  }
  return there;
}

absl::StatusOr<RehearsalLog> OpenOwnLog(const std::filesystem::path& directory,
                                        const std::optional<Manifest>& there,
                                        const Manifest& asked_for) {
  RehearsalLog opened;
  opened.manifest = there.value_or(asked_for);
  if (!there.has_value()) {
    auto noted = WriteManifest(directory, opened.manifest);
    if (!noted.ok()) return noted;
  }
  opened.is_noted = true;
  if (std::filesystem::exists(LogDirectory(directory))) {
    TellReading(directory.string());
  }
  auto log = OpenOrMakeLog(directory, opened.manifest.shards);
  if (!log.ok()) return log.status();
  opened.log = *std::move(log);
  return opened;
}

absl::StatusOr<RehearsalLog> OpenKafkaLog(const KafkaFlags& flags,
                                          int replication,
                                          const std::optional<Manifest>& there,
                                          Manifest asked_for) {
  const auto options = OptionsOf(flags);
  if (!options.ok()) return options.status();
  const NewKafkaTopics wanted{.shards = asked_for.shards.value == 0
                                            ? ShardCount{kShardsDefault}
                                            : asked_for.shards,
                              .replication = replication};
  const auto topics = FindOrMakeTopics(*options, wanted, there.has_value());
  if (!topics.ok()) return topics.status();
  if (asked_for.shards.value != 0 && asked_for.shards != topics->shards) {
    return absl::FailedPreconditionError(fmt::format(
        "the topics {}* have {} shards, not {}; give another --prefix",
        options->prefix, topics->shards.value, asked_for.shards.value));
  }
  asked_for.shards = topics->shards;
  asked_for.kafka_log = topics->id;

  RehearsalLog opened;
  opened.kafka = fmt::format("{}* on {}", options->prefix, options->brokers);
  opened.is_durable = topics->replication >= kDurableReplication;
  opened.is_noted = there.has_value();
  opened.manifest = there.value_or(asked_for);
  if (there.has_value()) {
    if (auto same = CheckSame(*there, asked_for); !same.ok()) return same;
    TellReading(opened.kafka);
  }
  auto log = KafkaLog::Open(*options);
  if (!log.ok()) return log.status();
  opened.log = *std::move(log);
  return opened;
}

}  // namespace slotlog
