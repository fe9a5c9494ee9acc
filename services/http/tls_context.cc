#include "services/http/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <system_error>

namespace slotlog::http {
namespace {

using boost::asio::ssl::context;

/// asio says "asio.ssl error" where OpenSSL passes on what the system said.
std::string ReasonOf(const boost::system::error_code& error) {
  const auto code = static_cast<unsigned int>(error.value());
  if (!ERR_SYSTEM_ERROR(code)) return error.message();
  return std::generic_category().message(ERR_GET_REASON(code));
}

absl::Status Unusable(std::string_view what, const std::string& file,
                      const boost::system::error_code& error) {
  return absl::InvalidArgumentError(
      fmt::format("{} {}: {}", what, file, ReasonOf(error)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<context>> MakeTlsContext(
    const TlsOptions& options) {
  auto tls = std::make_unique<context>(context::tls_server);
  SSL_CTX* const native = tls->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION);
  // Without it a resumed session of a client with a certificate is refused.
  static constexpr unsigned char kSessions[] = "slotlog";
  SSL_CTX_set_session_id_context(native, kSessions, sizeof(kSessions) - 1);

  boost::system::error_code error;
  tls->use_certificate_chain_file(options.certificate_file, error);
  if (error) return Unusable("certificate", options.certificate_file, error);
  tls->use_private_key_file(options.key_file, context::pem, error);
  if (error) return Unusable("key", options.key_file, error);
  if (SSL_CTX_check_private_key(native) != 1) {
    return absl::InvalidArgumentError(
        fmt::format("the key {} is not of the certificate {}", options.key_file,
                    options.certificate_file));
  }
  if (options.client_certificates == ClientCertificates::kNotAsked) return tls;

  tls->load_verify_file(options.client_authorities_file, error);
  if (error) {
    return Unusable("authorities", options.client_authorities_file, error);
  }
  auto mode = boost::asio::ssl::verify_peer;
  if (options.client_certificates == ClientCertificates::kRequired) {
    mode |= boost::asio::ssl::verify_fail_if_no_peer_cert;
  }
  tls->set_verify_mode(mode, error);
  if (error) return Unusable("authorities", "", error);
  // Clients choose by it which of their certificates they show.
  SSL_CTX_set_client_CA_list(
      native, SSL_load_client_CA_file(options.client_authorities_file.c_str()));
  return tls;
}

}  // namespace slotlog::http
