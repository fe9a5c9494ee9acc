// What callers ask for over HTTP and how it goes, for Prometheus:
//
//   slotlog_http_requests_total{face,route,method,code}
//   slotlog_http_request_duration_seconds{face,route}
//     but for requests with a Prefer header, and streams: they take what they
//     take
//   slotlog_http_connections, slotlog_http_event_streams
//   slotlog_gateway_pending_commands, slotlog_gateway_pending_bytes
//   slotlog_gateway_appends_total{outcome}, slotlog_gateway_refused_total
//     of commands and operations alike
//
// The face is "gateway" for what is sent and "query" for what is asked; the
// route is the pattern, so that there are as many as the document has.
//
// Threads: any.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <prometheus/collectable.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/gateway/gateway.h"
#include "services/http/server.h"
#include "services/reservation/answer_counts.h"

namespace slotlog {

class HttpFigures final : public prometheus::Collectable {
 public:
  /// For ServerOptions::on_finished: about as long as a lock takes.
  void Count(const http::Finished& finished);

  /// From now on they are asked, too, and outlive whoever reads this. The
  /// gateway may be null.
  void Watch(const http::Server& server, const Gateway* gateway);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  static constexpr std::array<double, 13> kDurationBounds = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
      0.1,    0.25,  0.5,    1,     2.5,  5};

  struct Route {
    std::map<std::pair<http::Method, int>, uint64_t> requests;
    Distribution<kDurationBounds.size()> durations;
  };

  mutable absl::Mutex mutex_;
  std::map<std::string, Route, std::less<>> routes_ ABSL_GUARDED_BY(mutex_);
  const http::Server* server_ ABSL_GUARDED_BY(mutex_) = nullptr;
  const Gateway* gateway_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace slotlog
