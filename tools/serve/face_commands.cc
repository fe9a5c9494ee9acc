#include "tools/serve/face_commands.h"

#include <absl/status/status.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "events/log/kafka/kafka_log.h"
#include "tools/exit_codes.h"
#include "tools/kafka_flags.h"
#include "tools/metrics/metrics_flag.h"
#include "tools/metrics/metrics_server.h"
#include "tools/serve/http_face.h"
#include "tools/serve/http_flags.h"
#include "tools/stop_signal.h"
#include "tools/version.h"

namespace slotlog {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(20);

struct FaceSetting {
  const char* command;
  const char* description;
  const char* footer;
  bool has_gateway;
  bool has_query;
};

constexpr FaceSetting kGateway = {
    .command = "gateway",
    .description = "Takes commands over HTTP: durable, with a place in line",
    .footer =
        R"(POST /v1/commands and /v1/operations, answered with 202 when they stand in the
log. It decides nothing: that is the workers' part. The read models that tell
people their place are kept in --data, which may be deleted: they are folded
again from the log. Run as many as it takes, behind any load balancer.

Without --callers whoever reaches the address may call: keep it to this machine.

Example:
  slotlog gateway --kafka localhost:9092 --data /srv/gateway --callers callers \
    --host 0.0.0.0 --port 8443 --tls-certificate server.pem --tls-key server.key

Exit codes: 0 stopped by a signal, 2 it could not run.)",
    .has_gateway = true,
    .has_query = false};

constexpr FaceSetting kQuery = {
    .command = "query",
    .description = "Answers what is asked over HTTP, and shows it on a page",
    .footer =
        R"(Place in line, outcomes, appointments, availability, demand: GET
/v1/openapi.json says which. The read models are kept in --data, which may be
deleted: they are folded again from the log. Run as many as it takes; what they
say may be cached for a second, as the headers tell.

Without --callers whoever reaches the address may ask: keep it to this machine.

Example:
  slotlog query --kafka localhost:9092 --data /srv/query --port 8081

Exit codes: 0 stopped by a signal, 2 it could not run.)",
    .has_gateway = false,
    .has_query = true};

struct FaceFlags {
  KafkaFlags kafka;
  std::string data;
  std::string metrics = "127.0.0.1:9464";
  HttpFlags http;
};

absl::Status ServeUntilStopped(const FaceSetting& setting,
                               const FaceFlags& flags) {
  const auto options = OptionsOf(flags.kafka);
  if (!options.ok()) return options.status();
  auto log = KafkaLog::Open(*options);
  if (!log.ok()) return log.status();
  auto metrics = MetricsServer::Start(flags.metrics);
  if (!metrics.ok()) return metrics.status();
  StopOnSignals();
  auto face = HttpFace::Start(
      **log, **metrics,
      {.directory = std::filesystem::path(flags.data) / "projections",
       .http = flags.http,
       .has_gateway = setting.has_gateway,
       .has_query = setting.has_query});
  if (!face.ok()) return face.status();
  const std::string base = (*face)->address();
  fmt::print("{}\nlog      {} at {}, {} shards\n", kVersion, (*log)->Id(),
             flags.kafka.brokers, (*log)->Shards().value);
  if (setting.has_query) fmt::print("page     {}/\n", base);
  fmt::print("API      {}/v1/openapi.json\nmetrics  {}\n", base,
             (*metrics)->address());
  std::fflush(stdout);
  while (!IsStopAsked()) absl::SleepFor(kLook);
  return absl::OkStatus();
}

void AddFaceCommand(CLI::App& app, int& exit_code, const FaceSetting& setting) {
  CLI::App* command = app.add_subcommand(setting.command, setting.description);
  command->footer(setting.footer);
  auto flags = std::make_shared<FaceFlags>();
  AddKafkaFlags(*command, flags->kafka)->required();
  command
      ->add_option("--data", flags->data,
                   "Directory for the read models; this process's own")
      ->type_name("DIR")
      ->required();
  AddMetricsFlag(*command, flags->metrics)->capture_default_str();
  AddHttpFlags(*command, flags->http);
  command->callback([flags, &setting, &exit_code] {
    const absl::Status served = ServeUntilStopped(setting, *flags);
    exit_code = served.ok() ? kExitOk : kExitCouldNotRun;
    if (served.ok()) return;
    fmt::print(stderr, "slotlog {}: {}\n", setting.command,
               std::string(served.message()));
  });
}

}  // namespace

void AddGatewayCommand(CLI::App& app, int& exit_code) {
  AddFaceCommand(app, exit_code, kGateway);
}

void AddQueryCommand(CLI::App& app, int& exit_code) {
  AddFaceCommand(app, exit_code, kQuery);
}

}  // namespace slotlog
