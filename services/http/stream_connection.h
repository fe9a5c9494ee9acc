// Connections over a socket, and over TLS on a socket.
//
// Threads: as Connection.

#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "services/http/connection.h"

namespace slotlog::http {

using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                     boost::asio::io_context::executor_type>;

std::shared_ptr<Connection> MakePlainConnection(std::shared_ptr<Lane> lane,
                                                Socket socket);
/// `context` outlives it.
std::shared_ptr<Connection> MakeTlsConnection(
    std::shared_ptr<Lane> lane, Socket socket,
    boost::asio::ssl::context& context);

}  // namespace slotlog::http
