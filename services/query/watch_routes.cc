#include <absl/time/time.h>
#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "events/codec.h"
#include "projections/json_writer.h"
#include "services/query/answers.h"
#include "services/query/query_service.h"
#include "services/query/ticket_reply.h"

// How the rush goes: the line, the demand, and whether all this is up to date.

namespace slotlog {
namespace {

void WriteShard(const ShardLine& shard, absl::Duration delay,
                JsonWriter& json) {
  const LineProgress& progress = shard.progress;
  json.Begin('{')
      .Field("shard", shard.shard.value)
      .Field("epoch", progress.epoch.value)
      .Field("sequence", progress.sequence.value)
      .Field("decided_offset", progress.decided.value)
      .Field("high_watermark", shard.high_watermark.value)
      .Field("undecided", shard.undecided)
      .Field("arrivals_per_second", shard.arrivals_per_second)
      .Field("decisions_per_second", shard.decisions_per_second)
      .Field("confirmed_per_second", shard.confirmed_per_second);
  // Before the first batch there is no such time.
  if (progress.epoch.value != 0) {
    json.Field("now", progress.now).Field("decided_at", progress.decided_at);
  }
  json.Field("reader_lag_ms", absl::ToInt64Milliseconds(delay)).End('}');
}

void WriteCount(const DemandCount& count, JsonWriter& json) {
  json.Field("requests", count.requests)
      .Field("confirmed", count.confirmed)
      .Field("refused", count.refused)
      .Key("refusals")
      .Begin('{');
  for (const auto& [refusal, times] : count.refusals) {
    json.Field(NameOf(refusal), times);
  }
  json.End('}');
}

/// None: it is no time.
std::optional<absl::Time> TimeOf(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return std::nullopt;
  }
  return time;
}

}  // namespace

void QueryService::GetLine(http::Exchange exchange) {
  const std::string position = FormatPosition(models_.feed().Position());
  const LineNow now = models_.line().Now();
  JsonWriter json;
  json.Begin('{')
      .Field("at", now.at)
      .Field("undecided", now.undecided)
      .Field("arrivals_per_second", now.arrivals_per_second)
      .Field("decisions_per_second", now.decisions_per_second)
      .Field("confirmed_per_second", now.confirmed_per_second)
      .Field("commands", now.answered)
      .Field("confirmed", now.confirmed)
      .Field("refused", now.refused);
  const auto availability = models_.availability().Get();
  const Stock stock =
      availability == nullptr ? Stock() : availability->StockLeft();
  json.Field("capacity", stock.capacity)
      .Field("seats_left", stock.seats_left)
      .Key("shards")
      .Begin('[');
  for (const ShardLine& shard : now.shards) {
    WriteShard(shard, models_.feed().ProgressOf(shard.shard).delay, json);
  }
  json.End(']').End('}');
  http::Reply reply(200, http::kJson, std::move(json).Text());
  reply.Add(kPositionHeader, position);
  exchange.Answer(std::move(CacheBriefly(reply)));
}

void QueryService::GetDemand(http::Exchange exchange) {
  const http::Request& request = exchange.request();
  DemandQuery query = {.region = request.QueryParameter("region"),
                       .rows_max = options_.demand_rows_max};
  if (auto problem = RegionProblem(request, query.region)) {
    return exchange.Answer(*std::move(problem));
  }
  for (const auto& [name, limit] :
       {std::pair("from", &query.from), std::pair("to", &query.to)}) {
    const auto text = request.QueryParameter(name);
    if (!text.has_value()) continue;
    const auto time = TimeOf(*text);
    if (!time.has_value()) {
      return exchange.Answer(BadParameter(
          request, name, "a time is written as in 2021-07-12T00:00:00Z"));
    }
    *limit = *time;
  }
  const std::string position = FormatPosition(models_.feed().Position());
  const auto demand = models_.demand().Get();
  if (demand == nullptr) return exchange.Answer(NotReady(request));
  const DemandReport report = demand->Report(query);
  JsonWriter json;
  json.Begin('{');
  WriteCount(report.totals, json);
  json.Key("minutes").Begin('[');
  for (const DemandRow& row : report.rows) {
    json.Begin('{')
        .Field("minute", row.cell.minute)
        .Field("region", row.cell.region)
        .Field("campaign_id", row.cell.campaign_id)
        .Field("cohort", row.cell.cohort);
    WriteCount(row.count, json);
    json.End('}');
  }
  json.End(']').Field("is_complete", report.is_complete).End('}');
  http::Reply reply(200, http::kJson, std::move(json).Text());
  reply.Add("Cache-Control", "private, max-age=1")
      .Add(kPositionHeader, position);
  exchange.Answer(std::move(reply));
}

void QueryService::GetReady(http::Exchange exchange) {
  const absl::Status health = models_.feed().Health();
  if (!health.ok()) {
    return exchange.Answer(http::ProblemReply(
        exchange.request(), {.status = 503,
                             .name = "reader-stuck",
                             .title = "The log cannot be read on",
                             .detail = std::string(health.message()),
                             .retry_after_seconds = 5}));
  }
  if (!models_.feed().IsReady() || !models_.line().IsRead()) {
    return exchange.Answer(NotReady(exchange.request()));
  }
  exchange.Answer(
      http::Reply(200, http::kJson, std::string(R"({"status":"ok"})"))
          .Add("Cache-Control", "no-store"));
}

}  // namespace slotlog
