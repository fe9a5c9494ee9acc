// TLS as clients meet it: whom the server is, whose certificates it takes, and
// what it refuses.

#include "services/http/tls.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "services/http/raw_client.h"
#include "services/http/server.h"
#include "services/http/test_certificates.h"

namespace slotlog::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class TlsTest : public testing::Test {
 protected:
  void Start(ClientCertificates clients) {
    Router router;
    router.Add(Method::kGet, "/peer", [](Exchange exchange) {
      const Peer& peer = exchange.request().peer();
      exchange.Answer(Reply(200, kText,
                            peer.address + "|" + peer.certificate_name + "|" +
                                peer.certificate_sha256));
    });
    router.Add(Method::kGet, "/large", [this](Exchange exchange) {
      exchange.Answer(Reply(200, kText, large_));
    });
    auto server = Server::Start(
        {.limits = {.tick = absl::Milliseconds(10)},
         .tls =
             TlsOptions{
                 .certificate_file = server_certificate_.WriteCertificate(),
                 .key_file = server_certificate_.WriteKey(),
                 .client_certificates = clients,
                 .client_authorities_file = authority_.WriteCertificate()},
         .clock = [] { return absl::Now(); },
         .on_finished = {}},
        std::move(router));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  /// What the server sends until it closes; "" where it does not take us.
  std::string Ask(const std::string& path,
                  const TestCertificate* client = nullptr,
                  int version_max = TLS1_3_VERSION) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.load_verify_file(authority_.WriteCertificate());
    context.set_verify_mode(asio::ssl::verify_peer);
    SSL_CTX_set_max_proto_version(context.native_handle(), version_max);
    if (client != nullptr) {
      context.use_certificate_chain_file(client->WriteCertificate());
      context.use_private_key_file(client->WriteKey(), asio::ssl::context::pem);
    }
    asio::io_context io;
    asio::ssl::stream<tcp::socket> stream(io, context);
    boost::system::error_code error;
    stream.next_layer().connect(
        {asio::ip::address_v4::loopback(), server_->port()}, error);
    stream.handshake(asio::ssl::stream_base::client, error);
    if (error) return "";
    asio::write(stream,
                asio::buffer("GET " + path +
                             " HTTP/1.1\r\nHost: x\r\n"
                             "Connection: close\r\n\r\n"),
                error);
    std::string reply;
    asio::read(stream, asio::dynamic_buffer(reply), error);
    ended_well_ = error == asio::error::eof;
    return reply;
  }

  const TestCertificate authority_{"authority"};
  const TestCertificate server_certificate_{"server", authority_};
  const TestCertificate portal_{"portal", authority_};
  const TestCertificate stranger_{"stranger"};
  const std::shared_ptr<const std::string> large_ =
      std::make_shared<const std::string>(5 << 20, 'x');
  std::unique_ptr<Server> server_;
  bool ended_well_ = false;
};

TEST_F(TlsTest, ServesOverTlsAndSaysWhenItCloses) {
  Start(ClientCertificates::kNotAsked);
  EXPECT_TRUE(Ask("/peer").ends_with("\r\n\r\n127.0.0.1||"));
  EXPECT_TRUE(ended_well_);
  EXPECT_TRUE(Ask("/large").ends_with("\r\n\r\n" + *large_));
}

TEST_F(TlsTest, OldVersionsAreRefused) {
  Start(ClientCertificates::kNotAsked);
  EXPECT_EQ(Ask("/peer", nullptr, TLS1_1_VERSION), "");
  EXPECT_NE(Ask("/peer", nullptr, TLS1_2_VERSION), "");
}

TEST_F(TlsTest, PlainHttpIsNoAnswer) {
  Start(ClientCertificates::kNotAsked);
  RawClient client(server_->port());
  client.Send("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().status, 0);
}

TEST_F(TlsTest, ClientsCertificateNamesIt) {
  Start(ClientCertificates::kAccepted);
  EXPECT_TRUE(
      Ask("/peer", &portal_).ends_with("127.0.0.1|portal|" + portal_.Sha256()));
  EXPECT_TRUE(Ask("/peer").ends_with("127.0.0.1||"));
  EXPECT_EQ(Ask("/peer", &stranger_), "");
}

TEST_F(TlsTest, CertificateThatIsRequiredIsRequired) {
  Start(ClientCertificates::kRequired);
  EXPECT_NE(Ask("/peer", &portal_), "");
  EXPECT_EQ(Ask("/peer"), "");
  EXPECT_EQ(Ask("/peer", &stranger_), "");
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamed) {
  const std::string certificate = server_certificate_.WriteCertificate();
  const std::string garbage = testing::TempDir() + "garbage.pem";
  std::ofstream(garbage) << "no certificate";
  const auto start = [&](std::string certificate_file, std::string key_file) {
    return Server::Start(
               {.limits = {},
                .tls = TlsOptions{.certificate_file = certificate_file,
                                  .key_file = key_file,
                                  .client_authorities_file = ""},
                .clock = [] { return absl::Now(); },
                .on_finished = {}},
               Router())
        .status();
  };
  EXPECT_EQ(start("nothing.pem", server_certificate_.WriteKey()),
            absl::InvalidArgumentError(
                "certificate nothing.pem: No such file or directory"));
  EXPECT_TRUE(
      absl::IsInvalidArgument(start(garbage, server_certificate_.WriteKey())));
  EXPECT_TRUE(absl::IsInvalidArgument(start(certificate, portal_.WriteKey())));
  EXPECT_NE(
      std::string(start(certificate, garbage).message()).find("garbage.pem"),
      std::string::npos);
}

}  // namespace
}  // namespace slotlog::http
