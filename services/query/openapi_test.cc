// openapi.json says what the query service does: every answer is of a status
// and a schema that it names, and every path that it names is there.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "services/query/openapi_document.h"
#include "tests/support/json_schema.h"
#include "tests/support/reading.h"

namespace slotlog {
namespace {

using nlohmann::json;

/// The gateway's: gateway_openapi_test.cc.
const std::set<std::string> kSent = {"/v1/commands", "/v1/operations"};

class OpenApiTest : public Reading {
 protected:
  OpenApiTest() : document_(json::parse(OpenApiDocument())) {}

  /// Asks, and compares what comes with what the document has for this path.
  void Check(const std::string& pattern, const std::string& path,
             std::string_view headers = "") {
    const http::RawReply reply = Get(path, headers);
    const json& answers = document_["paths"][pattern]["get"]["responses"];
    const std::string status = std::to_string(reply.status);
    ASSERT_TRUE(answers.contains(status)) << path << " " << status;
    const json& answer = Resolve(document_, answers[status]);
    if (!answer.contains("content")) {
      EXPECT_EQ(reply.body, "") << path;
      return;
    }
    const std::string type = reply.Header("Content-Type");
    ASSERT_TRUE(answer["content"].contains(type)) << path << " " << type;
    const auto wrong = FindSchemaFault(
        document_, answer["content"][type]["schema"], json::parse(reply.body));
    EXPECT_EQ(wrong, "") << path << "\n" << reply.body;
    if (!answer.contains("headers")) return;
    for (const auto& [name, value] : reply.headers) {
      const bool is_ours = name.starts_with("Slotlog-") || name == "ETag" ||
                           name == "Retry-After" || name == "Cache-Control";
      if (is_ours && reply.status == 200) {
        EXPECT_TRUE(answer["headers"].contains(name)) << path << " " << name;
      }
    }
  }

  const json document_;
};

TEST_F(OpenApiTest, AnswersAreAsDocumented) {
  OpenTheDay(/*capacity=*/1);
  const std::string citizen = CitizenOn(Shard{0}, 1);
  const Ticket booked = Book(citizen, SiteOn(Shard{0}));
  Book(CitizenOn(Shard{0}, 2), SiteOn(Shard{0}));
  Decide();
  const Ticket waiting = Book(CitizenOn(Shard{0}, 3), SiteOn(Shard{0}));
  const std::string ticket = "/v1/tickets/{ticket}";
  while (Get("/v1/tickets/" + FormatTicket(waiting)).status != 200) {
  }
  while (!models_.feed().IsReady() || !models_.line().IsRead()) {
  }
  Check(ticket, "/v1/tickets/" + FormatTicket(booked));
  Check(ticket, "/v1/tickets/" + FormatTicket(waiting));
  Check(ticket, "/v1/tickets/0-99");
  Check(ticket, "/v1/tickets/x");
  const std::string command = "/v1/citizens/{citizen_id}/commands/{command_id}";
  Check(command, "/v1/citizens/" + citizen + "/commands/b1");
  Check(command, "/v1/citizens/" + citizen + "/commands/b2");
  Check("/v1/citizens/{citizen_id}/appointments",
        "/v1/citizens/" + citizen + "/appointments");
  Check("/v1/sites", "/v1/sites?limit=2");
  Check("/v1/sites", "/v1/sites?limit=none");
  Check("/v1/sites", "/v1/sites", "If-None-Match: *\r\n");
  Check("/v1/sites/{site_id}/slots", "/v1/sites/s1/slots");
  Check("/v1/sites/{site_id}/slots", "/v1/sites/s9/slots");
  Check("/v1/availability", "/v1/availability");
  Check("/v1/availability", "/v1/availability?region=Seoul");
  Check("/v1/availability", "/v1/availability?region=Jeju");
  Check("/v1/line", "/v1/line");
  Check("/v1/line", "/v1/line", "Slotlog-Position: 0:99999\r\n");
  Check("/v1/demand", "/v1/demand");
  Check("/v1/demand", "/v1/demand?to=never");
  Check("/livez", "/livez");
  Check("/readyz", "/readyz");
  Check("/v1/openapi.json", "/v1/openapi.json");
  Check("/v1/openapi.json", "/v1/openapi.json", "If-None-Match: *\r\n");
}

TEST_F(OpenApiTest, EveryPathIsServedOrTheGateways) {
  for (const auto& [pattern, item] : document_["paths"].items()) {
    std::string path = pattern;
    while (path.find('{') != path.npos) {
      path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "x");
    }
    http::RawClient client(server_->port());
    client.Send("OPTIONS " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const http::RawReply reply = client.Read();
    if (kSent.contains(pattern)) {
      EXPECT_EQ(reply.status, 404) << pattern;
    } else {
      EXPECT_EQ(reply.Header("Allow"), "OPTIONS, GET, HEAD") << pattern;
    }
  }
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  const auto visit = [this](const auto& self, const json& node) -> void {
    if (node.is_object() && node.contains("$ref")) {
      const std::string ref = node["$ref"];
      EXPECT_TRUE(document_.contains(json::json_pointer(ref.substr(1)))) << ref;
    }
    if (!node.is_structured()) return;
    for (const json& child : node) self(self, child);
  };
  visit(visit, document_);
  EXPECT_EQ(document_["openapi"], "3.1.0");
}

}  // namespace
}  // namespace slotlog
