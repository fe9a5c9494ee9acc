#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "events/digest.h"
#include "projections/json_writer.h"
#include "services/query/answers.h"
#include "services/query/query_service.h"
#include "services/query/ticket_reply.h"

// What there is: sites, slots, seats left.

namespace slotlog {
namespace {

constexpr uint32_t kSitesDefault = 100;
constexpr uint32_t kSitesMax = 1000;

void WriteSite(const SiteAvailability& site, JsonWriter& json) {
  json.Begin('{')
      .Field("site_id", site.site_id)
      .Field("name", site.name)
      .Field("region", site.region)
      .Field("is_open", site.is_open)
      .Field("capacity", site.capacity)
      .Field("seats_left", site.seats_left)
      .Field("slots", site.slots)
      .End('}');
}

http::Reply Unknown(const http::Request& request, std::string_view name,
                    std::string_view title) {
  return http::ProblemReply(request,
                            {.status = 404, .name = name, .title = title});
}

}  // namespace

void QueryService::GetSites(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  const auto region = request.QueryParameter("region");
  if (auto problem = RegionProblem(request, region)) {
    return exchange.Answer(*std::move(problem));
  }
  uint32_t limit = kSitesDefault;
  if (const auto text = request.QueryParameter("limit")) {
    const bool is_number = absl::SimpleAtoi(*text, &limit);
    if (!is_number || limit < 1 || limit > kSitesMax) {
      return exchange.Answer(
          BadParameter(request, "limit", fmt::format("1 to {}", kSitesMax)));
    }
  }
  const std::string after = request.QueryParameter("after").value_or("");
  if (!after.empty()) {
    if (auto problem = IdProblem(request, "after", after)) {
      return exchange.Answer(*std::move(problem));
    }
  }
  const std::string position = FormatPosition(models_.feed().Position());
  const auto availability = models_.availability().Get();
  if (availability == nullptr) return exchange.Answer(NotReady(request));
  // One more, to see whether there is another page.
  const auto sites = availability->Sites(region, after, limit + 1);
  JsonWriter json;
  json.Begin('{').Key("sites").Begin('[');
  for (size_t i = 0; i < sites.size() && i < limit; ++i) {
    WriteSite(sites[i], json);
  }
  json.End(']');
  if (sites.size() > limit) json.Field("next", sites[limit - 1].site_id);
  std::string body = std::move(json.End('}')).Text();
  const std::string etag = fmt::format("\"{:016x}\"", Digest64(body));
  http::Reply reply(200, http::kJson, std::move(body));
  reply.SetEtag(etag).Add(kPositionHeader, position);
  exchange.Answer(std::move(CacheBriefly(reply)));
}

void QueryService::GetSlots(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  const auto availability = models_.availability().Get();
  if (availability == nullptr) return exchange.Answer(NotReady(request));
  const auto answer = availability->Slots(
      SiteId{request.PathParameter("site_id")}, FreshnessFor(request));
  if (answer == nullptr) {
    return exchange.Answer(
        Unknown(request, "site-unknown", "There is no such site"));
  }
  exchange.Answer(ReadyReply(answer));
}

void QueryService::GetAvailability(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  const auto region = request.QueryParameter("region");
  if (auto problem = RegionProblem(request, region)) {
    return exchange.Answer(*std::move(problem));
  }
  const auto availability = models_.availability().Get();
  if (availability == nullptr) return exchange.Answer(NotReady(request));
  const Freshness freshness = FreshnessFor(request);
  const auto answer = region.has_value()
                          ? availability->Region(*region, freshness)
                          : availability->Regions(freshness);
  if (answer == nullptr) {
    return exchange.Answer(
        Unknown(request, "region-unknown", "There is no site in this region"));
  }
  exchange.Answer(ReadyReply(answer));
}

}  // namespace slotlog
