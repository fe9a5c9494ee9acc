// openapi.json says what the gateway answers: by status, schema and headers.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "services/gateway/served_gateway_test.h"
#include "services/query/openapi_document.h"
#include "tests/support/json_schema.h"

namespace slotlog {
namespace {

using nlohmann::json;

class GatewayOpenApi : public GatewayTest {
 protected:
  GatewayOpenApi() { Start(); }

  /// Compares the answer with what the document has for a POST to this path.
  void Check(const std::string& path, int status, const http::RawReply& reply) {
    ASSERT_EQ(reply.status, status) << reply.body;
    const json& answers = document_["paths"][path]["post"]["responses"];
    ASSERT_TRUE(answers.contains(std::to_string(status))) << path << status;
    const json& answer = Resolve(document_, answers[std::to_string(status)]);
    const std::string type = reply.Header("Content-Type");
    ASSERT_TRUE(answer["content"].contains(type)) << path << " " << type;
    EXPECT_EQ(FindSchemaFault(document_, answer["content"][type]["schema"],
                              JsonOf(reply)),
              "")
        << path << "\n"
        << reply.body;
    const json headers = answer.value("headers", json::object());
    for (const auto& [name, value] : reply.headers) {
      const bool is_ours = name.starts_with("Slotlog-") ||
                           name.starts_with("Idempotency-") ||
                           name.ends_with("Location") || name == "Retry-After";
      EXPECT_TRUE(!is_ours || headers.contains(name))
          << path << " " << status << ": " << name;
    }
  }

  const json document_ = json::parse(OpenApiDocument());
};

TEST_F(GatewayOpenApi, CommandsAreAnsweredAsDocumented) {
  const std::string path = "/v1/commands";
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  const std::string citizen = CitizenOn(Shard{0}, 1);
  Check(path, 202, Book(citizen, "b1"));
  Check(path, 202, Book(citizen, "b1"));  // again
  Decide();
  AwaitFolded();
  Check(path, 200, Book(citizen, "b1"));
  Check(path, 422, PostCommand(BookBody(citizen, "b1", "pm")));
  Check(path, 422, PostCommand("{}"));
  Check(path, 400, PostCommand("{"));
  memory_.FailNextAppend(absl::ResourceExhaustedError("full"));
  Check(path, 503, Book(citizen, "b2"));
}

TEST_F(GatewayOpenApi, OperationsAreAnsweredAsDocumented) {
  const std::string path = "/v1/operations";
  const std::string site =
      R"({"operation_id":"o1","define_site":{"site_id":"s1"}})";
  Check(path, 202, Post(path, site));
  Decide();
  auto client = Connect();
  client.Send(Request(path, site, "Prefer: wait=20\r\n"));
  const TopicPartition home{Topic::kOperations, ShardOf("s1", kShards)};
  while (memory_.WatermarksOf(home)->high < Offset{2}) {
    std::this_thread::yield();
  }
  Decide();
  Check(path, 200, client.Read());
  Check(path, 422, Post(path, "{}"));
  Check(path, 400, Post(path, "{"));
}

}  // namespace
}  // namespace slotlog
