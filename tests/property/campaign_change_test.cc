// A campaign is changed while its shards are quick, slow or dead: all of them
// end with the same rules, whatever comes first, and each counts a change from
// the stated moment on, or from its arrival if that is later.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/shards.h"

namespace slotlog {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);

class World {
 public:
  explicit World(ShardCount count)
      : count_(count),
        log_(count, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/1 << 20,
            /*checkpoint_events_max=*/10) {}

  /// Campaign k for those born up to this year, open for a day.
  v1::Campaign Campaign(uint32_t last_year) const {
    v1::Campaign campaign;
    campaign.set_campaign_id("k");
    v1::Cohort& cohort = *campaign.add_cohorts();
    cohort.set_born_from_yyyymmdd(19000101);
    cohort.set_born_to_yyyymmdd(last_year * 10000 + 1231);
    v1::Round& round = *campaign.add_rounds();
    round.set_opens_unix_ms(absl::ToUnixMillis(start_));
    round.set_closes_unix_ms(absl::ToUnixMillis(start_ + 24 * 60 * kMinute));
    return campaign;
  }

  void Define(uint32_t last_year) {
    v1::Operation operation;
    operation.set_operation_id("define");
    *operation.mutable_define_campaign()->mutable_campaign() =
        Campaign(last_year);
    Publish(Topic::kOperations, Home(), Encode(operation));
    shards_.RunUntilIdle();
  }

  void Change(uint32_t last_year, absl::Time effective) {
    v1::Operation operation;
    operation.set_operation_id(fmt::format("change {}", last_year));
    v1::ChangeCampaign& change = *operation.mutable_change_campaign();
    *change.mutable_campaign() = Campaign(last_year);
    change.set_effective_unix_ms(absl::ToUnixMillis(effective));
    Publish(Topic::kOperations, Home(), Encode(operation));
  }

  /// Somebody at home in the shard asks; the slot is not there, so that the
  /// reason tells whether the campaign let the wish through.
  void Book(Shard shard, uint32_t birth_year, const std::string& command_id) {
    v1::Command command;
    command.set_command_id(command_id);
    command.set_citizen_id(CitizenOn(shard));
    command.mutable_profile()->set_birth_date_yyyymmdd(birth_year * 10000 +
                                                       701);
    v1::Book& book = *command.mutable_book();
    book.set_campaign_id("k");
    book.set_site_id("nowhere");
    book.set_slot_id("never");
    Publish(Topic::kCommands, shard, Encode(command));
  }

  void RunInOrderOf(std::mt19937_64& random) {
    std::vector<Shard> order;
    for (Shard shard{0}; shard.value < count_.value; ++shard) {
      order.push_back(shard);
    }
    for (int round = 0; round < 40; ++round) {
      std::shuffle(order.begin(), order.end(), random);
      // Some shards sleep, and hear of everything later and at once.
      for (size_t i = 0; i < 1 + random() % order.size(); ++i) {
        shards_.Step(order[i]);
      }
      now_ += absl::Milliseconds(50);
    }
    shards_.RunUntilIdle();
  }

  Shard Home() const { return ShardOf("k", count_); }
  Shard NotHome() const { return Shard{Home().value == 0 ? 1u : 0u}; }

  const slotlog::Campaign& At(Shard shard) {
    const auto* found =
        shards_.at(shard).state().campaigns().Find(RowKey::Of(CampaignId{"k"}));
    EXPECT_NE(found, nullptr);
    return *found;
  }

  /// The reasons that the shard's citizen was given, in order.
  std::vector<std::string> Reasons(Shard shard) {
    const auto* citizen = shards_.at(shard).state().citizens().Find(
        RowKey::Of(CitizenId{CitizenOn(shard)}));
    std::vector<std::string> reasons;
    if (citizen == nullptr) return reasons;
    for (const Answer& answer : citizen->answers) {
      reasons.push_back(NameOf(answer.refusal));
    }
    return reasons;
  }

  Shards& shards() { return shards_; }
  absl::Time now() const { return now_; }
  void Wait(absl::Duration duration) { now_ += duration; }

 private:
  std::string CitizenOn(Shard shard) const {
    for (int i = 0;; ++i) {
      const std::string id = fmt::format("c{}", i);
      if (ShardOf(id, count_) == shard) return id;
    }
  }

