// Makes OpenSSL's context of TlsOptions: TLS 1.2 or later, no renegotiation.
//
// Threads: before the server starts.

#pragma once

#include <absl/status/statusor.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "services/http/tls.h"

namespace slotlog::http {

/// INVALID_ARGUMENT: which file cannot be used, and why.
absl::StatusOr<std::unique_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const TlsOptions& options);

}  // namespace slotlog::http
