// Random histories with random deaths. After every batch, on every shard: what
// is decided again from the recorded inputs is the same to the byte, and what
// is folded from the log is the live state, row for row. At the end everything
// that was published is answered once.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "services/shard/history.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "tests/property/random_wishes.h"
#include "tests/support/shards.h"
#include "tests/support/state_comparison.h"
#include "tools/verify/verify.h"

namespace slotlog {
namespace {

constexpr int kSteps = 600;

class RandomHistory {
 public:
  RandomHistory(uint64_t seed, ShardCount shards)
      : random_(seed),
        count_(shards),
        log_(shards, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/32 * 1024,
            /*checkpoint_events_max=*/40) {
    for (Shard shard{0}; shard < Shard{shards.value}; ++shard) {
      auto history = ShardHistory::Open(log_, shard);
      EXPECT_TRUE(history.ok());
      histories_[shard] = *std::move(history);
    }
  }

  void Run() {
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      // Now and then nobody does anything for a while, or a clock jumps.
      const bool is_quiet = Below(200) == 0;
      now_ += absl::Milliseconds(is_quiet ? 65'000 : Below(500));
      if (i == kSteps * 9 / 10) now_ += absl::Hours(5);  // slots are over
      Act();
    }
    LetTimePass();
    CheckEverything();
    CheckStores();
    CheckAnswers();
    CheckSeatsMatchClaims();
    CheckRulesAreTheSame();
    CheckAudit();
  }

  const verify::Totals& totals() const { return totals_; }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  Shard AnyShard() { return Shard{static_cast<uint32_t>(Below(count_.value))}; }

  /// Until nothing is on the agenda that could fall due soon.
  void LetTimePass() {
    for (int i = 0; i < 5; ++i) {
      shards_.RunUntilIdle();  // ends with ticks in the line
      now_ += absl::Seconds(10);
    }
    shards_.RunUntilIdle();
  }

  void Act() {
    const uint64_t dice = Below(100);
    const Shard shard = AnyShard();
    if (dice < 40) return PublishCommand();
    if (dice < 50) return PublishOperations();
    if (dice < 52) return PublishNonsense();
    if (dice < 54) return shards_.Kill(shard);
    if (dice < 55) {
      shards_.Kill(shard);
      return shards_.LoseStore(shard);
    }
    if (dice < 58) return FailACommit(shard);
    shards_.Step(shard);
    Check(shard);
  }

  void FailACommit(Shard shard) {
    using Fault = MemoryLog::CommitFault;
    const Fault faults[] = {Fault::kRefused, Fault::kUnknownButDone,
                            Fault::kUnknownAndOpen};
    log_.FailNextCommit(fmt::format("slotlog-{}", shard.value),
                        faults[Below(3)]);
  }

  void Publish(Topic topic, Shard shard, const std::string& bytes) {
    auto offsets = log_.Append({{{{topic, shard}, "", bytes}}});
    ASSERT_TRUE(offsets.ok());
    published_[{topic, shard}].insert(offsets->front());
  }

  void PublishCommand() {
    v1::Command command = wishes_.NextCommand();
    Shard home = ShardOf(command.citizen_id(), count_);
    if (Below(40) == 0) home = AnyShard();
    if (Below(50) == 0) command.set_citizen_id(std::string(200, 'y'));
    const uint64_t times = Below(10) == 0 ? 1 + Below(40) : 1;
    for (uint64_t i = 0; i < times; ++i) {
      Publish(Topic::kCommands, home, Encode(command));
    }
  }

  void PublishOperations() {
    for (const auto& [key, operation] : wishes_.NextOperations(now_)) {
      Publish(Topic::kOperations, ShardOf(key, count_), Encode(operation));
    }
  }

  void PublishNonsense() {
    const Topic topic = Below(2) == 0 ? Topic::kCommands : Topic::kOperations;
    const Shard shard = AnyShard();
    auto offsets = log_.Append({{{{topic, shard}, "", "\xff\xff no message"}}});
    ASSERT_TRUE(offsets.ok());
    dead_letters_.insert({{topic, shard}, offsets->front()});
  }

