#include "tools/serve/http_face.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "events/store/rocksdb/rocksdb_store.h"
#include "projections/read_models.h"
#include "projections/stores.h"
#include "services/gateway/admission.h"
#include "services/gateway/callers.h"
#include "services/gateway/gateway.h"
#include "services/http/server.h"
#include "services/query/page/page.h"
#include "services/query/query_service.h"
#include "services/query/timer_thread.h"
#include "services/shard/background_thread.h"
#include "tools/input_file.h"

namespace slotlog {
namespace {

constexpr size_t kStoreMemoryBytes = size_t{128} << 20;
/// What is being answered when it stops has so long.
constexpr absl::Duration kGrace = absl::Seconds(2);

absl::StatusOr<std::unique_ptr<Callers>> ReadCallers(const std::string& file) {
  if (file.empty()) return nullptr;
  const auto text = ReadInputFile(file);
  if (!text.ok()) return text.status();
  auto list = CallerList::Parse(*text);
  if (!list.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", file, std::string(list.status().message())));
  }
  return std::make_unique<Callers>(*std::move(list));
}

}  // namespace

/// In the order in which they are made; they end the other way round.
struct HttpFace::Parts {
  Parts(Log& log, const HttpFaceOptions& options,
        std::unique_ptr<Callers> known,
        const std::function<absl::Time()>& clock)
      : callers(std::move(known)),
        admission(callers.get(), {}, clock),
        models(log,
               StoresIn(options.directory, NewRocksDbMemory(kStoreMemoryBytes)),
               {.feed = {.clock = clock,
                         .executor =
                             [this](std::function<void()> work) {
                               checkpoints.Do(std::move(work));
                             }},
                .outcomes = {}}),
        query(models, timers, {.clock = clock, .shards = log.Shards()}),
        gateway(log, query.tickets(), {}) {}

  http::Router Routes() {
    using enum http::Role;
    http::Router router;
    query.AddRoutes(router, {.citizens = admission.For({kCitizenPortal}),
                             .analysts = admission.For({kAnalyst, kOperator}),
                             .everybody = admission.ForEverybody()});
    gateway.AddRoutes(router, {.citizens = admission.For({kCitizenPortal}),
                               .operators = admission.For({kOperator})});
    AddPage(router, admission.ForEverybody());
    return router;
  }

  const std::unique_ptr<Callers> callers;
  Admission admission;
  BackgroundThread checkpoints{"read-models"};
  ReadModels models;
  TimerThread timers;
  QueryService query;
  Gateway gateway;
  std::unique_ptr<http::Server> server;
};

HttpFace::HttpFace(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

HttpFace::~HttpFace() { Stop(); }

absl::StatusOr<std::unique_ptr<HttpFace>> HttpFace::Start(
    Log& log, const HttpFaceOptions& options) {
  auto callers = ReadCallers(options.callers_file);
  if (!callers.ok()) return callers.status();
  const auto clock = [] { return absl::Now(); };
  auto parts =
      std::make_unique<Parts>(log, options, *std::move(callers), clock);
  if (auto fed = parts->models.feed().Start(); !fed.ok()) return fed;
  std::unique_ptr<HttpFace> face(new HttpFace(std::move(parts)));
  auto server = http::Server::Start({.address = options.host,
                                     .port = options.port,
                                     .threads = options.threads,
                                     .limits = {},
                                     .tls = std::nullopt,
                                     .clock = clock,
                                     .on_finished = nullptr},
                                    face->parts_->Routes());
  if (!server.ok()) return server.status();
  face->parts_->server = *std::move(server);
  return face;
}

uint16_t HttpFace::port() const { return parts_->server->port(); }

void HttpFace::Stop() {
  if (parts_->server != nullptr) parts_->server->Stop(kGrace);
  parts_->server.reset();
  parts_->models.feed().Stop();
  parts_->timers.Stop();
}

}  // namespace slotlog
