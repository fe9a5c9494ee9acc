#include <gtest/gtest.h>

#include <string>

#include "services/gateway/served_gateway_test.h"

namespace slotlog {
namespace {

class GatewayOperations : public GatewayTest {
 protected:
  GatewayOperations() { Start(); }

  const Shard home_ = ShardOf("s1", kShards);

  /// Sends it, decides it, and reads the answer.
  http::RawReply Operate(std::string_view body) {
    const int64_t before = Operations();
    auto client = Connect();
    client.Send(Request("/v1/operations", body, "Prefer: wait=20\r\n"));
    while (Operations() == before) std::this_thread::yield();
    Decide();
    return client.Read();
  }
  int64_t Operations() const {
    return memory_.WatermarksOf({Topic::kOperations, home_})->high.value;
  }
};

TEST_F(GatewayOperations, AreTakenAndDecided) {
  const auto taken =
      Post("/v1/operations",
           R"({"operation_id":"o1","define_site":{"site_id":"s1"}})");
  EXPECT_EQ(taken.status, 202);
  EXPECT_EQ(Summary(taken),
            fmt::format("operations/{}-0 waiting", home_.value));
  Decide();
  const auto opened =
      Operate(R"({"operation_id":"o2","open_slots":{"site_id":"s1","slots":[)"
              R"({"slot_id":"am","start_unix_ms":1626253200000,)"
              R"("end_unix_ms":1626256800000,"capacity":2}]}})");
  EXPECT_EQ(opened.status, 200);
  EXPECT_EQ(Summary(opened), fmt::format("operations/{}-1 DONE", home_.value));
  EXPECT_EQ(JsonOf(opened)["operation_id"], "o2");
  EXPECT_NE(opened.Header("Slotlog-Position"), "");
}

TEST_F(GatewayOperations, AreRefusedByName) {
  EXPECT_EQ(Summary(Operate(
                R"({"operation_id":"o1","close_site":{"site_id":"s1"}})")),
            fmt::format("operations/{}-0 REFUSED SITE_UNKNOWN", home_.value));
  EXPECT_EQ(Summary(Post("/v1/operations", "{}")),
            "422 field-invalid operation_id");
  EXPECT_EQ(Summary(Post("/v1/operations", R"({"operation_id":"o"})")),
            "422 field-invalid action");
  EXPECT_EQ(Summary(Post("/v1/operations",
                         R"({"operation_id":"o","define_site":{}})")),
            "422 field-invalid define_site.site_id");
  EXPECT_EQ(Summary(Post("/v1/operations", R"({"command_id":"o"})")),
            "400 field-unknown");
}

TEST_F(GatewayOperations, AFullDiskIsSaid) {
  memory_.FailNextAppend(absl::ResourceExhaustedError("full"));
  EXPECT_EQ(
      Summary(Post("/v1/operations",
                   R"({"operation_id":"o1","close_site":{"site_id":"s1"}})")),
      "503 log-unavailable");
}

}  // namespace
}  // namespace slotlog
