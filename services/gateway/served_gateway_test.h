// A gateway on a server of its own, over a log in memory whose appends can be
// held back, with real read models and the real core behind it: for the tests
// of this folder. The test says when a shard decides (Decide) and what time it
// is for the log; the feed follows by itself.
//
// Threads: the test's own.

#pragma once

#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "events/log/memory/memory_log.h"
#include "events/log/passing_log.h"
#include "events/partitioner.h"
#include "events/store/memory/memory_store.h"
#include "events/store/passing_store.h"
#include "projections/read_models.h"
#include "services/gateway/admission.h"
#include "services/gateway/gateway.h"
#include "services/http/raw_client.h"
#include "services/http/server.h"
#include "tests/support/shards.h"

namespace slotlog {

/// Appends wait while it is shut.
class GatedLog final : public PassingLog {
 public:
  using PassingLog::PassingLog;

  absl::StatusOr<std::vector<Offset>> Append(
      absl::Span<const NewRecord> records) override {
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&is_open_));
    }
    return PassingLog::Append(records);
  }
  void SetOpen(bool is_open) {
    const absl::MutexLock lock(&mutex_);
    is_open_ = is_open;
  }

 private:
  absl::Mutex mutex_;
  bool is_open_ = true;
};

class GatewayTest : public testing::Test {
 protected:
  static constexpr ShardCount kShards{2};

  ~GatewayTest() override { Stop(); }

  /// Also again: as a process that was restarted, with the same stores.
  void Start(AppenderLimits appender = {}, const Callers* callers = nullptr) {
    Stop();
    serving_ = std::make_unique<Serving>(*this, appender, callers);
  }
  void Stop() { serving_.reset(); }

  /// The log's clock, and the workers'.
  absl::Time Now() const {
    const absl::MutexLock lock(&mutex_);
    return now_;
  }
  void SetTime(std::string_view rfc3339) {
    absl::Time now;
    std::string error;
    ASSERT_TRUE(absl::ParseTime(
        absl::RFC3339_full, absl::string_view(rfc3339.data(), rfc3339.size()),
        &now, &error))
        << error;
    const absl::MutexLock lock(&mutex_);
    now_ = now;
  }

  /// Every shard decides what stands in its inputs.
  void Decide() { shards_.RunUntilIdle(); }
  /// What was decided has been folded.
  void AwaitFolded() {
    for (Shard shard{0}; shard.value < kShards.value; ++shard) {
      const Sequence sequence = shards_.at(shard).state().head().sequence;
      absl::Notification folded;
      serving_->models.feed().WhenFolded(shard, sequence,
                                         [&] { folded.Notify(); });
      folded.WaitForNotification();
    }
  }

  // --- Requests ---

