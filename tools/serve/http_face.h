// Everything of slotlog that speaks HTTP to callers, at one address: the
// gateway, what is read, and the page; with the read models behind them, which
// follow the log and rest in a directory of their own.
//
// Threads: Start, Stop and the destructor from one; it answers on its own.
//
// Ownership: the log outlives it.

#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "events/log/log.h"

namespace slotlog {

struct HttpFaceOptions {
  /// Of the read models: may be deleted, and is folded again.
  std::filesystem::path directory;
  std::string host = "127.0.0.1";
  /// 0: one that is free.
  uint16_t port = 0;
  int threads = 1;
  /// Who may call (services/gateway/callers.h); empty: whoever reaches it.
  std::string callers_file;
};

class HttpFace {
 public:
  /// Listens when it returns. INVALID_ARGUMENT: the file of callers or the
  /// address; UNAVAILABLE: the port is taken, or a read model's store is.
  static absl::StatusOr<std::unique_ptr<HttpFace>> Start(
      Log& log, const HttpFaceOptions& options);
  ~HttpFace();

  uint16_t port() const;

  /// Finishes what is being answered, for a moment, and writes what was folded.
  void Stop();

 private:
  struct Parts;
  explicit HttpFace(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace slotlog