  /// Decides the shard's new batches again and compares.
  void Check(Shard shard) {
    ShardHistory& history = *histories_[shard];
    while (true) {
      auto has_next = history.HasNext();
      ASSERT_TRUE(has_next.ok()) << has_next.status().ToString();
      if (!*has_next) break;
      const absl::Status decided = history.DecideNext();
      ASSERT_TRUE(decided.ok()) << decided.ToString();
    }
    if (!shards_.IsOwned(shard)) return;
    EXPECT_EQ(DifferenceBetween(history.state(), shards_.at(shard).state()),
              "");
  }

  void CheckEverything() {
    for (const auto& [shard, history] : histories_) Check(shard);
  }

  /// Nothing stands in a store that is not in the folded state.
  void CheckStores() {
    for (const auto& [shard, history] : histories_) {
      ASSERT_TRUE(shards_.at(shard).Close().ok());
      size_t rows = 0;
      ASSERT_TRUE(shards_.store(shard)
                      .Scan("",
                            [&](std::string_view, std::string_view) {
                              ++rows;
                              return true;
                            })
                      .ok());
      EXPECT_EQ(rows, CountRows(history->state()));
    }
  }

  void CheckAnswers() {
    std::map<TopicPartition, std::multiset<Offset>> answered;
    std::set<std::pair<TopicPartition, Offset>> buried;
    for (const auto& [shard, history] : histories_) {
      const TopicPartition confirmations{Topic::kConfirmations, shard};
      const TopicPartition letters{Topic::kDeadLetters, shard};
      auto consumer = log_.OpenConsumer(
          {{{confirmations, Offset{0}}, {letters, Offset{0}}}});
      ASSERT_TRUE(consumer.ok());
      for (const Record& record : ReadAll(**consumer, confirmations)) {
        v1::ConfirmationRecord read;
        ASSERT_TRUE(read.ParseFromString(std::string(record.value)));
        if (read.has_notice()) continue;
        answered[{static_cast<Topic>(read.confirmation().topic()), shard}]
            .insert(Offset{read.confirmation().offset()});
      }
      for (const Record& record : ReadAll(**consumer, letters)) {
        v1::DeadLetter read;
        ASSERT_TRUE(read.ParseFromString(std::string(record.value)));
        buried.insert(
            {{static_cast<Topic>(read.topic()), shard}, Offset{read.offset()}});
      }
    }
    EXPECT_EQ(buried, dead_letters_);
    for (const auto& [partition, offsets] : published_) {
      EXPECT_EQ(answered[partition],
                std::multiset<Offset>(offsets.begin(), offsets.end()))
          << DebugString(partition);
    }
  }

  /// Nothing is in flight any more.
  void CheckSeatsMatchClaims() {
    std::set<std::string> seats;
    std::set<std::string> claims;
    for (const auto& [shard, history] : histories_) {
      const MemoryState& state = history->state();
      for (const auto& [key, slot] : state.slots().rows()) {
        EXPECT_LE(slot.taken, slot.capacity);
        EXPECT_FALSE(slot.lowered_to.has_value() &&
                     *slot.lowered_to >= slot.taken);
      }
      for (const auto& [key, seat] : state.seats().rows()) {
        if (seat.state == SeatState::kMissed) continue;
        seats.insert(fmt::format("{} {} turn {} {}", seat.citizen_id,
                                 seat.campaign_id, seat.turn.value,
                                 seat.state == SeatState::kFulfilled));
      }
      for (const auto& [key, citizen] : state.citizens().rows()) {
        for (const Claim& claim : citizen.claims) {
          EXPECT_FALSE(claim.IsOpen());
          EXPECT_EQ(claim.conversation, nullptr);
          if (claim.state == ClaimState::kIdle) continue;
          claims.insert(fmt::format("{} {} turn {} {}", CitizenIn(key),
                                    claim.campaign_id, claim.seat.turn.value,
                                    claim.state == ClaimState::kFulfilled));
        }
      }
    }
    EXPECT_EQ(seats, claims);
  }

