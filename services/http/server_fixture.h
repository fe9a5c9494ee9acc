// A server with a handler of each kind, for the tests of this folder: one that
// answers at once, later, never, with a stream, behind a guard.
//
// Threads: the test's own, but for what the handlers fill.

#pragma once

#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/http/raw_client.h"
#include "services/http/server.h"

namespace slotlog::http {

inline constexpr size_t kBodyBytesMax = 64;

/// Small enough to be waited for.
inline ServerLimits QuickLimits() {
  return {.head_timeout = absl::Milliseconds(200),
          .body_timeout = absl::Milliseconds(200),
          .answer_timeout = absl::Milliseconds(300),
          .idle_timeout = absl::Milliseconds(200),
          .stream_heartbeat = absl::Milliseconds(50),
          .linger_timeout = absl::Milliseconds(100),
          .tick = absl::Milliseconds(10)};
}

class ServerTest : public testing::Test {
 protected:
  void Start(ServerLimits limits = {.tick = absl::Milliseconds(10)},
             int threads = 1) {
    Router router;
    router.Add(Method::kGet, "/hello/{name}", [](Exchange exchange) {
      const std::string name(exchange.request().PathParameter("name"));
      exchange.Answer(Reply(200, kText, "hello " + name));
    });
    router.Add(Method::kGet, "/shared", [this](Exchange exchange) {
      exchange.Answer(Reply(200, kJson, shared_).SetEtag("\"7\""));
    });
    router.Add(Method::kPost, "/echo",
               [](Exchange exchange) {
                 std::string body(exchange.request().body());
                 exchange.Answer(Reply(200, kText, std::move(body)));
               },
               {.guard = {}, .body_bytes_max = kBodyBytesMax});
    router.Add(Method::kGet, "/later", [this](Exchange exchange) {
      exchange.OnGone([this] { gone_.Notify(); });
      absl::MutexLock lock(&mutex_);
      later_.push_back(std::make_unique<Exchange>(std::move(exchange)));
    });
    router.Add(Method::kGet, "/dropped", [](Exchange) {});
    router.Add(Method::kGet, "/stream", [this](Exchange exchange) {
      EventStream stream = exchange.Stream();
      stream.OnGone([this] { gone_.Notify(); });
      absl::MutexLock lock(&mutex_);
      streams_.push_back(stream);
    });
    router.Add(
        Method::kGet, "/guarded",
        [](Exchange exchange) {
          exchange.Answer(Reply(200, kText, exchange.request().caller()->name));
        },
        {.guard = [](Request& request) -> std::optional<Reply> {
          request.AddReplyHeader("RateLimit", "\"caller\";r=1;t=1");
          if (request.Header("Authorization") != "Bearer right") {
            return ProblemReply(request, {.status = 401,
                                          .name = "unauthorized",
                                          .title = "Who are you?"});
          }
          request.SetCaller(
              std::make_shared<Caller>(Caller{.name = "portal", .roles = 1}));
          return std::nullopt;
        }});
    router.Add(Method::kGet, "/trace", [](Exchange exchange) {
      exchange.Answer(Reply(200, kText, exchange.request().trace().TraceId()));
    });
    auto started = Server::Start(
        {.threads = threads,
         .limits = limits,
         .tls = {},
         .clock = [] { return absl::UnixEpoch(); },
         .on_finished =
             [this](const Finished& finished) {
               absl::MutexLock lock(&mutex_);
               finished_.push_back(std::string(finished.pattern) + " " +
                                   std::to_string(finished.status));
             }},
        std::move(router));
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }

  RawClient Connect() { return RawClient(server_->port()); }

  /// One request on a connection of its own.
  RawReply Get(std::string_view path, std::string_view headers = "") {
    auto client = Connect();
    client.Send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" +
                std::string(headers) + "\r\n");
    return client.Read();
  }
  RawReply SendRaw(std::string_view bytes) {
    auto client = Connect();
    client.Send(bytes);
    return client.Read();
  }

  std::unique_ptr<Exchange> AwaitLater() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](std::vector<std::unique_ptr<Exchange>>* later) {
          return !later->empty();
        },
        &later_));
    auto first = std::move(later_.front());
    later_.erase(later_.begin());
    return first;
  }
  EventStream AwaitStream() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](std::vector<EventStream>* streams) { return !streams->empty(); },
        &streams_));
    return streams_.back();
  }

  std::shared_ptr<const std::string> shared_ =
      std::make_shared<const std::string>(R"({"seats_left":3})");
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Exchange>> later_;
  std::vector<EventStream> streams_;
  std::vector<std::string> finished_;
  absl::Notification gone_;
  std::unique_ptr<Server> server_;
};

}  // namespace slotlog::http
