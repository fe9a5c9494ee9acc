#include "tools/serve/http_face.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "events/store/rocksdb/rocksdb_store.h"
#include "projections/read_models.h"
#include "projections/stores.h"
#include "services/gateway/admission.h"
#include "services/gateway/gateway.h"
#include "services/http/server.h"
#include "services/logging/log_fields.h"
#include "services/query/page/page.h"
#include "services/query/query_service.h"
#include "services/query/timer_thread.h"
#include "services/shard/background_thread.h"
#include "tools/metrics/http_figures.h"
#include "tools/metrics/reading_figures.h"
#include "tools/serve/callers_file.h"

namespace slotlog {
namespace {

constexpr size_t kStoreMemoryBytes = size_t{128} << 20;
/// What is being answered when it stops has so long.
constexpr absl::Duration kGrace = absl::Seconds(2);

absl::StatusOr<std::unique_ptr<CallersFile>> ReadCallers(
    const std::string& file) {
  if (file.empty()) return nullptr;
  return CallersFile::Open(file);
}

std::optional<http::TlsOptions> TlsOf(const HttpFlags& flags) {
  if (flags.tls_certificate.empty()) return std::nullopt;
  const bool asks = !flags.tls_client_authorities.empty();
  return http::TlsOptions{
      .certificate_file = flags.tls_certificate,
      .key_file = flags.tls_key,
      .client_certificates = asks ? http::ClientCertificates::kAccepted
                                  : http::ClientCertificates::kNotAsked,
      .client_authorities_file = flags.tls_client_authorities};
}

/// The route's pattern and not its path, which may name a citizen.
void LogRequest(const http::Finished& finished) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  const LogFields fields(
      {{"trace_id", finished.request.trace().TraceId()},
       {"method", http::NameOf(finished.request.method())},
       {"route", finished.pattern},
       {"status", finished.status},
       {"bytes", finished.body_bytes},
       {"milliseconds", absl::ToDoubleMilliseconds(finished.took)}});
  spdlog::debug("request");
}

}  // namespace

/// In the order in which they are made; they end the other way round.
struct HttpFace::Parts {
  Parts(Log& log, MetricsServer& metrics_server,
        const HttpFaceOptions& face_options, std::unique_ptr<CallersFile> known,
        const std::function<absl::Time()>& clock)
      : options(face_options),
        metrics(metrics_server),
        callers(std::move(known)),
        admission(callers == nullptr ? nullptr : &callers->callers(), {},
                  clock),
        models(log,
               StoresIn(options.directory, NewRocksDbMemory(kStoreMemoryBytes)),
               {.feed = {.clock = clock,
                         .executor =
                             [this](std::function<void()> work) {
                               checkpoints.Do(std::move(work));
                             }},
                .outcomes = {}}),
        query(models, timers, {.clock = clock, .shards = log.Shards()}),
        gateway(log, query.tickets(), {}),
        reading_figures(FiguresOf(models)) {}

  http::Router Routes() {
    using enum http::Role;
    http::Router router;
    if (!options.has_query) {
      query.AddCommonRoutes(router, admission.ForEverybody());
    } else {
      query.AddRoutes(router, {.citizens = admission.For({kCitizenPortal}),
                               .analysts = admission.For({kAnalyst, kOperator}),
                               .everybody = admission.ForEverybody()});
      AddPage(router, admission.ForEverybody());
    }
    if (options.has_gateway) {
      gateway.AddRoutes(router, {.citizens = admission.For({kCitizenPortal}),
                                 .operators = admission.For({kOperator})});
    }
    return router;
  }

  const HttpFaceOptions options;
  MetricsServer& metrics;
  const std::unique_ptr<CallersFile> callers;
  Admission admission;
  BackgroundThread checkpoints{"read-models"};
  ReadModels models;
  TimerThread timers;
  QueryService query;
  Gateway gateway;
  const std::shared_ptr<prometheus::Collectable> reading_figures;
  const std::shared_ptr<HttpFigures> http_figures =
      std::make_shared<HttpFigures>();
  std::unique_ptr<http::Server> server;
};

HttpFace::HttpFace(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HttpFace::~HttpFace() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpFace>> HttpFace::Start(
    Log& log, MetricsServer& metrics, const HttpFaceOptions& options) {
  auto callers = ReadCallers(options.http.callers);
  if (!callers.ok()) return callers.status();
  const auto clock = [] { return absl::Now(); };
  auto parts = std::make_unique<Parts>(log, metrics, options,
                                       *std::move(callers), clock);
  if (auto fed = parts->models.feed().Start(); !fed.ok()) return fed;
  std::unique_ptr<HttpFace> face(new HttpFace(std::move(parts)));
  Parts& made = *face->parts_;
  auto server = http::Server::Start(
      {.address = options.http.host,
       .port = options.http.port,
       .threads = options.http.threads,
       .limits = {},
       .tls = TlsOf(options.http),
       .clock = clock,
       .on_finished =
           [figures = made.http_figures](const http::Finished& finished) {
             figures->Count(finished);
             LogRequest(finished);
           }},
      made.Routes());
  if (!server.ok()) return server.status();
  made.server = *std::move(server);
  made.http_figures->Watch(*made.server,
                           options.has_gateway ? &made.gateway : nullptr);
  metrics.Add(made.reading_figures);
  metrics.Add(made.http_figures);
  if (made.callers != nullptr) made.callers->Follow(made.timers);
  return face;
}

std::string HttpFace::address() const {
  const HttpFlags& flags = parts_->options.http;
  return fmt::format("{}://{}:{}",
                     flags.tls_certificate.empty() ? "http" : "https",
                     flags.host, parts_->server->port());
}

void HttpFace::Stop() {
  parts_->metrics.Remove(parts_->http_figures);
  parts_->metrics.Remove(parts_->reading_figures);
  if (parts_->server != nullptr) parts_->server->Stop(kGrace);
  parts_->server.reset();
  parts_->models.feed().Stop();
  parts_->timers.Stop();
}

}  // namespace slotlog
