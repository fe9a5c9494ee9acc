#include "services/http/server.h"

#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "events/invariant.h"
#include "services/http/lane.h"
#include "services/http/stream_connection.h"
#include "services/http/tls_context.h"

namespace slotlog::http {
namespace {

using boost::asio::ip::tcp;
using Acceptor =
    boost::asio::basic_socket_acceptor<tcp,
                                       boost::asio::io_context::executor_type>;
using boost::system::error_code;

/// After an accept that failed (no file descriptors are left).
constexpr auto kAcceptRetry = std::chrono::milliseconds(100);
/// How often Stop looks whether all is answered.
constexpr absl::Duration kStopPoll = absl::Milliseconds(5);

/// To whom is one too many, without reading what they want.
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
    "Content-Length: 0\r\nConnection: close\r\n\r\n";

absl::StatusOr<Acceptor> Listen(const ServerOptions& options,
                                boost::asio::io_context& io) {
  error_code error;
  const auto address = boost::asio::ip::make_address(options.address, error);
  const auto describe = [&] {
    return fmt::format("{}:{}: {}", options.address, options.port,
                       error.message());
  };
  if (error) return absl::InvalidArgumentError(describe());
  const tcp::endpoint endpoint(address, options.port);
  Acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (error) return absl::UnavailableError(describe());
  acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
  if (error) return absl::UnavailableError(describe());
  return acceptor;
}

}  // namespace

class Server::Impl {
 public:
  Impl(std::shared_ptr<ServerCore> core,
       std::vector<std::shared_ptr<Lane>> lanes, Acceptor acceptor,
       std::unique_ptr<boost::asio::ssl::context> tls)
      : core_(std::move(core)),
        tls_(std::move(tls)),
        lanes_(std::move(lanes)),
        acceptor_(std::move(acceptor)),
        retry_(lanes_.front()->io()) {
    error_code ignored;
    port_ = acceptor_.local_endpoint(ignored).port();
    boost::asio::post(lanes_.front()->io(), [this] { Accept(); });
    for (size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i]->Start(fmt::format("http-{}", i));
    }
  }

  ~Impl() { Stop(absl::ZeroDuration()); }

  uint16_t port() const { return port_; }

  ServerFigures figures() const {
    return {.connections = core_->connections,
            .streams = core_->streams,
            .requests = core_->requests,
            .connections_refused = core_->connections_refused};
  }

  void Stop(absl::Duration grace) {
    if (std::exchange(is_stopped_, true)) return;
    core_->is_stopping = true;
    boost::asio::post(lanes_.front()->io(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
      retry_.cancel();
    });
    for (const auto& lane : lanes_) lane->StopSoon();
    for (absl::Duration waited; waited < grace && core_->connections > 0;
         waited += kStopPoll) {
      std::this_thread::sleep_for(absl::ToChronoNanoseconds(kStopPoll));
    }
    for (const auto& lane : lanes_) lane->Stop();
  }

 private:
  /// On the first lane's thread; each connection goes to the next lane.
  void Accept() {
    const auto& lane = lanes_[next_lane_++ % lanes_.size()];
    acceptor_.async_accept(
        lane->io(), [this, &lane](const error_code& error, Socket socket) {
          if (core_->is_stopping) return;
          if (error) return AcceptLater(error);
          Take(lane, std::move(socket));
          Accept();
        });
  }

  void AcceptLater(const error_code& error) {
    spdlog::warn("http: cannot accept a connection: {}", error.message());
    retry_.expires_after(kAcceptRetry);
    retry_.async_wait([this](const error_code& cancelled) {
      if (!cancelled && !core_->is_stopping) Accept();
    });
  }

  void Take(const std::shared_ptr<Lane>& lane, Socket socket) {
    if (core_->connections >= core_->limits().connections_max) {
      ++core_->connections_refused;
      return Refuse(std::move(socket));
    }
    auto connection = tls_ == nullptr
                          ? MakePlainConnection(lane, std::move(socket))
                          : MakeTlsConnection(lane, std::move(socket), *tls_);
    lane->Run([connection = std::move(connection)] { connection->Open(); });
  }

  void Refuse(Socket socket) {
    if (tls_ != nullptr) return;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(kFull.data(), kFull.size()), ignored);
    socket.shutdown(Socket::shutdown_send, ignored);
  }

  const std::shared_ptr<ServerCore> core_;
  const std::unique_ptr<boost::asio::ssl::context> tls_;
  const std::vector<std::shared_ptr<Lane>> lanes_;
  Acceptor acceptor_;
  boost::asio::steady_timer retry_;
  uint16_t port_ = 0;
  size_t next_lane_ = 0;
  bool is_stopped_ = false;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options,
                                                      Router router) {
  INVARIANT(options.clock != nullptr, "a clock is handed in");
  INVARIANT(options.threads > 0, "somebody has to serve");
  std::unique_ptr<boost::asio::ssl::context> tls;
  if (options.tls.has_value()) {
    auto made = MakeTlsContext(*options.tls);
    if (!made.ok()) return made.status();
    tls = *std::move(made);
  }
  auto core = std::make_shared<ServerCore>();
  core->options = std::move(options);
  core->router = std::move(router);
  std::vector<std::shared_ptr<Lane>> lanes;
  for (int i = 0; i < core->options.threads; ++i) {
    lanes.push_back(std::make_shared<Lane>(core));
  }
  auto acceptor = Listen(core->options, lanes.front()->io());
  if (!acceptor.ok()) return acceptor.status();
  return std::unique_ptr<Server>(
      new Server(std::make_unique<Impl>(std::move(core), std::move(lanes),
                                        *std::move(acceptor), std::move(tls))));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

uint16_t Server::port() const { return impl_->port(); }
ServerFigures Server::figures() const { return impl_->figures(); }
void Server::Stop(absl::Duration grace) { impl_->Stop(grace); }

}  // namespace slotlog::http
