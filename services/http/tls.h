// How a server speaks TLS, and whose certificates it asks clients for.
//
// Threads: values.

#pragma once

#include <string>

namespace slotlog::http {

enum class ClientCertificates {
  kNotAsked,
  /// Whoever shows one must have it from client_authorities_file.
  kAccepted,
  kRequired,
};

struct TlsOptions {
  /// PEM: the server's certificate and those between it and its authority.
  std::string certificate_file;
  /// PEM, without a password.
  std::string key_file;
  ClientCertificates client_certificates = ClientCertificates::kNotAsked;
  /// PEM; for kAccepted and kRequired.
  std::string client_authorities_file;
};

}  // namespace slotlog::http
