// What handlers are given and what they make of it, without a network: paths,
// parameters, preferences, tags, traces, problems.

#include "services/http/exchange.h"

#include <absl/status/status.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/http/prefer.h"
#include "services/http/problem.h"
#include "services/http/router.h"

namespace slotlog::http {
namespace {

Request MakeRequest(
    std::string_view target,
    std::vector<std::pair<std::string, std::string>> headers = {},
    Method method = Method::kGet) {
  RequestBuilder builder;
  builder.SetMethod(method).SetTarget(target);
  for (const auto& [name, value] : headers) builder.AddHeader(name, value);
  return builder.request();
}

TEST(RequestTest, HeadersAreFoundInAnyCase) {
  const Request request =
      MakeRequest("/", {{"ACCEPT", "a"}, {"Accept", "b"}, {"Empty", ""}});
  EXPECT_EQ(request.Header("accept"), "a");
  EXPECT_EQ(request.CountOf("Accept"), 2u);
  EXPECT_EQ(request.Header("empty"), "");
  EXPECT_EQ(request.Header("accep"), std::nullopt);
}

TEST(RequestTest, QueryIsDecoded) {
  const Request request =
      MakeRequest("/a?region=S%c3%a9oul+1&empty=&flag&bad=%4&region=2&%61b=c");
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.QueryParameter("region"), "Séoul 1");
  EXPECT_EQ(request.QueryParameter("empty"), "");
  EXPECT_EQ(request.QueryParameter("flag"), "");
  EXPECT_EQ(request.QueryParameter("bad"), std::nullopt);
  EXPECT_EQ(request.QueryParameter("ab"), "c");
  EXPECT_EQ(request.QueryParameter("none"), std::nullopt);
}

TEST(RouterTest, RoutesAreFoundByPathAndMethod) {
  Router router;
  const Handler nothing = [](Exchange) {};
  router.Add(Method::kGet, "/v1/a/{id}", nothing);
  router.Add(Method::kPost, "/v1/a/{id}", nothing);
  router.Add(Method::kGet, "/v1/a/{id}/b/{other}", nothing);
  struct Case {
    Method method;
    std::string_view path;
    /// The pattern and the parameters, or the status.
    std::string_view found;
  };
  const Case cases[] = {
      {Method::kGet, "/v1/a/x", "/v1/a/{id} id=x"},
      {Method::kHead, "/v1/a/x", "/v1/a/{id} id=x"},
      {Method::kPost, "/v1/a/%2e%2E", "/v1/a/{id} id=.."},
      {Method::kGet, "/v1/a/x%2Fy/b/%20",
       "/v1/a/{id}/b/{other} id=x/y other= "},
      {Method::kPut, "/v1/a/x", "405"},
      {Method::kOther, "/v1/a/x", "405"},
      {Method::kPost, "/v1/a/x/b/y", "405"},
      {Method::kOptions, "/v1/a/x", "204"},
      {Method::kGet, "/v1/a/", "404"},
      {Method::kGet, "/v1/a", "404"},
      {Method::kGet, "/v1/a/..", "404"},
      {Method::kGet, "/v1/../v1/a/x", "404"},
      {Method::kGet, "/v1/a/x/", "404"},
      {Method::kGet, "/v1/a/%x", "404"},
      {Method::kGet, "", "404"},
      {Method::kGet, "*", "404"},
  };
  for (const Case& c : cases) {
    const auto result = router.Find(MakeRequest(c.path, {}, c.method));
    std::string found;
    if (const auto* route = std::get_if<Router::Found>(&result)) {
      found = route->route->pattern;
      for (const auto& [name, value] : route->parameters) {
        found += " " + std::string(name) + "=" + value;
      }
    } else {
      found = std::to_string(std::get<Reply>(result).status());
    }
    EXPECT_EQ(found, c.found) << c.path;
  }
}

TEST(PreferTest, WaitIsReadWhateverStandsBesideIt) {
  const auto wait = [](std::string_view value) {
    return PreferredWait(MakeRequest("/", {{"Prefer", std::string(value)}}),
                         absl::Seconds(30));
  };
  EXPECT_EQ(wait("wait=5"), absl::Seconds(5));
  EXPECT_EQ(wait("respond-async, Wait = 7 ; x=y"), absl::Seconds(7));
  EXPECT_EQ(wait("wait=4000000000"), absl::Seconds(30));
  EXPECT_EQ(wait("wait=0"), absl::ZeroDuration());
  for (std::string_view none : {"", "wait", "wait=", "wait=x", "wait=-1",
                                "wait=5000000000", "awaits=5"}) {
    EXPECT_EQ(wait(none), std::nullopt) << none;
  }
}

TEST(PreferTest, TypesAreComparedWithoutParameters) {
  const Request request =
      MakeRequest("/", {{"Accept", "text/html, Text/Event-Stream;q=0.9"},
                        {"Content-Type", "application/json; charset=utf-8"}});
  EXPECT_TRUE(AsksFor(request, kEventStream));
  EXPECT_FALSE(AsksFor(request, kJson));
  EXPECT_FALSE(AsksFor(MakeRequest("/", {{"Accept", "*/*"}}), kEventStream));
  EXPECT_TRUE(HasContentType(request, kJson));
  EXPECT_FALSE(HasContentType(MakeRequest("/"), kJson));
}

TEST(ReplyTest, TagsAreComparedWeakly) {
  EXPECT_TRUE(NamesEtag("\"a\"", "\"a\""));
  EXPECT_TRUE(NamesEtag("W/\"a\"", "\"a\""));
  EXPECT_TRUE(NamesEtag(" \"b\" ,\t\"a\" ", "W/\"a\""));
  EXPECT_TRUE(NamesEtag(" * ", "\"a\""));
  for (std::string_view other : {"", "a", "\"b\"", "\"a\"\"", ",,"}) {
    EXPECT_FALSE(NamesEtag(other, "\"a\"")) << other;
  }
}

TEST(ReplyTest, HeaderHasOneLine) {
  Reply reply(200);
  reply.Add("Location", "/a\r\nSet-Cookie: b\x7f");
  EXPECT_EQ(reply.headers(), "Location: /aSet-Cookie: b\r\n");
}

TEST(TraceTest, ParentIsReadStrictly) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const std::string parent = "b7ad6b7169203331";
  const auto parsed = ParseTraceParent("00-" + trace + "-" + parent + "-01");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->TraceId(), trace);
  EXPECT_TRUE(parsed->is_sampled);
  EXPECT_EQ(parsed->TraceParent(), "00-" + trace + "-" + parent + "-01");
  EXPECT_TRUE(ParseTraceParent("cc-" + trace + "-" + parent + "-00-more"));
  for (const std::string& wrong : std::vector<std::string>{
           "", "00-" + trace + "-" + parent,
           "00-" + trace + "-" + parent + "-1",
           "ff-" + trace + "-" + parent + "-01",
           "00-" + trace + "-" + parent + "-01-more",
           "cc-" + trace + "-" + parent + "-01more",
           "00-" + std::string(32, '0') + "-" + parent + "-01",
           "00-" + trace + "-" + std::string(16, '0') + "-01",
           "00-" + std::string(32, 'A') + "-" + parent + "-01"}) {
    EXPECT_FALSE(ParseTraceParent(wrong).has_value()) << wrong;
  }
  EXPECT_NE(NewTrace().TraceId(), NewTrace().TraceId());
}