  void Publish(Topic topic, Shard shard, const std::string& bytes) {
    ASSERT_TRUE(log_.Append({{{{topic, shard}, "", bytes}}}).ok());
  }

  const ShardCount count_;
  const absl::Time start_ = absl::FromUnixSeconds(1'626'048'000);
  absl::Time now_ = start_;
  MemoryLog log_;
  Shards shards_;
};

TEST(CampaignChangeTest, TwoOperatorsAtOnceEndWithTheSameRulesEverywhere) {
  for (uint32_t shards : {1, 2, 3, 8}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      SCOPED_TRACE(fmt::format("{} shards, seed {}", shards, seed));
      std::mt19937_64 random(seed);
      World world(ShardCount{shards});
      world.Define(1966);
      const absl::Time effective = world.now() + 2 * kMinute;
      world.Change(1971, effective);
      world.Change(1972, effective);
      world.shards().Step(world.Home());
      world.Change(1970, effective + kMinute);
      world.Change(1969, effective);  // too late: another is after it
      world.RunInOrderOf(random);

      const Campaign& home = world.At(world.Home());
      ASSERT_EQ(home.versions.size(), 4u);
      EXPECT_EQ(home.versions.back().rules.cohorts[0].born_to, Date{19701231});
      EXPECT_TRUE(home.announcements.empty());
      for (Shard shard{0}; shard.value < shards; ++shard) {
        const Campaign& here = world.At(shard);
        ASSERT_EQ(here.versions.size(), home.versions.size());
        for (size_t i = 0; i < here.versions.size(); ++i) {
          EXPECT_EQ(here.versions[i].rules, home.versions[i].rules);
          EXPECT_EQ(here.versions[i].effective, home.versions[i].effective);
        }
      }
    }
  }
}

TEST(CampaignChangeTest, WhereAChangeArrivesLateItCountsFromItsArrival) {
  World world(ShardCount{2});
  world.Define(1966);
  const absl::Time effective = world.now() + kMinute;
  world.Change(1972, effective);
  world.shards().Step(world.Home());
  world.Wait(2 * kMinute);
  world.Book(world.Home(), 1970, "after it counts");
  world.Book(world.NotHome(), 1970, "before it arrives");
  world.Wait(2 * kMinute);
  const absl::Time arrival = world.now();
  world.shards().RunUntilIdle();
  world.Book(world.NotHome(), 1970, "as it arrives");
  world.shards().RunUntilIdle();

  EXPECT_EQ(world.At(world.Home()).versions.back().effective, effective);
  EXPECT_EQ(world.At(world.NotHome()).versions.back().effective, arrival);
  EXPECT_EQ(world.Reasons(world.Home()),
            std::vector<std::string>({"SLOT_UNKNOWN"}));
  EXPECT_EQ(world.Reasons(world.NotHome()),
            std::vector<std::string>({"NOT_ELIGIBLE", "SLOT_UNKNOWN"}));
}

TEST(CampaignChangeTest, AHomeThatSleptCountsAChangeFromWhenItWasDecided) {
  World world(ShardCount{2});
  world.Define(1966);
  world.Change(1972, world.now() + kMinute);
  world.Change(1975, world.now() + 2 * kMinute);
  world.Wait(90 * absl::Seconds(1));
  const absl::Time decided = world.now();
  world.shards().RunUntilIdle();
  for (Shard shard : {world.Home(), world.NotHome()}) {
    const Campaign& campaign = world.At(shard);
    ASSERT_EQ(campaign.versions.size(), 3u);
    EXPECT_EQ(campaign.versions[1].effective, decided);
    EXPECT_EQ(campaign.versions[2].effective, decided + absl::Seconds(30));
  }
}

TEST(CampaignChangeTest, AChangeOutlivesADeathOnItsWay) {
  World world(ShardCount{3});
  world.Define(1966);
  const absl::Time effective = world.now() + kMinute;
  world.Change(1972, effective);
  world.shards().Step(world.Home());
  for (Shard shard{0}; shard.value < 3; ++shard) world.shards().Kill(shard);
  world.shards().LoseStore(world.Home());
  world.shards().RunUntilIdle();
  for (Shard shard{0}; shard.value < 3; ++shard) {
    EXPECT_EQ(world.At(shard).versions.back().effective, effective);
    EXPECT_TRUE(world.At(shard).announcements.empty());
  }
}

}  // namespace
}  // namespace slotlog
