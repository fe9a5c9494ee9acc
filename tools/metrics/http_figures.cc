#include "tools/metrics/http_figures.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>

#include "services/http/prefer.h"
#include "tools/metrics/families.h"

namespace slotlog {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::string FaceOf(const std::string& route) {
  const bool is_sent = route == kCommandsPath || route == kOperationsPath;
  return is_sent ? "gateway" : "query";
}

bool TakesWhatItTakes(const http::Request& request) {
  return request.Header("prefer").has_value() ||
         http::AsksFor(request, http::kEventStream);
}

}  // namespace

void HttpFigures::Count(const http::Finished& finished) {
  const bool is_timed = !TakesWhatItTakes(finished.request);
  const absl::MutexLock lock(&mutex_);
  auto route = routes_.find(finished.pattern);
  if (route == routes_.end()) {
    route = routes_.emplace(finished.pattern, Route()).first;
  }
  ++route->second.requests[{finished.request.method(), finished.status}];
  if (is_timed) route->second.durations.Add(kDurationBounds, finished.took);
}

void HttpFigures::Watch(const http::Server& server, const Gateway* gateway) {
  const absl::MutexLock lock(&mutex_);
  server_ = &server;
  gateway_ = gateway;
}

std::vector<MetricFamily> HttpFigures::Collect() const {
  MetricFamilyOf requests("slotlog_http_requests_total", "Requests answered",
                          MetricType::Counter);
  MetricFamilyOf durations("slotlog_http_request_duration_seconds",
                           "From a request's head to its answer, without those "
                           "that prefer to wait, and streams",
                           MetricType::Histogram);
  MetricFamilyOf connections("slotlog_http_connections", "Open now",
                             MetricType::Gauge);
  MetricFamilyOf streams("slotlog_http_event_streams",
                         "Of them, those that wait for a ticket's events",
                         MetricType::Gauge);
  MetricFamilyOf pending("slotlog_gateway_pending_commands",
                         "Commands and operations taken, not yet durable",
                         MetricType::Gauge);
  MetricFamilyOf pending_bytes("slotlog_gateway_pending_bytes",
                               "Of those that are pending", MetricType::Gauge);
  MetricFamilyOf appends("slotlog_gateway_appends_total",
                         "Writes to the log, of many records each",
                         MetricType::Counter);
  MetricFamilyOf refused("slotlog_gateway_refused_total",
                         "Refused because too many were pending",
                         MetricType::Counter);
  const absl::MutexLock lock(&mutex_);
  for (const auto& [pattern, route] : routes_) {
    const std::string name = pattern.empty() ? "none" : pattern;
    const std::string face = FaceOf(pattern);
    for (const auto& [which, count] : route.requests) {
      const auto& [method, status] = which;
      const bool is_known = method != http::Method::kOther;
      requests.Add(
          {{"face", face},
           {"route", name},
           {"method", is_known ? std::string(NameOf(method)) : "other"},
           {"code", fmt::format("{}", status)}},
          static_cast<double>(count));
    }
    durations.Add({{"face", face}, {"route", name}}, kDurationBounds,
                  route.durations.counts(), route.durations.seconds());
  }
  if (server_ != nullptr) {
    const http::ServerFigures now = server_->figures();
    connections.Add({}, static_cast<double>(now.connections));
    streams.Add({}, static_cast<double>(now.streams));
  }
  if (gateway_ != nullptr) {
    const AppenderFigures now = gateway_->figures();
    pending.Add({}, static_cast<double>(now.pending_records));
    pending_bytes.Add({}, static_cast<double>(now.pending_bytes));
    appends.Add({{"outcome", "done"}},
                static_cast<double>(now.appends - now.failed_appends));
    appends.Add({{"outcome", "failed"}},
                static_cast<double>(now.failed_appends));
    refused.Add({}, static_cast<double>(now.refused_records));
  }
  std::vector<MetricFamily> all;
  for (MetricFamilyOf* family :
       {&requests, &durations, &connections, &streams, &pending, &pending_bytes,
        &appends, &refused}) {
    all.push_back(family->Take());
  }
  return all;
}

}  // namespace slotlog
