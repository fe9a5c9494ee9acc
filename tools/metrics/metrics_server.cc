#include "tools/metrics/metrics_server.h"

#include <fmt/format.h>
#include <prometheus/exposer.h>

#include <exception>
#include <utility>
#include <vector>

namespace slotlog {
namespace {

/// Whoever connects and says nothing holds a thread until the time is up.
constexpr char kThreads[] = "4";
constexpr char kRequestTimeoutMs[] = "2000";

}  // namespace

MetricsServer::MetricsServer(std::string host,
                             std::unique_ptr<prometheus::Exposer> exposer)
    : host_(std::move(host)), exposer_(std::move(exposer)) {}

MetricsServer::~MetricsServer() = default;

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(
    const std::string& address) {
  try {
    return std::unique_ptr<MetricsServer>(new MetricsServer(
        address.substr(0, address.rfind(':')),
        std::make_unique<prometheus::Exposer>(std::vector<std::string>{
            "listening_ports", address, "num_threads", kThreads,
            "request_timeout_ms", kRequestTimeoutMs})));
  } catch (const std::exception&) {  // it names no cause
    return absl::UnavailableError(fmt::format(
        "cannot serve metrics at {}: its port is taken or no number up to "
        "65535, or its host is no address of this machine, in digits as "
        "127.0.0.1",
        address));
  }
}

std::string MetricsServer::address() const {
  return fmt::format("http://{}:{}/metrics", host_,
                     exposer_->GetListeningPorts().front());
}

void MetricsServer::Add(
    const std::shared_ptr<prometheus::Collectable>& figures) {
  exposer_->RegisterCollectable(figures);
}

void MetricsServer::Remove(
    const std::shared_ptr<prometheus::Collectable>& figures) {
  exposer_->RemoveCollectable(figures);
}

}  // namespace slotlog
