#include "services/gateway/callers.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace slotlog {
namespace {

std::string Hex(const Sha256& hash) {
  std::string hex;
  for (const unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string TokenLine(std::string_view name, std::string_view roles,
                      std::string_view token) {
  return fmt::format("{} {} token-sha256:{}\n", name, roles,
                     Hex(Sha256Of(token)));
}

CallerList ListOf(const std::string& text) {
  auto list = CallerList::Parse(text);
  EXPECT_TRUE(list.ok()) << list.status();
  return *std::move(list);
}

std::string NameOf(const std::shared_ptr<const KnownCaller>& known) {
  return known == nullptr ? "nobody" : known->caller.name;
}

TEST(Callers, HashesAsSha256sumDoes) {
  EXPECT_EQ(Hex(Sha256Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Callers, TokensNameTheirCallerAndItsRoles) {
  const auto list = ListOf("# who may call\n\n" +
                           TokenLine("portal", "citizen_portal", "t1") +
                           TokenLine("portal", "citizen_portal", "t2") +
                           TokenLine("ops", "operator,analyst", "t3"));
  EXPECT_EQ(NameOf(list.FindByToken("t1")), "portal");
  EXPECT_EQ(NameOf(list.FindByToken("t2")), "portal");
  const auto ops = list.FindByToken("t3");
  ASSERT_EQ(NameOf(ops), "ops");
  EXPECT_TRUE(ops->caller.Has(http::Role::kOperator));
  EXPECT_TRUE(ops->caller.Has(http::Role::kAnalyst));
  EXPECT_FALSE(ops->caller.Has(http::Role::kCitizenPortal));
}

TEST(Callers, OtherTokensAreNobodys) {
  const auto list = ListOf(TokenLine("portal", "citizen_portal", "t1"));
  for (const std::string& token :
       {std::string(), std::string("t"), std::string("t11"), std::string("T1"),
        Hex(Sha256Of("t1")), std::string(100'000, 't')}) {
    EXPECT_EQ(NameOf(list.FindByToken(token)), "nobody") << token;
  }
}

TEST(Callers, CertificatesNameTheirCaller) {
  const auto list =
      ListOf(fmt::format("clinic operator certificate-sha256:{}\n"
                         "plan analyst certificate-name:planning.example\n",
                         Hex(Sha256Of("certificate"))));
  const auto shows = [&](std::string name, std::string sha256) {
    return NameOf(
        list.FindByCertificate({.address = "",
                                .certificate_name = std::move(name),
                                .certificate_sha256 = std::move(sha256)}));
  };
  EXPECT_EQ(shows("x", Hex(Sha256Of("certificate"))), "clinic");
  EXPECT_EQ(shows("planning.example", Hex(Sha256Of("another"))), "plan");
  EXPECT_EQ(shows("x", Hex(Sha256Of("another"))), "nobody");
  EXPECT_EQ(shows("planning.example", ""), "nobody") << "none was checked";
  EXPECT_EQ(shows("", ""), "nobody");
}

TEST(Callers, ATokensHashIsNoCertificates) {
  const auto list = ListOf(TokenLine("portal", "citizen_portal", "t1"));
  EXPECT_EQ(NameOf(list.FindByCertificate(
                {.address = "",
                 .certificate_name = "",
                 .certificate_sha256 = Hex(Sha256Of("t1"))})),
            "nobody");
}

TEST(Callers, MayHaveALimitOfTheirOwn) {
  const auto list = ListOf(fmt::format("a analyst token-sha256:{} per-second:9",
                                       Hex(Sha256Of("t1"))));
  EXPECT_EQ(list.FindByToken("t1")->requests_per_second, 9u);
}

TEST(Callers, AFileWithAFaultIsRefusedByItsLine) {
  const std::string hash = Hex(Sha256Of("t1"));
  const std::string good = TokenLine("portal", "citizen_portal", "t9");
  const struct {
    std::string text;
    std::string why;
  } kCases[] = {
      {"", "nobody stands in it"},
      {"# nobody\n", "nobody stands in it"},
      {good + "portal\n", "line 2: a name, roles"},
      {good + "a analyst token-sha256:" + hash + " per-second:1 more",
       "line 2: a name, roles"},
      {"a king token-sha256:" + hash, "line 1: 'king' is no role"},
      {"a , token-sha256:" + hash, "line 1: no role"},
      {"a analyst token:" + hash, "line 1: no credential"},
      {"a analyst token-sha256:abc", "line 1: a SHA-256 has 64"},
      {"a analyst token-sha256:" + std::string(64, 'G'), "lower-case"},
      {"a analyst certificate-name:", "name is missing"},
      {"a analyst token-sha256:" + hash + " per-second:0", "no limit"},
      {"a analyst token-sha256:" + hash + " per-second:1x", "no limit"},
      {"a analyst token-sha256:" + hash + " per-minute:1", "no limit"},
      {std::string(65, 'a') + " analyst token-sha256:" + hash, "64 bytes"},
      {good + good, "line 2: the credential is portal's already"},
      {good + "portal operator token-sha256:" + hash, "other roles"},
      {std::string(kCallersFileBytesMax + 1, '#'), "more than"},
  };
  for (const auto& c : kCases) {
    const auto list = CallerList::Parse(c.text);
    ASSERT_FALSE(list.ok()) << c.text.substr(0, 200);
    EXPECT_NE(list.status().message().find(c.why), absl::string_view::npos)
        << list.status();
  }
}

TEST(Callers, ReplacingThemTakesEffectAtOnce) {
  Callers callers(ListOf(TokenLine("old", "analyst", "t1")));
  const auto before = callers.list();
  callers.Replace(ListOf(TokenLine("new", "analyst", "t2")));
  EXPECT_EQ(NameOf(callers.list()->FindByToken("t1")), "nobody");
  EXPECT_EQ(NameOf(callers.list()->FindByToken("t2")), "new");
  EXPECT_EQ(NameOf(before->FindByToken("t1")), "old")
      << "who reads it keeps it";
}

}  // namespace
}  // namespace slotlog
