#include "tools/serve/http_flags.h"

#include <cstdint>

#include "tools/whole_number.h"

namespace slotlog {
namespace {

constexpr int kThreadsMax = 256;
constexpr uint64_t kPortMax = 65535;

}  // namespace

void AddHttpFlags(CLI::App& command, HttpFlags& flags) {
  command.add_option("--host", flags.host, "Where it listens: an address")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command.add_option("--port", flags.port, "0: one that is free")
      ->type_name("PORT")
      ->capture_default_str()
      ->transform(WholeNumber(0, kPortMax));
  command
      .add_option("--http-threads", flags.threads,
                  "Threads that answer, each with connections of its own")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1, kThreadsMax));
  command
      .add_option(
          "--callers", flags.callers,
          "Who may call: a line each, NAME ROLES CREDENTIAL; read again "
          "when it changes")
      ->type_name("FILE");
  CLI::Option* certificate =
      command
          .add_option("--tls-certificate", flags.tls_certificate,
                      "Speak TLS: the server's certificate and those between "
                      "it and its authority, in PEM")
          ->type_name("FILE");
  CLI::Option* key = command
                         .add_option("--tls-key", flags.tls_key,
                                     "Its key, in PEM, without a password")
                         ->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  command
      .add_option("--tls-clients", flags.tls_client_authorities,
                  "Take certificates of clients that these authorities signed, "
                  "in PEM: a caller may be one of them")
      ->type_name("FILE")
      ->needs(certificate);
}

}  // namespace slotlog