  /// The auditor, who shares no code with what decides, finds nothing.
  void CheckAudit() {
    const auto report = verify::Verify(log_, verify::VerifyOptions());
    ASSERT_TRUE(report.ok()) << report.status().ToString();
    totals_ = report->totals;
    for (const verify::Invariant invariant : verify::kInvariants) {
      for (const verify::Offence& offence :
           report->findings.Of(invariant).offences) {
        ADD_FAILURE() << verify::DebugString(offence.place) << ": "
                      << offence.what;
      }
    }
  }

  /// Of a citizen's row: its letter and the id's length come first.
  static std::string_view CitizenIn(std::string_view key) {
    return key.substr(2);
  }

  /// Every shard knows every version, and none before it counts at home.
  void CheckRulesAreTheSame() {
    const RowKey key = RowKey::Of(CampaignId{"k"});
    const Shard home = ShardOf("k", count_);
    const Campaign* at_home = histories_[home]->state().campaigns().Find(key);
    if (at_home == nullptr) return;
    EXPECT_TRUE(at_home->announcements.empty());
    for (const auto& [shard, history] : histories_) {
      const Campaign* here = history->state().campaigns().Find(key);
      ASSERT_NE(here, nullptr);
      ASSERT_EQ(here->versions.size(), at_home->versions.size());
      EXPECT_EQ(here->counts_seats, at_home->counts_seats);
      for (size_t i = 0; i < here->versions.size(); ++i) {
        EXPECT_EQ(here->versions[i].rules, at_home->versions[i].rules);
        EXPECT_GE(here->versions[i].effective, at_home->versions[i].effective);
      }
    }
  }

  std::vector<Record> ReadAll(Consumer& consumer, TopicPartition partition) {
    std::vector<Record> all;
    while (true) {
      auto batch = consumer.Fetch(partition, 1000, 1 << 20);
      EXPECT_TRUE(batch.ok());
      if (!batch.ok() || batch->records.empty()) return all;
      all.insert(all.end(), batch->records.begin(), batch->records.end());
      read_.push_back(*std::move(batch));
    }
  }

  const absl::Time start_ = absl::FromUnixSeconds(1'626'048'000);
  absl::Time now_ = start_;
  std::mt19937_64 random_;
  RandomWishes wishes_{random_, start_};
  const ShardCount count_;
  MemoryLog log_;
  Shards shards_;
  std::map<Shard, std::unique_ptr<ShardHistory>> histories_;
  std::map<TopicPartition, std::set<Offset>> published_;
  std::set<std::pair<TopicPartition, Offset>> dead_letters_;
  std::vector<RecordBatch> read_;
  verify::Totals totals_;
};

class RandomHistoryTest : public testing::TestWithParam<uint32_t> {};

TEST_P(RandomHistoryTest, LiveStateIsTheFoldAndHistoryDecidesTheSameAgain) {
  verify::Totals all;
  for (uint64_t seed = 1; seed <= 40 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    RandomHistory history(seed, ShardCount{GetParam()});
    history.Run();
    all.Add(history.totals());
  }
  // Or nothing was shown of them.
  EXPECT_GT(all.bookings, 0u);
  EXPECT_GT(all.holds_expired, 0u);
  EXPECT_GT(all.reschedules, 0u);
  EXPECT_GT(all.seats_lost, 0u);
  EXPECT_GT(all.visits_fulfilled, 0u);
  EXPECT_GT(all.visits_missed, 0u);
  EXPECT_GT(all.waits, 0u);
  EXPECT_GT(all.seats_offered, 0u);
}

INSTANTIATE_TEST_SUITE_P(Shards, RandomHistoryTest, testing::Values(1, 2, 5),
                         [](const auto& info) {
                           return fmt::format("{}", info.param);
                         });

}  // namespace
}  // namespace slotlog
