// A client that sends whatever bytes it is told to, for tests of servers: over
// a blocking socket on 127.0.0.1, and with a time-out, so that a test that
// waits for nothing fails.
//
// Threads: one.

#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slotlog::http {

struct RawReply {
  /// 0: none came.
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::string Header(std::string_view name) const {
    for (const auto& [known, value] : headers) {
      if (known.size() == name.size() &&
          strncasecmp(known.data(), name.data(), name.size()) == 0) {
        return value;
      }
    }
    return "";
  }
};

class RawClient {
 public:
  static constexpr int kTimeoutSeconds = 20;

  explicit RawClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval timeout = {kTimeoutSeconds, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&address),
                      sizeof(address)),
              0);
  }
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), read_(std::move(other.read_)) {}
  ~RawClient() { Close(); }

  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

  /// A server that has closed already is no failure: what it said is read.
  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  /// The next reply; a body in chunks is put together.
  RawReply Read() {
    RawReply reply;
    const std::string head = ReadUntil("\r\n\r\n");
    if (!head.starts_with("HTTP/1.") || head.size() < 12) return reply;
    reply.status = std::atoi(head.c_str() + 9);
    size_t line = head.find("\r\n") + 2;
    while (line + 2 < head.size()) {
      const size_t end = head.find("\r\n", line);
      const size_t colon = head.find(": ", line);
      if (end == head.npos || colon > end) break;
      reply.headers.emplace_back(head.substr(line, colon - line),
                                 head.substr(colon + 2, end - colon - 2));
      line = end + 2;
    }
    if (reply.Header("Transfer-Encoding") == "chunked") {
      while (true) {
        const std::string size = ReadUntil("\r\n");
        const size_t bytes = std::strtoul(size.c_str(), nullptr, 16);
        const std::string chunk = ReadBytes(bytes + 2);
        if (bytes == 0 || chunk.size() < bytes) break;
        reply.body += chunk.substr(0, bytes);
      }
    } else {
      reply.body = ReadBytes(
          std::strtoul(reply.Header("Content-Length").c_str(), nullptr, 10));
    }
    return reply;
  }

  /// All up to `end`, and with it; less if the server closes before.
  std::string ReadUntil(std::string_view end) {
    size_t found;
    while ((found = read_.find(end)) == read_.npos && ReadMore()) {
    }
    if (found == read_.npos) return std::exchange(read_, "");
    return Take(found + end.size());
  }

  std::string ReadBytes(size_t bytes) {
    while (read_.size() < bytes && ReadMore()) {
    }
    return Take(std::min(bytes, read_.size()));
  }

  /// Waits until the server closes; false: it says something more.
  bool IsClosed() {
    char c;
    if (!read_.empty()) return false;
    const ssize_t got = recv(fd_, &c, 1, 0);
    return got == 0 || (got < 0 && errno != EAGAIN);
  }

 private:
  std::string Take(size_t bytes) {
    std::string taken = read_.substr(0, bytes);
    read_.erase(0, bytes);
    return taken;
  }
  bool ReadMore() {
    char bytes[64 * 1024];
    const ssize_t got = recv(fd_, bytes, sizeof(bytes), 0);
    if (got <= 0) return false;
    read_.append(bytes, static_cast<size_t>(got));
    return true;
  }

  int fd_;
  std::string read_;
};

}  // namespace slotlog::http
