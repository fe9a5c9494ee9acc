#include "services/query/query_service.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "events/digest.h"
#include "services/query/openapi_document.h"

namespace slotlog {
namespace {

using http::Method;

/// Found at once, and for all: the process answers.
void GetLive(http::Exchange exchange) {
  exchange.Answer(
      http::Reply(200, http::kJson, std::string(R"({"status":"ok"})"))
          .Add("Cache-Control", "no-store"));
}

http::Handler SendDocument() {
  auto document = std::make_shared<const std::string>(OpenApiDocument());
  return [document = std::move(document),
          etag = fmt::format("\"{:016x}\"", Digest64(OpenApiDocument()))](
             http::Exchange exchange) {
    exchange.Answer(http::Reply(200, http::kJson, document)
                        .SetEtag(etag)
                        .Add("Cache-Control", "max-age=60"));
  };
}

}  // namespace

QueryService::QueryService(ReadModels& models, TimerThread& timers,
                           QueryOptions options)
    : models_(models),
      options_(std::move(options)),
      tickets_(models, timers, options_.clock),
      gate_(models.feed(), timers, options_.shards, options_.position) {}

void QueryService::AddRoutes(http::Router& router, const QueryGuards& guards) {
  const auto add = [&](std::string pattern, const http::Guard& guard,
                       void (QueryService::*get)(http::Exchange)) {
    router.Add(Method::kGet, std::move(pattern),
               gate_.Behind([this, get](http::Exchange exchange) {
                 (this->*get)(std::move(exchange));
               }),
               {.guard = guard});
  };
  add("/v1/tickets/{ticket}", guards.citizens, &QueryService::GetTicket);
  add("/v1/citizens/{citizen_id}/commands/{command_id}", guards.citizens,
      &QueryService::GetCommand);
  add("/v1/citizens/{citizen_id}/appointments", guards.citizens,
      &QueryService::GetAppointments);
  add("/v1/sites", guards.everybody, &QueryService::GetSites);
  add("/v1/sites/{site_id}/slots", guards.everybody, &QueryService::GetSlots);
  add("/v1/availability", guards.everybody, &QueryService::GetAvailability);
  add("/v1/line", guards.everybody, &QueryService::GetLine);
  add("/v1/demand", guards.analysts, &QueryService::GetDemand);
  AddCommonRoutes(router, guards.everybody);
}

void QueryService::AddCommonRoutes(http::Router& router,
                                   const http::Guard& everybody) {
  router.Add(Method::kGet, "/readyz", [this](http::Exchange exchange) {
    GetReady(std::move(exchange));
  });
  router.Add(Method::kGet, "/livez", GetLive);
  router.Add(Method::kGet, "/v1/openapi.json", SendDocument(),
             {.guard = everybody});
}

}  // namespace slotlog
