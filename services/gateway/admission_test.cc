#include "services/gateway/admission.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace slotlog {
namespace {

using http::Role;

std::string HexHashOf(std::string_view token) {
  std::string hex;
  for (const unsigned char byte : Sha256Of(token)) {
    hex += fmt::format("{:02x}", byte);
  }
  return hex;
}

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest()
      : callers_(*CallerList::Parse(
            fmt::format("portal citizen_portal token-sha256:{}\n"
                        "plan analyst token-sha256:{} per-second:2\n"
                        "clinic operator certificate-sha256:{}\n",
                        HexHashOf("portal-token"), HexHashOf("plan-token"),
                        HexHashOf("certificate")))),
        admission_(&callers_, kLimits, [this] { return now_; }) {}

  static constexpr AdmissionLimits kLimits{
      .caller = {.requests_per_second = 10, .window_seconds = 1},
      .address = {.requests_per_second = 3, .window_seconds = 1},
      .stranger = {.requests_per_second = 1, .window_seconds = 2}};

  http::RequestBuilder From(std::string address,
                            std::string certificate_sha256 = "") {
    http::RequestBuilder builder;
    builder.SetMethod(http::Method::kPost).SetTarget("/v1/commands");
    builder.SetPeer(std::make_shared<http::Peer>(
        http::Peer{.address = std::move(address),
                   .certificate_name = "",
                   .certificate_sha256 = std::move(certificate_sha256)}));
    return builder;
  }

  http::RequestBuilder WithToken(std::string_view authorization,
                                 std::string address = "10.0.0.1") {
    auto builder = From(std::move(address));
    builder.AddHeader("authorization", authorization);
    return builder;
  }

  /// "portal"; "401 token-missing"; "" for somebody without a name.
  static std::string Ask(const http::Guard& guard,
                         http::RequestBuilder builder) {
    http::Request& request = builder.request();
    const auto refusal = guard(request);
    headers_ = std::string(request.reply_headers());
    if (!refusal.has_value()) {
      return request.caller() == nullptr ? "" : request.caller()->name;
    }
    headers_ += refusal->headers();
    const auto type =
        nlohmann::json::parse(refusal->body())["type"].get<std::string>();
    return fmt::format("{} {}", refusal->status(),
                       type.substr(type.rfind(':') + 1));
  }

  absl::Time now_ = absl::FromUnixSeconds(1'626'044'400);
  Callers callers_;
  Admission admission_;
  static std::string headers_;
};

std::string AdmissionTest::headers_;

TEST_F(AdmissionTest, AsksForATokenAndItsRole) {
  const auto citizens = admission_.For({Role::kCitizenPortal});
  EXPECT_EQ(Ask(citizens, WithToken("Bearer portal-token")), "portal");
  EXPECT_EQ(Ask(citizens, WithToken("bearer  portal-token")), "portal");
  EXPECT_EQ(Ask(citizens, WithToken("Bearer plan-token")), "403 role-missing");
  EXPECT_EQ(Ask(admission_.For({Role::kOperator, Role::kAnalyst}),
                WithToken("Bearer plan-token")),
            "plan");
  now_ += absl::Seconds(1);
  EXPECT_EQ(Ask(admission_.ForAnybodyKnown(), WithToken("Bearer plan-token")),
            "plan");
}

TEST_F(AdmissionTest, WhoShowsNothingOrAWrongTokenIsRefused) {
  const auto guard = admission_.ForAnybodyKnown();
  EXPECT_EQ(Ask(guard, From("10.0.0.1")), "401 token-missing");
  EXPECT_NE(headers_.find("WWW-Authenticate: Bearer realm=\"slotlog\"\r\n"),
            std::string::npos)
      << headers_;
  int address = 1;
  for (const std::string_view authorization :
       {"", "Bearer", "Bearer ", "Bearer portal", "Bearer portal-token ",
        "Basic portal-token", "portal-token", "Bearer portal-token,x"}) {
    EXPECT_EQ(Ask(guard, WithToken(authorization,
                                   fmt::format("10.0.1.{}", ++address))),
              "401 token-unknown")
        << authorization;
  }
}

TEST_F(AdmissionTest, TwoAuthorizationsAreNone) {
  auto request = WithToken("Bearer portal-token");
  request.AddHeader("Authorization", "Bearer portal-token");
  EXPECT_EQ(Ask(admission_.ForAnybodyKnown(), std::move(request)),
            "401 token-unknown");
}

TEST_F(AdmissionTest, ACheckedCertificateIsAsGood) {
  const auto guard = admission_.For({Role::kOperator});
  EXPECT_EQ(Ask(guard, From("10.0.0.1", HexHashOf("certificate"))), "clinic");
  EXPECT_EQ(Ask(guard, From("10.0.0.1", HexHashOf("another"))),
            "401 token-missing");
}

TEST_F(AdmissionTest, GuessingIsSlow) {
  const auto guard = admission_.ForAnybodyKnown();
  EXPECT_EQ(Ask(guard, WithToken("Bearer guess1")), "401 token-unknown");
  EXPECT_EQ(Ask(guard, WithToken("Bearer guess2")), "401 token-unknown");
  EXPECT_EQ(Ask(guard, WithToken("Bearer guess3")), "429 rate-limited");
  EXPECT_NE(headers_.find("Retry-After: 1\r\n"), std::string::npos) << headers_;
  EXPECT_EQ(Ask(guard, WithToken("Bearer portal-token")), "portal")
      << "who knows a token is not kept out by those who do not";
}

TEST_F(AdmissionTest, SaysHowManyRequestsAreLeft) {
  const auto guard = admission_.ForAnybodyKnown();
  Ask(guard, WithToken("Bearer portal-token"));
  EXPECT_EQ(headers_,
            "RateLimit-Policy: \"caller\";q=10;w=1\r\n"
            "RateLimit: \"caller\";r=9;t=1\r\n");
}

TEST_F(AdmissionTest, EachCallerHasALimitPerhapsItsOwn) {
  const auto guard = admission_.ForAnybodyKnown();
  const auto admitted = [&](std::string_view token) {
    int count = 0;
    while (Ask(guard, WithToken(token)).substr(0, 3) != "429") ++count;
    return count;
  };
  EXPECT_EQ(admitted("Bearer portal-token"), 10);
  EXPECT_EQ(admitted("Bearer plan-token"), 2);
  now_ += absl::Seconds(1);
  EXPECT_EQ(admitted("Bearer portal-token"), 10);
}

TEST_F(AdmissionTest, WithoutCallersAddressesAreCounted) {
  Admission open(nullptr, kLimits, [this] { return now_; });
  const auto guard = open.For({Role::kOperator});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(guard, From("10.0.0.1")), "");
  EXPECT_EQ(Ask(guard, From("10.0.0.1")), "429 rate-limited");
  EXPECT_EQ(Ask(guard, From("10.0.0.2")), "");
}

TEST_F(AdmissionTest, ALimitOfNothingIsNone) {
  Admission open(nullptr, {.address = {.requests_per_second = 0}},
                 [this] { return now_; });
  const auto guard = open.ForEverybody();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(Ask(guard, From("10.0.0.1")), "");
  EXPECT_EQ(headers_, "");
}

}  // namespace
}  // namespace slotlog
