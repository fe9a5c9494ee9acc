#include "tools/rush/http/http_rush.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "events/log/memory/memory_log.h"
#include "events/store/memory/memory_store.h"
#include "projections/read_models.h"
#include "services/gateway/gateway.h"
#include "services/http/server.h"
#include "services/query/query_service.h"
#include "services/query/timer_thread.h"
#include "services/shard/worker.h"
#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

absl::Time Now() { return absl::Now(); }

/// All of it in one process, as `slotlog serve` has it.
class HttpRushTest : public testing::Test {
 protected:
  HttpRushTest() {
    auto started = Worker::Start(
        log_,
        {.directory =
             std::filesystem::path(testing::TempDir()) /
             testing::UnitTest::GetInstance()->current_test_info()->name(),
         .clock = Now});
    EXPECT_TRUE(started.ok()) << started.status();
    worker_ = *std::move(started);
    EXPECT_TRUE(models_.feed().Start().ok());
    http::Router router;
    query_.AddRoutes(router, {});
    gateway_.AddRoutes(router, {});
    auto served = http::Server::Start(
        {.limits = {}, .tls = {}, .clock = Now, .on_finished = {}},
        std::move(router));
    EXPECT_TRUE(served.ok()) << served.status();
    server_ = *std::move(served);
  }
  ~HttpRushTest() override {
    server_->Stop(absl::ZeroDuration());
    server_.reset();
    EXPECT_TRUE(worker_->Stop().ok());
    models_.feed().Stop();
    timers_.Stop();
  }

  HttpRushOptions Options() const {
    return {.address = {"127.0.0.1", std::to_string(server_->port())},
            // As slotlog rush has it: the campaign is open by now.
            .year = static_cast<int>(
                absl::ToCivilYear(Now(), absl::UTCTimeZone()).year() + 2),
            .clients = 40,
            .hits_per_success = 35};
  }

  MemoryLog log_{ShardCount{2}, Now};
  ReadModels models_{
      log_,
      {.open =
           [](const std::string&) -> absl::StatusOr<std::unique_ptr<Store>> {
         return std::make_unique<MemoryStore>();
       },
       .destroy = [](const std::string&) { return absl::OkStatus(); }},
      {.feed = {.clock = Now}, .outcomes = {}}};
  TimerThread timers_;
  QueryService query_{
      models_, timers_, {.clock = Now, .shards = log_.Shards()}};
  Gateway gateway_{log_, query_.tickets(), {}};
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<http::Server> server_;
};

TEST_F(HttpRushTest, PeopleBookThroughTheGateway) {
  const auto figures = RunHttpRush(SmallUniform(), Options());
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->successes, 200u) << "everybody has a seat";
  EXPECT_EQ(figures->commands, 200u);
  EXPECT_TRUE(figures->refusals.empty());
  EXPECT_GT(figures->repetitions, 0u);
  EXPECT_GE(figures->hits, 200u * 35);
  EXPECT_LE(figures->hits, 200u * 48);
  int64_t commands = 0;
  for (uint32_t shard = 0; shard < 2; ++shard) {
    commands += log_.WatermarksOf({Topic::kCommands, Shard{shard}})->high.value;
  }
  EXPECT_EQ(commands, 200) << "what was sent again stands there once";
  EXPECT_NE(SummaryOf(*figures).find("200 successes"), std::string::npos);
}

TEST_F(HttpRushTest, WhoFindsItFullIsToldSo) {
  const auto figures = RunHttpRush(SmallRush(), Options());
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_GE(figures->successes, 100u);
  EXPECT_GT(figures->refusals.at("SLOT_FULL"), 0u);
}

TEST(HttpAddressTest, IsHostAndPort) {
  const auto address = HttpAddress::Parse("http://localhost:8080/");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "localhost");
  EXPECT_EQ(address->port, "8080");
  EXPECT_EQ(HttpAddress::Parse("http://example")->port, "80");
  for (const char* url : {"", "localhost:8080", "https://x:1", "http://",
                          "http://x:", "http://x:y", "http://x/path"}) {
    EXPECT_FALSE(HttpAddress::Parse(url).ok()) << url;
  }
}

TEST(HttpAddressTest, NobodyThereIsSaid) {
  const auto figures = RunHttpRush(
      SmallUniform(), {.address = {"127.0.0.1", "1"}, .retries_max = 1});
  EXPECT_EQ(figures.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace slotlog
