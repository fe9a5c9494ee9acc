// What the gateway does not take, and from whom.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "services/gateway/callers.h"
#include "services/gateway/served_gateway_test.h"

namespace slotlog {
namespace {

constexpr std::string_view kProtobuf = "application/x-protobuf";

class GatewayRefusals : public GatewayTest {
 protected:
  GatewayRefusals() { Start(); }

  http::RawReply Send(std::string_view request) const {
    auto client = Connect();
    client.Send(request);
    return client.Read();
  }

  void ExpectAlive() const {
    EXPECT_EQ(Book("alive", "b").status, 202) << "it goes on";
  }
  /// A refused command leaves nothing on the log.
  void ExpectNothingOnTheLog() const {
    EXPECT_EQ(CommandsIn(Shard{0}) + CommandsIn(Shard{1}), 0);
  }
};

TEST_F(GatewayRefusals, SaysWhatIsWrongWithACommand) {
  const struct {
    std::string body;
    std::string refusal;
  } kCases[] = {
      {"", "400 json-malformed"},
      {"nonsense", "400 json-malformed"},
      {R"({"citizen_id":"c1")", "400 json-malformed citizen_id"},
      {std::string(2'000, '['), "400 json-too-deep"},
      {R"({"profile":)" + std::string(2'000, '{'), "400 json-too-deep"},
      {"[]", "400 field-type"},
      {"null", "400 field-type"},
      {R"({"a":1})", "400 field-unknown"},
      {R"({"citizen_id":1})", "400 field-type citizen_id"},
      {R"({"citizen_id":"a","citizen_id":"a"})",
       "400 field-repeated citizen_id"},
      {R"({"book":{},"cancel":{}})", "400 action-repeated cancel"},
      {R"({"profile":{"doses":-1}})", "400 field-range profile.doses"},
      {"{}", "422 field-invalid citizen_id"},
      {R"({"citizen_id":"c1"})", "422 field-invalid command_id"},
      {R"({"citizen_id":"c1","command_id":"b"})", "422 field-invalid action"},
      {R"({"citizen_id":"c1","command_id":"b","cancel":{}})",
       "422 field-invalid cancel.campaign_id"},
      {R"({"citizen_id":"c1","command_id":"b","book":{"campaign_id":"k"}})",
       "422 field-invalid profile.birth_date_yyyymmdd"},
      {fmt::format(R"({{"citizen_id":"{}"}})", std::string(129, 'c')),
       "422 field-invalid citizen_id"},
      {R"({"tick":{}})", "422 action-refused tick"},
  };
  for (const auto& c : kCases) {
    const auto reply = PostCommand(c.body);
    EXPECT_EQ(Summary(reply), c.refusal) << c.body.substr(0, 100);
    EXPECT_EQ(reply.Header("Content-Type"), "application/problem+json");
  }
  ExpectNothingOnTheLog();
  ExpectAlive();
}

TEST_F(GatewayRefusals, SaysWhatIsWrongWithAKey) {
  const std::string body = BookBody("c1", "b1");
  const struct {
    std::string headers;
    std::string refusal;
  } kCases[] = {
      {"Idempotency-Key: b2\r\n", "422 idempotency-key-differs command_id"},
      {"Idempotency-Key: b1\r\nIdempotency-Key: b1\r\n",
       "400 idempotency-key-malformed Idempotency-Key"},
      {"Idempotency-Key: \"\"\r\n",
       "400 idempotency-key-malformed Idempotency-Key"},
      {"Idempotency-Key: a\"b\r\n",
       "400 idempotency-key-malformed Idempotency-Key"},
      {"Idempotency-Key: " + std::string(129, 'k') + "\r\n",
       "400 idempotency-key-malformed Idempotency-Key"},
      {"Idempotency-Key: \xc3\xa9\r\n",
       "400 idempotency-key-malformed Idempotency-Key"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Summary(PostCommand(body, c.headers)), c.refusal) << c.headers;
  }
  ExpectNothingOnTheLog();
}

TEST_F(GatewayRefusals, OtherTypesAreNotRead) {
  const std::string body = BookBody("c1", "b1");
  for (const std::string_view type :
       {"text/plain", "application/xml", "", "application/jsonx"}) {
    EXPECT_EQ(Summary(Send(Request("/v1/commands", body, "", type))),
              "415 content-type")
        << type;
  }
  EXPECT_EQ(Summary(Send(Request("/v1/commands", body,
                                 "Content-Type: application/json\r\n"))),
            "415 content-type")
      << "two types are none";
  EXPECT_EQ(
      Send(Request("/v1/commands", body, "", "application/json; charset=utf-8"))
          .status,
      202);
}

TEST_F(GatewayRefusals, ProtobufIsReadAsStrictly) {
  const auto summary = [&](std::string_view bytes) {
    return Summary(Send(Request("/v1/commands", bytes, "", kProtobuf)));
  };
  EXPECT_EQ(summary(""), "400 protobuf-malformed");
  EXPECT_EQ(summary("\xff\xff\xff"), "400 protobuf-malformed");
  // Field 1 is a text: here it is no UTF-8.
  EXPECT_EQ(summary("\x0a\x01\xff"), "400 protobuf-malformed");
  // Field 99 is none of a command's.
  EXPECT_EQ(summary("\x12\x02\x63\x31\x9a\x06\x01\x61"), "400 field-unknown");
  // Nor of a profile's.
  EXPECT_EQ(summary("\x12\x02\x63\x31\x1a\x04\x9a\x06\x01\x61"),
            "400 field-unknown");
  ExpectNothingOnTheLog();
}

TEST_F(GatewayRefusals, HugeBodiesAndHeadersAreNotTaken) {
  EXPECT_EQ(PostCommand(std::string(17 * 1024, ' ')).status, 413);
  EXPECT_EQ(Send("POST /v1/commands HTTP/1.1\r\nHost: x\r\n"
                 "Content-Length: 99999999999\r\n\r\n")
                .status,
            413);
  std::string bomb = "POST /v1/commands HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 1'000; ++i) bomb += fmt::format("X-{}: y\r\n", i);
  EXPECT_EQ(Send(bomb + "\r\n").status, 431);
  EXPECT_EQ(Send("POST /v1/commands HTTP/1.1\r\nHost: x\r\nX: " +
                 std::string(100'000, 'y') + "\r\n\r\n")
                .status,
            431);
  ExpectAlive();
}

TEST_F(GatewayRefusals, OtherPathsLeadNowhere) {
  const std::string body = BookBody("c1", "b1");
  for (const std::string_view path :
       {"/v1/commands/", "/v1/../v1/commands", "/v1/%2e%2e/v1/commands",
        "//v1/commands", "/v1/commands/../../etc/passwd", "/V1/commands"}) {
    EXPECT_EQ(Post(path, body).status, 404) << path;
  }
  EXPECT_EQ(Send("GET /v1/commands HTTP/1.1\r\nHost: x\r\n\r\n").status, 405);
  ExpectNothingOnTheLog();
}

class GatewayCallers : public GatewayTest {
 protected:
  static std::string Line(std::string_view name, std::string_view roles,
                          std::string_view token) {
    std::string hex;
    for (const unsigned char byte : Sha256Of(token)) {
      hex += fmt::format("{:02x}", byte);
    }
    return fmt::format("{} {} token-sha256:{} per-second:100\n", name, roles,
                       hex);
  }
  GatewayCallers()
      : callers_(*CallerList::Parse(Line("portal", "citizen_portal", "t1") +
                                    Line("ops", "operator", "t2") +
                                    Line("plan", "analyst", "t3"))) {
    Start({}, &callers_);
  }

  std::string Ask(std::string_view path, std::string_view body,
                  std::string_view token) {
    const auto reply = Post(
        path, body,
        token.empty() ? ""
                      : fmt::format("Authorization: Bearer {}\r\n", token));
    return reply.status < 400 ? "taken" : Summary(reply);
  }

  Callers callers_;
};

TEST_F(GatewayCallers, RolesSayWhoMaySendWhat) {
  const std::string command = BookBody("c1", "b1");
  const std::string operation =
      R"({"operation_id":"o1","define_site":{"site_id":"s1"}})";
  EXPECT_EQ(Ask("/v1/commands", command, "t1"), "taken");
  EXPECT_EQ(Ask("/v1/commands", command, "t2"), "403 role-missing");
  EXPECT_EQ(Ask("/v1/commands", command, "t3"), "403 role-missing");
  EXPECT_EQ(Ask("/v1/commands", command, ""), "401 token-missing");
  EXPECT_EQ(Ask("/v1/commands", command, "t4"), "401 token-unknown");
  EXPECT_EQ(Ask("/v1/operations", operation, "t2"), "taken");
  EXPECT_EQ(Ask("/v1/operations", operation, "t1"), "403 role-missing");
  EXPECT_EQ(Ask("/v1/operations", operation, ""), "401 token-missing");
}

TEST_F(GatewayCallers, LimitsAreToldAndKept) {
  auto client = Connect();
  const std::string request =
      Request("/v1/commands", "{}", "Authorization: Bearer t1\r\n");
  client.Send(request);
  const auto first = client.Read();
  EXPECT_EQ(first.status, 422);
  EXPECT_EQ(first.Header("RateLimit-Policy"), "\"caller\";q=100;w=1");
  EXPECT_EQ(first.Header("RateLimit").substr(0, 13), "\"caller\";r=99");
  http::RawReply reply;
  for (int i = 0; i < 100'000 && reply.status != 429; ++i) {
    client.Send(request);
    reply = client.Read();
  }
  EXPECT_EQ(Summary(reply), "429 rate-limited");
  EXPECT_EQ(reply.Header("Retry-After"), "1");
}

}  // namespace
}  // namespace slotlog
