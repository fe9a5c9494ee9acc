// The flags of every command that answers over HTTP: where it listens, who may
// call, and whether it speaks TLS.
//
// Threads: one.

#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace slotlog {

struct HttpFlags {
  std::string host = "127.0.0.1";
  /// 0: one that is free.
  uint16_t port = 8080;
  int threads = 1;
  /// Empty: whoever reaches the address.
  std::string callers;
  /// Both empty: plain HTTP.
  std::string tls_certificate;
  std::string tls_key;
  /// Empty: clients need no certificates.
  std::string tls_client_authorities;
};

void AddHttpFlags(CLI::App& command, HttpFlags& flags);

}  // namespace slotlog
