// A day's sites on two shards in memory, read models that follow them, and the
// query service in front of them on a real socket: for tests that book and then
// read. The clock stands until it is moved.
//
// Threads: the test's own; the feed and the server have theirs.

#pragma once

#include <absl/synchronization/notification.h>
#include <absl/time/time.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "events/store/memory/memory_store.h"
#include "projections/read_models.h"
#include "services/http/raw_client.h"
#include "services/http/server.h"
#include "services/query/query_service.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/shards.h"

namespace slotlog {

class Reading : public testing::Test {
 protected:
  static constexpr ShardCount kShards{2};
  /// 09:00 in Seoul.
  static constexpr int64_t kMorningUnixMs = 1'626'048'000'000;
  static constexpr std::string_view kSites[] = {"s1", "s2", "s3", "s4"};

  Reading()
      : log_(kShards, Clock()),
        shards_(log_, Clock(), /*memory_bytes=*/1 << 20,
                /*checkpoint_events_max=*/1'000),
        models_(
            log_,
            {.open =
                 [](const std::string&) {
                   return std::make_unique<MemoryStore>();
                 },
             .destroy = [](const std::string&) { return absl::OkStatus(); }},
            {.feed = {.clock = Clock()}, .outcomes = {}}),
        query_(
            models_, timers_,
            {.clock = Clock(), .shards = kShards, .position = gate_limits_}) {
    EXPECT_TRUE(models_.feed().Start().ok());
    http::Router router;
    query_.AddRoutes(router, {});
    auto server =
        http::Server::Start({.limits = {.tick = absl::Milliseconds(10)},
                             .tls = {},
                             .clock = Clock(),
                             .on_finished = {}},
                            std::move(router));
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  ~Reading() override {
    server_->Stop(absl::Seconds(1));
    models_.feed().Stop();
    timers_.Stop();
  }

  std::function<absl::Time()> Clock() {
    return [this] { return absl::FromUnixMillis(now_unix_ms_); };
  }
  void Advance(absl::Duration time) {
    now_unix_ms_ += absl::ToInt64Milliseconds(time);
  }

  Ticket Append(Topic topic, std::string_view key,
                const google::protobuf::MessageLite& message) {
    const Shard shard = ShardOf(key, kShards);
    const auto offsets =
        log_.Append({{{{topic, shard}, key, Encode(message)}}});
    EXPECT_TRUE(offsets.ok()) << offsets.status();
    return {shard, offsets->front()};
  }

  /// A campaign for all, and four sites with one slot each, in two regions.
  void OpenTheDay(int capacity) {
    v1::Operation operation;
    operation.set_operation_id("op");
    v1::Campaign& campaign =
        *operation.mutable_define_campaign()->mutable_campaign();
    campaign.set_campaign_id("k");
    v1::Cohort& cohort = *campaign.add_cohorts();
    cohort.set_born_from_yyyymmdd(19000101);
    cohort.set_born_to_yyyymmdd(20200101);
    campaign.add_rounds()->set_closes_unix_ms(kMorningUnixMs + 86'400'000);
    campaign.set_hold_seconds(600);
    Append(Topic::kOperations, "k", operation);
    for (std::string_view site : kSites) {
      operation.mutable_define_site()->set_site_id(std::string(site));
      operation.mutable_define_site()->set_name(fmt::format("Clinic {}", site));
      operation.mutable_define_site()->set_region(RegionOf(site));
      Append(Topic::kOperations, site, operation);
      v1::OpenSlots& open = *operation.mutable_open_slots();
      open.set_site_id(std::string(site));
      v1::Slot& slot = *open.add_slots();
      slot.set_slot_id("am");
      slot.set_start_unix_ms(kMorningUnixMs + 3'600'000);
      slot.set_end_unix_ms(kMorningUnixMs + 7'200'000);
      slot.set_capacity(capacity);
      slot.set_day_yyyymmdd(20210712);
      Append(Topic::kOperations, site, operation);
    }
    Decide();
  }
  static std::string RegionOf(std::string_view site) {
    return site < "s3" ? "Seoul" : "Busan";
  }

  v1::Command BookCommand(std::string_view citizen, std::string_view site,
                          std::string_view id = "b1") {
    v1::Command command;
    command.set_command_id(std::string(id));
    command.set_citizen_id(std::string(citizen));
    command.mutable_profile()->set_birth_date_yyyymmdd(19620712);
    command.mutable_book()->set_campaign_id("k");
    command.mutable_book()->set_site_id(std::string(site));
    command.mutable_book()->set_slot_id("am");
    return command;
  }
  /// Into the line, undecided.
  Ticket Book(std::string_view citizen, std::string_view site,
              std::string_view id = "b1") {
    return Append(Topic::kCommands, citizen, BookCommand(citizen, site, id));
  }
  /// All that stands in line, and the readers are told.
  void Decide() {
    shards_.RunUntilIdle();
    AwaitReader();
  }
  /// Until the feed has folded what is decided, and the line knows its end.
  void AwaitReader();

  /// A citizen at home on this shard.
  static std::string CitizenOn(Shard shard, int number = 0) {
    for (int i = 0;; ++i) {
      std::string id = fmt::format("c{}-{}", number, i);
      if (ShardOf(id, kShards) == shard) return id;
    }
  }
  static std::string_view SiteOn(Shard shard) {
    for (std::string_view site : kSites) {
      if (ShardOf(site, kShards) == shard) return site;
    }
    return "";
  }

  http::RawReply Get(std::string_view path, std::string_view headers = "") {
    http::RawClient client(server_->port());
    client.Send(
        fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n{}\r\n", path, headers));
    return client.Read();
  }

  const PositionGateLimits gate_limits_ = {.wait = absl::Milliseconds(50)};
  std::atomic<int64_t> now_unix_ms_ = kMorningUnixMs;
  MemoryLog log_;
  Shards shards_;
  ReadModels models_;
  TimerThread timers_;
  QueryService query_;
  std::unique_ptr<http::Server> server_;
};

inline void Reading::AwaitReader() {
  for (Shard shard{0}; shard.value < kShards.value; ++shard) {
    const Sequence decided = shards_.at(shard).state().head().sequence;
    absl::Notification folded;
    models_.feed().WhenFolded(shard, decided, [&folded] { folded.Notify(); });
    folded.WaitForNotification();
  }
}

}  // namespace slotlog
