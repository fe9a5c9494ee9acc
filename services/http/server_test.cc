// What the server takes and what it refuses, over real sockets.

#include "services/http/server.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "services/http/server_fixture.h"

namespace slotlog::http {
namespace {

TEST_F(ServerTest, AnswersWithLengthTypeAndDate) {
  Start();
  const RawReply reply = Get("/hello/you%2Fme");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello you/me");
  EXPECT_EQ(reply.Header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(reply.Header("Content-Length"), "12");
  EXPECT_TRUE(reply.Header("Date").ends_with(" GMT"));
}

TEST_F(ServerTest, ConnectionServesRequestsOneAfterTheOther) {
  Start();
  auto client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.Read().body, "hello a");
  }
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  auto client = Connect();
  client.Send(
      "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
      "GET /hello/c HTTP/1.1\r\nHost: x\r\n\r\n");
  AwaitLater()->Answer(Reply(200, kText, std::string("first")));
  EXPECT_EQ(client.Read().body, "first");
  EXPECT_EQ(client.Read().body, "ab");
  EXPECT_EQ(client.Read().body, "hello c");
}

TEST_F(ServerTest, RequestThatComesByteByByteIsAnswered) {
  Start();
  auto client = Connect();
  for (const char c : std::string_view(
           "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")) {
    client.Send(std::string_view(&c, 1));
  }
  EXPECT_EQ(client.Read().body, "abc");
}

TEST_F(ServerTest, BodyInChunksIsPutTogether) {
  Start();
  auto client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
      "GET /hello/z HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read().body, "abcde");
  EXPECT_EQ(client.Read().body, "hello z");
}

TEST_F(ServerTest, ClientThatWaitsForContinueIsToldToGoOn) {
  Start();
  auto client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("ab");
  EXPECT_EQ(client.Read().body, "ab");
}

TEST_F(ServerTest, HeadIsGetWithoutBody) {
  Start();
  auto client = Connect();
  client.Send(
      "HEAD /hello/a HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /hello/b HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_NE(head.find("Content-Length: 7\r\n"), head.npos) << head;
  EXPECT_EQ(client.Read().body, "hello b");
}

TEST_F(ServerTest, OtherMethodsAreToldWhichAreAllowed) {
  Start();
  const RawReply refused =
      SendRaw("DELETE /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.Header("Allow"), "OPTIONS, GET, HEAD");
  const RawReply options = SendRaw("OPTIONS /echo HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.Header("Allow"), "OPTIONS, POST");
}

TEST_F(ServerTest, WhatTheClientHasIsNotSentAgain) {
  Start();
  EXPECT_EQ(Get("/shared").Header("ETag"), "\"7\"");
  for (std::string_view tag : {"\"7\"", "W/\"7\"", "\"6\", \"7\"", "*"}) {
    const auto reply =
        Get("/shared", "If-None-Match: " + std::string(tag) + "\r\n");
    EXPECT_EQ(reply.status, 304) << tag;
    EXPECT_EQ(reply.Header("ETag"), "\"7\"") << tag;
    EXPECT_EQ(reply.body, "") << tag;
  }
  EXPECT_EQ(Get("/shared", "If-None-Match: \"6\"\r\n").status, 200);
}

TEST_F(ServerTest, GuardRefusesOrNamesTheCaller) {
  Start();
  const auto refused = Get("/guarded");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.Header("RateLimit"), "\"caller\";r=1;t=1");
  const auto admitted = Get("/guarded", "authorization: Bearer right\r\n");
  EXPECT_EQ(admitted.body, "portal");
  EXPECT_EQ(admitted.Header("RateLimit"), "\"caller\";r=1;t=1");
}

TEST_F(ServerTest, TraceIsCarriedOnOrMade) {
  Start();
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(
      Get("/trace", "traceparent: 00-" + id + "-b7ad6b7169203331-01\r\n").body,
      id);
  const std::string made = Get("/trace", "traceparent: nonsense\r\n").body;
  EXPECT_EQ(made.size(), 32u);
  EXPECT_NE(made, id);
}

struct Refused {
  std::string_view name;
  std::string bytes;
  int status;
};

TEST_F(ServerTest, BadRequestsGetAProblemAndAClosedConnection) {
  Start();
  const std::string get = "GET /hello/a HTTP/1.1\r\n";
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  std::string many;
  for (int i = 0; i < 100; ++i) many += "A: b\r\n";
  const Refused cases[] = {
      {"no HTTP", "hello\r\n\r\n", 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9) + "\r\n",
       400},
      {"no host", get + "\r\n", 400},
      {"two hosts", get + "Host: x\r\nHost: y\r\n\r\n", 400},
      {"HTTP/3", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
      {"many headers", get + "Host: x\r\n" + many + "\r\n", 431},
      {"large header",
       get + "Host: x\r\nA: " + std::string(9000, 'a') + "\r\n\r\n", 431},
      {"large target",
       "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
      {"space before colon", get + "Host : x\r\n\r\n", 400},
      {"header without name", get + "Host: x\r\n: y\r\n\r\n", 400},
      {"NUL in header",
       get + "Host: x\r\nA: " + std::string(1, '\0') + "\r\n\r\n", 400},
      {"length is no number", post + "Content-Length: 2x\r\n\r\nab", 400},
      {"length below zero", post + "Content-Length: -2\r\n\r\nab", 400},
      {"two lengths",
       post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 400},
      {"length and chunks",
       post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab", 400},
      {"chunks and length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nab", 400},
      {"chunks, then more",
       post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 501},
      {"gzip", post + "Transfer-Encoding: gzip\r\n\r\nab", 501},
      {"chunks in HTTP/1.0",
       "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"chunk without size", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
       400},
      {"large body by length", post + "Content-Length: 65\r\n\r\n", 413},
      {"large body by chunks",
       post + "Transfer-Encoding: chunked\r\n\r\n41\r\n" +
           std::string(65, 'a') + "\r\n0\r\n\r\n",
       413},
      {"huge length", post + "Content-Length: 18446744073709551615\r\n\r\n",
       413},
      {"body for GET", get + "Host: x\r\nContent-Length: 1\r\n\r\na", 413},
  };
  for (const Refused& refused : cases) {
    auto client = Connect();
    client.Send(refused.bytes);
    const RawReply reply = client.Read();
    EXPECT_EQ(reply.status, refused.status) << refused.name;
    EXPECT_EQ(reply.Header("Content-Type"), "application/problem+json")
        << refused.name;
    EXPECT_EQ(reply.Header("Connection"), "close") << refused.name;
    EXPECT_TRUE(client.IsClosed()) << refused.name;
  }
  EXPECT_EQ(Get("/hello/a").status, 200);
}

TEST_F(ServerTest, PathsThatLeadNowhereAreNotFound) {
  Start();
  for (std::string_view path :
       {"/", "/nothing", "/hello", "/hello/", "/hello/a/b", "/hello/..",
        "/hello/../shared", "/hello/.", "//shared", "/hello/%", "/hello/%zz",
        "/..%2fshared"}) {
    const RawReply reply = Get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_NE(reply.body.find("urn:slotlog:problem:not-found"),
              reply.body.npos);
  }
  // An id may look like anything.
  EXPECT_EQ(Get("/hello/..%2F..%2Fetc%2Fpasswd").body,
            "hello ../../etc/passwd");
  EXPECT_EQ(SendRaw("GET http://x/hello/b HTTP/1.1\r\nHost: x\r\n\r\n").body,
            "hello b");
}

TEST_F(ServerTest, ValueFromOutsideAddsNoHeader) {
  Start();
  Reply reply(200);
  reply.Add("Location", "/a\r\nSet-Cookie: b");
  EXPECT_EQ(reply.headers(), "Location: /aSet-Cookie: b\r\n");
}

TEST_F(ServerTest, OldClientsGetTheirConnectionClosedOrKept) {
  Start();
  auto client = Connect();
  client.Send("GET /hello/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.Read().Header("Connection"), "keep-alive");
  client.Send("GET /hello/a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.Read().Header("Connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST(ServerStartTest, AddressesThatCannotBeUsedAreNamed) {
  const auto start = [](std::string address, uint16_t port) {
    return Server::Start({.address = std::move(address),
                          .port = port,
                          .limits = {},
                          .tls = {},
                          .clock = [] { return absl::Now(); },
                          .on_finished = {}},
                         Router());
  };
  EXPECT_TRUE(absl::IsInvalidArgument(start("nowhere", 0).status()));
  auto first = start("127.0.0.1", 0);
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(
      absl::IsUnavailable(start("127.0.0.1", (*first)->port()).status()));
}

}  // namespace
}  // namespace slotlog::http
