// What a client or a handler may leave open: late answers, streams, silence,
// and what becomes of them when the server stops.

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "services/http/server.h"
#include "services/http/server_fixture.h"

namespace slotlog::http {
namespace {

TEST_F(ServerTest, DroppedExchangeIsAnInternalError) {
  Start();
  EXPECT_EQ(Get("/dropped").status, 500);
}

TEST_F(ServerTest, AnswerMayComeLaterFromAnotherThread) {
  Start();
  auto client = Connect();
  client.Send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  auto exchange = AwaitLater();
  std::thread([&] {
    exchange->Answer(Reply(200, kText, std::string("late")));
  }).join();
  EXPECT_EQ(client.Read().body, "late");
  EXPECT_FALSE(gone_.HasBeenNotified());
}

TEST_F(ServerTest, HandlerIsToldThatTheClientHasGone) {
  Start();
  std::unique_ptr<Exchange> later;
  {
    auto client = Connect();
    client.Send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    later = AwaitLater();
  }
  gone_.WaitForNotification();
  later->Answer(Reply(200));
}

TEST_F(ServerTest, AnswerThatDoesNotComeIsUnavailable) {
  Start(QuickLimits());
  auto client = Connect();
  client.Send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().status, 503);
  AwaitLater()->Answer(Reply(200));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, SlowAndSilentClientsAreLetGo) {
  Start(QuickLimits());
  auto silent = Connect();
  EXPECT_TRUE(silent.IsClosed());
  auto slow_head = Connect();
  slow_head.Send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(slow_head.Read().status, 408);
  auto slow_body = Connect();
  slow_body.Send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
  EXPECT_EQ(slow_body.Read().status, 408);
  auto idle = Connect();
  idle.Send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.Read().status, 200);
  EXPECT_TRUE(idle.IsClosed());
}

TEST_F(ServerTest, OneConnectionTooManyIsToldSo) {
  Start({.connections_max = 1, .tick = absl::Milliseconds(10)});
  auto first = Connect();
  first.Send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first.Read().status, 200);
  auto second = Connect();
  EXPECT_EQ(second.Read().status, 503);
  EXPECT_TRUE(second.IsClosed());
  EXPECT_EQ(server_->figures().connections_refused, 1u);
  EXPECT_EQ(server_->figures().connections, 1u);
}

TEST_F(ServerTest, StreamSendsEventsUntilItIsClosed) {
  Start();
  auto client = Connect();
  client.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  const EventStream stream = AwaitStream();
  EXPECT_TRUE(stream.Send(std::make_shared<const std::string>(
      ServerSentEvent("1", "waiting", "{\n}"))));
  stream.Close();
  const RawReply reply = client.Read();
  EXPECT_EQ(reply.Header("Content-Type"), "text/event-stream");
  EXPECT_EQ(reply.body, "id: 1\nevent: waiting\ndata: {\ndata: }\n\n");
  EXPECT_TRUE(client.IsClosed());
  EXPECT_FALSE(gone_.HasBeenNotified());
  EXPECT_FALSE(stream.Send(std::make_shared<const std::string>("x")));
}

TEST_F(ServerTest, StreamOfAClientThatHasGoneIsOver) {
  Start();
  {
    auto client = Connect();
    client.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    AwaitStream();
  }
  gone_.WaitForNotification();
  EXPECT_FALSE(AwaitStream().Send(std::make_shared<const std::string>("x")));
}

TEST_F(ServerTest, QuietStreamShowsThatItLives) {
  Start(QuickLimits());
  auto client = Connect();
  client.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.ReadUntil(":\n\n").find("text/event-stream"),
            std::string::npos);
}

TEST_F(ServerTest, StreamThatNobodyReadsIsCutOffAtItsLimit) {
  Start();
  auto client = Connect();
  client.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  const EventStream stream = AwaitStream();
  const auto piece = std::make_shared<const std::string>(16 * 1024, 'a');
  size_t pieces = 0;
  // What the kernel takes is bounded too.
  while (stream.Send(piece) && pieces < 100'000) ++pieces;
  EXPECT_LT(pieces, 100'000u);
  gone_.WaitForNotification();
}

TEST_F(ServerTest, LargeAnswerReachesASlowReader) {
  shared_ = std::make_shared<const std::string>(20 << 20, 'b');
  Start();
  const RawReply reply = Get("/shared");
  EXPECT_EQ(reply.body, *shared_);
}

TEST_F(ServerTest, StopLetsFinishWhatIsBeingAnswered) {
  Start();
  auto idle = Connect();
  idle.Send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.Read().status, 200);
  auto stream = Connect();
  stream.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
  AwaitStream();
  auto busy = Connect();
  busy.Send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  auto exchange = AwaitLater();
  std::thread stopping([&] { server_->Stop(absl::Seconds(10)); });
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_EQ(stream.Read().body, "");
  exchange->Answer(Reply(200, kText, std::string("done")));
  EXPECT_EQ(busy.Read().body, "done");
  busy.Close();
  stream.Close();
  stopping.join();
  EXPECT_EQ(server_->figures().connections, 0u);
}

TEST_F(ServerTest, StopClosesWhatIsNotAnsweredInTime) {
  Start();
  auto busy = Connect();
  busy.Send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
  auto exchange = AwaitLater();
  server_->Stop(absl::Milliseconds(20));
  EXPECT_TRUE(busy.IsClosed());
  server_.reset();
  exchange->Answer(Reply(200));
}

TEST_F(ServerTest, WhatIsFinishedIsReported) {
  Start();
  Get("/hello/a");
  Get("/nothing");
  server_->Stop(absl::Seconds(1));
  EXPECT_EQ(finished_, (std::vector<std::string>{"/hello/{name} 200", " 404"}));
}

TEST_F(ServerTest, ManyThreadsServeManyClients) {
  Start({.tick = absl::Milliseconds(10)}, /*threads=*/3);
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([this] {
      for (int connection = 0; connection < 10; ++connection) {
        auto client = Connect();
        for (int request = 0; request < 20; ++request) {
          client.Send("GET /shared HTTP/1.1\r\nHost: x\r\n\r\n");
          ASSERT_EQ(client.Read().body, *shared_);
        }
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(server_->figures().requests, 800u);
}

}  // namespace
}  // namespace slotlog::http