TEST(ProblemTest, DocumentNamesWhatIsWrong) {
  const Request request = MakeRequest("/v1/\xff?x");
  const Reply reply = ProblemReply(request, {.status = 422,
                                             .name = "field-wrong",
                                             .title = "A field makes no sense",
                                             .detail = "\"x\"",
                                             .field = "book.slot_id",
                                             .retry_after_seconds = 3});
  EXPECT_EQ(reply.content_type(), "application/problem+json");
  EXPECT_NE(reply.headers().find("Retry-After: 3\r\n"), std::string::npos);
  const auto json = nlohmann::json::parse(reply.body());
  EXPECT_EQ(json["type"], "urn:slotlog:problem:field-wrong");
  EXPECT_EQ(json["status"], 422);
  EXPECT_EQ(json["detail"], "\"x\"");
  EXPECT_EQ(json["field"], "book.slot_id");
  EXPECT_EQ(json["instance"], "/v1/\ufffd");
}

TEST(ProblemTest, OurOwnFaultsAreNotExplained) {
  EXPECT_EQ(ProblemOf(absl::InvalidArgumentError("why")).detail, "why");
  EXPECT_EQ(ProblemOf(absl::NotFoundError("what")).status, 404);
  const Problem ours = ProblemOf(absl::DataLossError("/secret/path"));
  EXPECT_EQ(ours.status, 500);
  EXPECT_EQ(ours.detail.find("secret"), std::string::npos);
  EXPECT_EQ(ProblemOf(absl::ResourceExhaustedError("disk")).status, 503);
}

TEST(EventTest, LinesOfDataAreFields) {
  EXPECT_EQ(ServerSentEvent("7", "waiting", "a\nb"),
            "id: 7\nevent: waiting\ndata: a\ndata: b\n\n");
  EXPECT_EQ(ServerSentEvent("", "", ""), "data: \n\n");
}

}  // namespace
}  // namespace slotlog::http
