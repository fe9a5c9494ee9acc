// What of slotlog speaks HTTP to callers, at one address: the gateway, or what
// is read and the page, or all of it; with the read models behind them, which
// follow the log and rest in a directory of their own.
//
// Threads: Start, Stop and the destructor from one; it answers on its own.
//
// Ownership: the log and the server of metrics outlive it.

#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>
#include <string>

#include "events/log/log.h"
#include "tools/metrics/metrics_server.h"
#include "tools/serve/http_flags.h"

namespace slotlog {

struct HttpFaceOptions {
  /// Of the read models: may be deleted, and is folded again.
  std::filesystem::path directory;
  HttpFlags http;
  bool has_gateway = true;
  bool has_query = true;
};

class HttpFace {
 public:
  /// Listens when it returns. INVALID_ARGUMENT: the file of callers, of TLS, or
  /// the address; NOT_FOUND, PERMISSION_DENIED: the file of callers;
  /// UNAVAILABLE: the port is taken, or a read model's store is.
  static absl::StatusOr<std::unique_ptr<HttpFace>> Start(
      Log& log, MetricsServer& metrics, const HttpFaceOptions& options);
  ~HttpFace();

  /// "https://127.0.0.1:8080".
  std::string address() const;

  /// Finishes what is being answered, for a moment, and writes what was folded.
  void Stop();

 private:
  struct Parts;
  explicit HttpFace(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace slotlog
