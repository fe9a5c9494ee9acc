// A day at four sites on two shards, on a log in memory whose commits fail on
// demand: what recovery_test.cc and takeover_test.cc go through.

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/shards.h"

namespace slotlog {

inline constexpr Shard kFirst{0};
inline constexpr Shard kSecond{1};

class DayTest : public testing::Test {
 protected:
  DayTest()
      : log_(ShardCount{2}, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/1 << 20,
            /*checkpoint_events_max=*/1'000) {}

  void Operate(const std::string& key, v1::Operation operation) {
    operation.set_operation_id("op");
    Append(Topic::kOperations, ShardOf(key, ShardCount{2}), Encode(operation));
  }

  void DefineSite(const std::string& site_id) {
    v1::Operation operation;
    operation.mutable_define_site()->set_site_id(site_id);
    Operate(site_id, operation);
  }

  /// Every shard has a campaign, a site and a slot that seats `capacity`.
  void OpenTheDay(int capacity) {
    v1::Operation operation;
    v1::Campaign& campaign =
        *operation.mutable_define_campaign()->mutable_campaign();
    campaign.set_campaign_id("k");
    v1::Cohort& cohort = *campaign.add_cohorts();
    cohort.set_born_from_yyyymmdd(19000101);
    cohort.set_born_to_yyyymmdd(20200101);
    campaign.add_rounds()->set_closes_unix_ms(absl::ToUnixMillis(now_) +
                                              1'000'000);
    Operate("k", operation);
    for (const char* site_id : {"s1", "s2", "s3", "s4"}) {
      DefineSite(site_id);
      v1::Operation open;
      open.mutable_open_slots()->set_site_id(site_id);
      v1::Slot& slot = *open.mutable_open_slots()->add_slots();
      slot.set_slot_id("am");
      slot.set_start_unix_ms(absl::ToUnixMillis(now_) + 2'000'000);
      slot.set_end_unix_ms(absl::ToUnixMillis(now_) + 3'000'000);
      slot.set_capacity(capacity);
      Operate(site_id, open);
    }
    shards_.RunUntilIdle();
  }

  /// A site that lives on the shard.
  std::string SiteOn(Shard shard) const {
    for (const char* site_id : {"s1", "s2", "s3", "s4"}) {
      if (ShardOf(site_id, ShardCount{2}) == shard) return site_id;
    }
    return "";
  }

  std::string CitizenOn(Shard shard, int number) const {
    for (int i = 0;; ++i) {
      const std::string id = fmt::format("c{}-{}", number, i);
      if (ShardOf(id, ShardCount{2}) == shard) return id;
    }
  }

  void Book(const std::string& citizen_id, const std::string& site_id,
            const std::string& campaign_id = "k") {
    v1::Command command;
    command.set_citizen_id(citizen_id);
    command.set_command_id("b");
    command.mutable_profile()->set_birth_date_yyyymmdd(19620712);
    command.mutable_book()->set_campaign_id(campaign_id);
    command.mutable_book()->set_site_id(site_id);
    command.mutable_book()->set_slot_id("am");
    Append(Topic::kCommands, ShardOf(citizen_id, ShardCount{2}),
           Encode(command));
  }

  void Cancel(const std::string& citizen_id) {
    v1::Command command;
    command.set_citizen_id(citizen_id);
    command.set_command_id("x");
    command.mutable_cancel()->set_campaign_id("k");
    Append(Topic::kCommands, ShardOf(citizen_id, ShardCount{2}),
           Encode(command));
  }

  void Append(Topic topic, Shard shard, const std::string& bytes) {
    ASSERT_TRUE(log_.Append({{{{topic, shard}, "", bytes}}}).ok());
  }

  int SeatsTaken(const std::string& site_id) {
    const Shard shard = ShardOf(site_id, ShardCount{2});
    const Slot* slot = shards_.at(shard).state().slots().Find(
        RowKey::Of(SiteId{site_id}, SlotId{"am"}));
    return slot == nullptr ? -1 : slot->taken;
  }

  /// An empty batch that continues the first shard's history.
  v1::EventBatch NextBatch() {
    const Head& head = shards_.at(kFirst).state().head();
    v1::EventBatch batch;
    batch.set_shard(0);
    batch.set_shards(2);
    batch.set_epoch(head.epoch.value);
    batch.set_number(head.batch_number + 1);
    batch.set_previous_digest(head.digest.data(), head.digest.size());
    batch.set_first_sequence(head.sequence.value + 1);
    batch.set_now_unix_ms(absl::ToUnixMillis(head.now));
    batch.set_decided_at_unix_ms(absl::ToUnixMillis(head.decided_at));
    batch.mutable_messages_sent()->Add(head.messages_sent.begin(),
                                       head.messages_sent.end());
    batch.mutable_messages_received()->Add(head.messages_received.begin(),
                                           head.messages_received.end());
    batch.set_confirmations_sent(head.confirmations_sent);
    return batch;
  }

  Offset EndOf(Topic topic, Shard shard) {
    return log_.WatermarksOf({topic, shard})->high;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'626'048'000);
  MemoryLog log_;
  Shards shards_;
};

}  // namespace slotlog