  http::RawClient Connect() const {
    return http::RawClient(serving_->server->port());
  }
  static std::string Request(std::string_view path, std::string_view body,
                             std::string_view headers = "",
                             std::string_view type = "application/json") {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: {}\r\n"
        "Content-Length: {}\r\n{}\r\n{}",
        path, type, body.size(), headers, body);
  }
  http::RawReply Post(std::string_view path, std::string_view body,
                      std::string_view headers = "") const {
    auto client = Connect();
    client.Send(Request(path, body, headers));
    return client.Read();
  }
  http::RawReply PostCommand(std::string_view body,
                             std::string_view headers = "") const {
    return Post("/v1/commands", body, headers);
  }

  static std::string BookBody(std::string_view citizen, std::string_view id,
                              std::string_view slot = "am") {
    return fmt::format(
        R"({{"citizen_id":"{}","command_id":"{}",)"
        R"("profile":{{"birth_date_yyyymmdd":19620712}},)"
        R"("book":{{"campaign_id":"k","site_id":"s1","slot_id":"{}"}}}})",
        citizen, id, slot);
  }
  http::RawReply Book(std::string_view citizen, std::string_view id,
                      std::string_view headers = "") const {
    return PostCommand(BookBody(citizen, id), headers);
  }

  /// Campaign k, open 20:00 to 24:00 UTC, and at s1 a slot am with so many
  /// seats; the log's clock stands at 19:00.
  void OpenTheDay(int capacity) {
    SetTime("2021-07-12T19:00:00Z");
    for (const std::string& operation :
         {std::string(
              R"({"operation_id":"o1","define_site":{"site_id":"s1"}})"),
          fmt::format(
              R"({{"operation_id":"o2","open_slots":{{"site_id":"s1",)"
              R"("slots":[{{"slot_id":"am","start_unix_ms":"1626253200000",)"
              R"("end_unix_ms":"1626256800000","capacity":{}}}]}}}})",
              capacity),
          std::string(
              R"({"operation_id":"o3","define_campaign":{"campaign":{)"
              R"("campaign_id":"k","cohorts":[{"born_from_yyyymmdd":19620101,)"
              R"("born_to_yyyymmdd":19661231}],)"
              R"("rounds":[{"opens_unix_ms":"1626120000000",)"
              R"("closes_unix_ms":"1626134400000"}]}}})")}) {
      ASSERT_EQ(Post("/v1/operations", operation).status, 202) << operation;
    }
    Decide();
    AwaitFolded();
  }
  void OpenTheDoors() { SetTime("2021-07-12T20:00:00Z"); }

  static nlohmann::json JsonOf(const http::RawReply& reply) {
    return nlohmann::json::parse(reply.body, nullptr, false);
  }
  /// "0-0 waiting 3", "0-0 BOOKED", "0-0 REFUSED SLOT_FULL", "422 field-invalid
  /// book.slot_id".
  static std::string Summary(const http::RawReply& reply) {
    const nlohmann::json json = JsonOf(reply);
    if (!json.is_object()) return fmt::format("{} no JSON", reply.status);
    if (reply.status >= 400) {
      const std::string type = json.value("type", "");
      std::string text =
          fmt::format("{} {}", reply.status, type.substr(type.rfind(':') + 1));
      if (json.contains("field")) text += " " + json.value("field", "");
      return text;
    }
    std::string text = json.value("ticket", "");
    if (!json.contains("answer")) {
      text += " " + json.value("state", "");
      if (json.contains("people_ahead")) {
        text += fmt::format(" {}", json.value("people_ahead", 0));
      }
      return text;
    }
    text += " " + json["answer"].value("outcome", "");
    if (json["answer"].contains("refusal")) {
      text += " " + json["answer"].value("refusal", "");
    }
    return text;
  }
  static std::string TicketOf(const http::RawReply& reply) {
    const nlohmann::json json = JsonOf(reply);
    return json.is_object() ? json.value("ticket", "") : "";
  }

  static std::string CitizenOn(Shard shard, int number) {
    for (int i = 0;; ++i) {
      std::string id = fmt::format("c{}-{}", number, i);
      if (ShardOf(id, kShards) == shard) return id;
    }
  }

  int64_t CommandsIn(Shard shard) const {
    return memory_.WatermarksOf({Topic::kCommands, shard})->high.value;
  }
  /// Until so many commands stand in the shard's line.
  void AwaitCommands(Shard shard, int64_t count) const {
    while (CommandsIn(shard) < count) std::this_thread::yield();
  }
  void AwaitPending(size_t records) const {
    while (serving_->gateway.figures().pending_records < records) {
      std::this_thread::yield();
    }
  }

  /// What ends with the process.
  struct Serving {
    Serving(GatewayTest& test, AppenderLimits appender, const Callers* callers)
        : models(
              test.log_, test.Stores(),
              {.feed = {.clock = [] { return absl::Now(); }}, .outcomes = {}}),
          tickets(models, timers, [] { return absl::Now(); }),
          gateway(test.log_, tickets, {.appender = appender}),
          admission(callers, {}, [] { return absl::Now(); }) {
      EXPECT_TRUE(models.feed().Start().ok());
      http::Router router;
      gateway.AddRoutes(
          router, {.citizens = admission.For({http::Role::kCitizenPortal}),
                   .operators = admission.For({http::Role::kOperator})});
      auto started = http::Server::Start({.limits = {},
                                          .tls = {},
                                          .clock = [] { return absl::Now(); },
                                          .on_finished = {}},
                                         std::move(router));
      EXPECT_TRUE(started.ok()) << started.status();
      server = *std::move(started);
      while (!models.feed().IsReady() || !models.line().IsRead()) {
        std::this_thread::yield();
      }
    }
    ~Serving() {
      server->Stop(absl::ZeroDuration());
      server.reset();
      models.feed().Stop();
      timers.Stop();
    }

    ReadModels models;
    TimerThread timers;
    Tickets tickets;
    Gateway gateway;
    Admission admission;
    std::unique_ptr<http::Server> server;
  };

  ProjectionStores Stores() {
    return {.open = [this](const std::string& name)
                -> absl::StatusOr<std::unique_ptr<Store>> {
              auto& store = stores_[name];
              if (store == nullptr) store = std::make_shared<MemoryStore>();
              return std::make_unique<PassingStore>(store);
            },
            .destroy =
                [this](const std::string& name) {
                  stores_.erase(name);
                  return absl::OkStatus();
                }};
  }

  mutable absl::Mutex mutex_;
  absl::Time now_ = absl::FromUnixSeconds(1'626'116'400);
  MemoryLog memory_{kShards, [this] { return Now(); }};
  GatedLog log_{memory_};
  Shards shards_{memory_, [this] { return Now(); }, /*memory_bytes=*/1 << 20,
                 /*checkpoint_events_max=*/1'000};
  /// Of one feed at a time.
  std::map<std::string, std::shared_ptr<MemoryStore>> stores_;
  std::unique_ptr<Serving> serving_;
};

}  // namespace slotlog
