#include "tools/serve/serve_command.h"

#include <absl/status/status.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "events/log/kafka/topics.h"
#include "events/log/log.h"
#include "tools/directory_log.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/metrics/metrics_server.h"
#include "tools/metrics/shard_figures.h"
#include "tools/serve/http_face.h"
#include "tools/serve/http_flags.h"
#include "tools/serve/sample.h"
#include "tools/shards_max.h"
#include "tools/stop_signal.h"
#include "tools/version.h"
#include "tools/whole_number.h"
#include "tools/worker/worker_process.h"
#include "tools/worker_in_process.h"

namespace slotlog {
namespace {

constexpr char kDescription[] = "Everything in one process";
constexpr char kFooter[] =
    R"(Takes commands over HTTP, decides them, answers what is asked, and shows it on
a page. The log stands in --data; with --kafka it stands there, its topics are
made if there are none, and more of these, or workers, share the shards.

Without --callers whoever reaches the address may call: keep it to this machine.

Examples:
  slotlog serve --data /tmp/slotlog --sample
  curl localhost:8080/v1/availability
  curl localhost:8080/v1/commands -H 'Idempotency-Key: 1' -H 'Prefer: wait=5' \
    -H 'Content-Type: application/json' -d '{"citizen_id": "c1", "profile":
    {"birth_date_yyyymmdd": 19620712}, "book": {"campaign_id": "sample",
    "site_id": "mapo-1", "slot_id": "2026-12-24T09"}}'
  slotlog serve --kafka localhost:9092 --data /srv/slotlog --shards 8

Exit codes: 0 stopped by a signal, 1 a shard is damaged or the topics are not as
they must be, 2 it could not run.)";

constexpr uint32_t kShardsDefault = 4;
constexpr absl::Duration kLook = absl::Milliseconds(20);

struct ServeFlags {
  WorkerFlags worker;
  /// Not given: kShardsDefault where the log is made.
  uint32_t shards = 0;
  HttpFlags http;
  bool sample = false;
};

int Fail(const absl::Status& status, int exit_code) {
  fmt::print(stderr, "slotlog serve: {}\n", std::string(status.message()));
  return exit_code;
}

/// The HTTP face on the log, with the five lines that say where everything is.
absl::StatusOr<std::unique_ptr<HttpFace>> StartFace(Log& log,
                                                    MetricsServer& metrics,
                                                    const ServeFlags& flags) {
  auto face = HttpFace::Start(
      log, metrics,
      {.directory = std::filesystem::path(flags.worker.data) / "projections",
       .http = flags.http});
  if (!face.ok()) return face.status();
  if (flags.sample) {
    if (auto made = AppendSample(log, absl::Now()); !made.ok()) return made;
  }
  const std::string& brokers = flags.worker.kafka.brokers;
  const std::string base = (*face)->address();
  fmt::print(
      "{}\ndata     {}, log {}{}, {} shards\npage     {}/\n"
      "API      {}/v1/openapi.json\nmetrics  {}\n",
      kVersion, flags.worker.data, log.Id(),
      brokers.empty() ? "" : " at " + brokers, log.Shards().value, base, base,
      metrics.address());
  std::fflush(stdout);
  return face;
}

// --- On a log in the directory ---

int ServeDirectory(const ServeFlags& flags) {
  const std::filesystem::path data = flags.worker.data;
  auto log = OpenOrMakeLog(data, ShardCount{flags.shards});
  if (absl::IsNotFound(log.status())) {
    log = OpenOrMakeLog(data, ShardCount{kShardsDefault});
  }
  if (!log.ok()) return Fail(log.status(), kExitCouldNotRun);
  auto worker = StartWorker(**log, data, flags.worker.memory_mib);
  if (!worker.ok()) return Fail(worker.status(), kExitViolated);
  const auto figures = FiguresOf(**worker, **log);
  auto metrics = MetricsServer::Start(flags.worker.metrics);
  if (!metrics.ok()) return Fail(metrics.status(), kExitCouldNotRun);
  (*metrics)->Add(figures);
  StopOnSignals();
  auto face = StartFace(**log, **metrics, flags);
  if (!face.ok()) return Fail(face.status(), kExitCouldNotRun);
  absl::Status health;
  while (!IsStopAsked() && health.ok()) {
    absl::SleepFor(kLook);
    health = (*worker)->Health();
  }
  face->reset();
  health.Update(StopWorker(**worker));
  return health.ok() ? kExitOk : Fail(health, kExitViolated);
}

// --- On Kafka ---

/// As they are; made, if there are none and none was asked for otherwise.
absl::StatusOr<KafkaLogIdentity> TopicsFor(const KafkaLogOptions& options,
                                           uint32_t shards) {
  if (shards == 0) {
    auto found = CheckKafkaTopics(options);
    if (!absl::IsNotFound(found.status())) return found;
    shards = kShardsDefault;
  }
  return CreateKafkaTopics(options, {.shards = ShardCount{shards}});
}

int ServeKafka(const ServeFlags& flags) {
  const auto options = OptionsOf(flags.worker.kafka);
  if (!options.ok()) return Fail(options.status(), kExitCouldNotRun);
  const auto topics = TopicsFor(*options, flags.shards);
  if (absl::IsFailedPrecondition(topics.status())) {
    return Fail(topics.status(), kExitViolated);
  }
  if (!topics.ok()) return Fail(topics.status(), kExitCouldNotRun);
  std::unique_ptr<HttpFace> face;
  return RunWorker(flags.worker, {.command = "serve",
                                  .on_started =
                                      [&](Log& log, MetricsServer* metrics) {
                                        auto begun =
                                            StartFace(log, *metrics, flags);
                                        if (!begun.ok()) return begun.status();
                                        face = *std::move(begun);
                                        return absl::OkStatus();
                                      },
                                  .on_stopping = [&face] { face.reset(); }});
}

}  // namespace

void AddServeCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", kDescription);
  command->footer(kFooter);
  auto flags = std::make_shared<ServeFlags>();
  flags->worker.metrics = "127.0.0.1:9464";
  AddWorkerFlags(*command, flags->worker);
  CLI::Option* kafka = command->get_option("--kafka")->required(false);
  command->get_option("--metrics")->capture_default_str();
  for (const char* name : {"--standby", "--snapshots"}) {
    command->get_option(name)->needs(kafka);
  }
  command
      ->add_option("--shards", flags->shards,
                   fmt::format("Where the log is made: its shards, for ever "
                               "(default: {})",
                               kShardsDefault))
      ->type_name("N")
      ->transform(WholeNumber(1, kShardsMax));
  AddHttpFlags(*command, flags->http);
  command->add_flag("--sample", flags->sample,
                    "With three sites, a week of slots, and the campaign "
                    "\"sample\" that admits everybody");
  command->callback([flags, &exit_code] {
    exit_code = flags->worker.kafka.brokers.empty() ? ServeDirectory(*flags)
                                                    : ServeKafka(*flags);
  });
}

}  // namespace slotlog
