// /metrics: what Prometheus reads, asked of those who have figures whenever it
// comes.
//
// Threads: it answers, and asks, on threads of its own; Remove returns when
// nobody is asked any more.

#pragma once

#include <absl/status/statusor.h>
#include <prometheus/collectable.h>

#include <memory>
#include <string>

namespace prometheus {
class Exposer;
}  // namespace prometheus

namespace slotlog {

class MetricsServer {
 public:
  /// At "HOST:PORT", until it is destroyed. UNAVAILABLE: it cannot listen
  /// there.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(
      const std::string& address);
  ~MetricsServer();

  /// "http://127.0.0.1:9464/metrics".
  std::string address() const;

  /// What the figures are of outlives them here.
  void Add(const std::shared_ptr<prometheus::Collectable>& figures);
  void Remove(const std::shared_ptr<prometheus::Collectable>& figures);

 private:
  MetricsServer(std::string host, std::unique_ptr<prometheus::Exposer> exposer);

  const std::string host_;
  const std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace slotlog
