#include "services/http/stream_connection.h"

#include <absl/strings/escaping.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <utility>

namespace slotlog::http {
namespace {

std::string AddressOf(const Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string(error);
}

void Prepare(Socket& socket) {
  boost::system::error_code ignored;
  socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
}

class PlainConnection final : public Connection {
 public:
  PlainConnection(std::shared_ptr<Lane> lane, Socket socket)
      : Connection(std::move(lane)), socket_(std::move(socket)) {
    Prepare(socket_);
    SetPeer({.address = AddressOf(socket_)});
  }

 private:
  std::shared_ptr<PlainConnection> Self() {
    return std::static_pointer_cast<PlainConnection>(shared_from_this());
  }

  void StartHandshake() override { OnHandshake(Error()); }
  void StartRead(boost::asio::mutable_buffer into) override {
    socket_.async_read_some(into, [self = Self()](Error error, size_t bytes) {
      self->OnRead(error, bytes);
    });
  }
  void StartWrite(const Buffers& buffers) override {
    socket_.async_write_some(buffers,
                             [self = Self()](Error error, size_t bytes) {
                               self->OnWritten(error, bytes);
                             });
  }
  size_t TryWrite(const Buffers& buffers) override {
    Error error;
    const size_t bytes = socket_.write_some(buffers, error);
    return error ? 0 : bytes;
  }
  void StartShutdown() override {
    Error ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  void CloseTransport() override {
    Error ignored;
    socket_.close(ignored);
  }

  Socket socket_;
};

/// Of a certificate that was checked in the handshake.
void DescribeCertificate(X509* certificate, Peer& peer) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int size =
      X509_NAME_get_text_by_NID(subject, NID_commonName, nullptr, 0);
  if (size > 0) {
    peer.certificate_name.resize(static_cast<size_t>(size) + 1);
    X509_NAME_get_text_by_NID(subject, NID_commonName,
                              peer.certificate_name.data(), size + 1);
    peer.certificate_name.pop_back();
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int digest_size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &digest_size) == 1) {
    peer.certificate_sha256 = absl::BytesToHexString(
        {reinterpret_cast<const char*>(digest), digest_size});
  }
}

class TlsConnection final : public Connection {
 public:
  TlsConnection(std::shared_ptr<Lane> lane, Socket socket,
                boost::asio::ssl::context& context)
      : Connection(std::move(lane)), stream_(std::move(socket), context) {
    Prepare(stream_.next_layer());
  }

 private:
  std::shared_ptr<TlsConnection> Self() {
    return std::static_pointer_cast<TlsConnection>(shared_from_this());
  }

  void StartHandshake() override {
    stream_.async_handshake(boost::asio::ssl::stream_base::server,
                            [self = Self()](Error error) {
                              if (!error) self->Describe();
                              self->OnHandshake(error);
                            });
  }
  void Describe() {
    Peer peer = {.address = AddressOf(stream_.next_layer())};
    X509* const certificate =
        SSL_get1_peer_certificate(stream_.native_handle());
    if (certificate != nullptr) {
      DescribeCertificate(certificate, peer);
      X509_free(certificate);
    }
    SetPeer(std::move(peer));
  }
  void StartRead(boost::asio::mutable_buffer into) override {
    stream_.async_read_some(into, [self = Self()](Error error, size_t bytes) {
      self->OnRead(error, bytes);
    });
  }
  void StartWrite(const Buffers& buffers) override {
    stream_.async_write_some(buffers,
                             [self = Self()](Error error, size_t bytes) {
                               self->OnWritten(error, bytes);
                             });
  }
  /// Half a record cannot be taken back.
  size_t TryWrite(const Buffers&) override { return 0; }
  /// The client may leave it unanswered: the deadline of lingering ends it.
  void StartShutdown() override {
    stream_.async_shutdown([self = Self()](Error) { self->Close(); });
  }
  void CloseTransport() override {
    Error ignored;
    stream_.next_layer().close(ignored);
  }

  boost::asio::ssl::stream<Socket> stream_;
};

}  // namespace

std::shared_ptr<Connection> MakePlainConnection(std::shared_ptr<Lane> lane,
                                                Socket socket) {
  return std::make_shared<PlainConnection>(std::move(lane), std::move(socket));
}

std::shared_ptr<Connection> MakeTlsConnection(
    std::shared_ptr<Lane> lane, Socket socket,
    boost::asio::ssl::context& context) {
  return std::make_shared<TlsConnection>(std::move(lane), std::move(socket),
                                         context);
}

}  // namespace slotlog::http
