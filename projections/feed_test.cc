#include "projections/feed.h"

#include <absl/synchronization/notification.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "tests/support/event_history.h"
#include "tests/support/projection_stores.h"

namespace slotlog {
namespace {

/// The least that a projection can be: how many sites each shard defined.
template <uint32_t kVersionOf, uint32_t kLayoutOf>
class Counting final : public Projection {
 public:
  static constexpr std::string_view kName = "counting";
  static constexpr uint32_t kVersion = kVersionOf;
  static constexpr uint32_t kLayout = kLayoutOf;

  explicit Counting(std::unique_ptr<Rows> rows) : Projection(std::move(rows)) {}

  void Fold(const v1::EventBatch& batch) override {
    const std::string key = fmt::format("{}", batch.shard());
    const int before = std::stoi(rows().Get(key).value_or("0"));
    for (const v1::Event& event : batch.events()) {
      if (event.site_defined().operation_id() == "unreadable") {
        rows().Fail(absl::DataLossError("a row cannot be read"));
      }
    }
    rows().Put(key, std::to_string(before + kVersion * batch.events_size()));
  }

  int CountOf(uint32_t shard) const {
    auto found = rows().Find(fmt::format("{}", shard));
    EXPECT_TRUE(found.ok());
    return std::stoi(found->value_or("0"));
  }
};
using First = Counting<1, 1>;
/// Counts twofold.
using Second = Counting<2, 1>;
using Elsewise = Counting<3, 2>;

constexpr ShardCount kShards{2};
constexpr char kOneSite[] = "events { site_defined { operation_id: 'o' } }";

class FeedTest : public testing::Test {
 protected:
  FeedTest() {
    options_.clock = [this] { return history_.now; };
  }

  template <typename P>
  std::unique_ptr<Feed> Begin(Served<P>& served) {
    return Begin(log_, served);
  }
  template <typename P>
  std::unique_ptr<Feed> Begin(Log& log, Served<P>& served) {
    auto feed = std::make_unique<Feed>(log, stores_.Functions(), options_);
    feed->Add(served);
    const absl::Status opened = feed->Open();
    EXPECT_TRUE(opened.ok()) << opened.ToString();
    return feed;
  }
  void Write(int batches, Shard shard = Shard{0}) {
    for (int i = 0; i < batches; ++i) history_.Write(log_, shard, kOneSite);
  }

  EventHistory history_{kShards};
  MemoryLog log_{kShards, [this] { return history_.now; }};
  MemoryProjectionStores stores_;
  FeedOptions options_;
};

TEST_F(FeedTest, FoldsWhatStandsInTheLogAndWhatComes) {
  Write(3, Shard{0});
  Write(1, Shard{1});
  Served<First> served;
  auto feed = Begin(served);
  EXPECT_EQ(served.Get(), nullptr);
  EXPECT_FALSE(feed->IsReady());
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_TRUE(feed->IsReady());
  EXPECT_EQ(served.Get()->CountOf(0), 3);
  EXPECT_EQ(served.Get()->CountOf(1), 1);
  Write(1, Shard{1});
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(1), 2);
  EXPECT_EQ(FormatPosition(feed->Position()), "0:3,1:2");
}

TEST_F(FeedTest, AnEmptyLogIsReadyAtOnce) {
  Served<First> served;
  auto feed = Begin(served);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_TRUE(feed->IsReady());
  EXPECT_EQ(served.Get()->CountOf(0), 0);
}

TEST_F(FeedTest, AfterADeathItGoesOnFromTheCheckpointAndNothingCountsTwice) {
  Write(3);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
    Write(2);
    ASSERT_TRUE(feed->CatchUp().ok());
    EXPECT_EQ(served.Get()->CountOf(0), 5);
    // It dies before the next checkpoint.
  }
  Served<First> served;
  auto feed = Begin(served);
  // What the checkpoint holds can be read before it has caught up.
  ASSERT_NE(served.Get(), nullptr);
  EXPECT_EQ(served.Get()->CountOf(0), 3);
  EXPECT_FALSE(feed->IsReady());
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 5);
}

TEST_F(FeedTest, ALostStoreIsFoldedAgain) {
  Write(3);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  stores_.LoseAll();
  Served<First> served;
  auto feed = Begin(served);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 3);
}

TEST_F(FeedTest, AnotherVersionIsFoldedBesideTheOldOneAndSwappedIn) {
  Write(200);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  Served<Second> served;
  auto feed = Begin(served);
  ASSERT_NE(served.Get(), nullptr);
  EXPECT_EQ(served.Get()->CountOf(0), 200);  // what the old version said
  ASSERT_TRUE(feed->Step().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 200);  // there is never nothing
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 400);
  ASSERT_TRUE(feed->Save().ok());
  feed.reset();
  Served<Second> again;
  const auto next = Begin(again);
  EXPECT_EQ(again.Get()->CountOf(0), 400);
}

TEST_F(FeedTest, ADeathWhileANewVersionIsFoldedLosesNeither) {
  Write(400);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  {
    Served<Second> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->Step().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  Served<Second> served;
  auto feed = Begin(served);
  EXPECT_EQ(served.Get()->CountOf(0), 400);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 800);
}

TEST_F(FeedTest, RowsOfAnotherLayoutAreNotRead) {
  Write(2);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  Served<Elsewise> served;
  auto feed = Begin(served);
  EXPECT_EQ(served.Get(), nullptr);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 6);
}

TEST_F(FeedTest, RebuiltRowsTakeTheOldOnesPlaceAndTheirStoreGoes) {
  Write(150);
  Served<First> served;
  auto feed = Begin(served);
  ASSERT_TRUE(feed->CatchUp().ok());
  auto old = served.Get();
  EXPECT_TRUE(absl::IsNotFound(feed->Rebuild("nothing")));
  ASSERT_TRUE(feed->Rebuild("counting").ok());
  EXPECT_TRUE(absl::IsUnavailable(feed->Rebuild("counting")));
  ASSERT_TRUE(feed->Step().ok());
  EXPECT_EQ(served.Get(), old);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_NE(served.Get(), old);
  EXPECT_EQ(served.Get()->CountOf(0), 150);
  EXPECT_EQ(old->CountOf(0), 150);  // whoever reads it may go on
  old.reset();
  ASSERT_TRUE(feed->Step().ok());
  ASSERT_TRUE(feed->Rebuild("counting").ok());
  Write(1);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 151);
}

TEST_F(FeedTest, RowsOfAnotherLogAreFoldedAgain) {
  Write(3);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  MemoryLog other(kShards, options_.clock, "another");
  EventHistory history(kShards);
  history.Write(other, Shard{0}, kOneSite);
  Served<First> served;
  auto feed = Begin(other, served);
  EXPECT_EQ(served.Get(), nullptr);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 1);
}

TEST_F(FeedTest, RowsThatAreAheadOfALogWithoutItsTailAreFoldedAgain) {
  Write(3);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  log_.DropTail({Topic::kEvents, Shard{0}}, Offset{2});
  Served<First> served;
  auto feed = Begin(served);
  EXPECT_EQ(served.Get(), nullptr);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 2);
}

TEST_F(FeedTest, RowsOfAnotherHistoryAreFoldedAgain) {
  Write(3);
  {
    Served<First> served;
    auto feed = Begin(served);
    ASSERT_TRUE(feed->CatchUp().ok());
    ASSERT_TRUE(feed->Save().ok());
  }
  // As long as before, but it went otherwise.
  log_.DropTail({Topic::kEvents, Shard{0}}, Offset{0});
  EventHistory other(kShards);
  other.Write(log_, Shard{0}, kOneSite);
  other.now += absl::Seconds(1);
  for (int i = 0; i < 2; ++i) other.Write(log_, Shard{0}, "");
  Served<First> served;
  auto feed = Begin(served);
  EXPECT_EQ(served.Get(), nullptr);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(served.Get()->CountOf(0), 1);
}

TEST_F(FeedTest, AGapInTheEventsStopsItLoudly) {
  Write(1);
  Served<First> served;
  auto feed = Begin(served);
  ASSERT_TRUE(feed->CatchUp().ok());
  history_.Next(Shard{0}, kOneSite);  // is never written
  Write(1);
  const auto stepped = feed->Step();
  EXPECT_TRUE(absl::IsDataLoss(stepped.status()));
  EXPECT_EQ(served.Get()->CountOf(0), 1);
}

TEST_F(FeedTest, AnEventOfANewerProgramStopsIt) {
  Served<First> served;
  auto feed = Begin(served);
  history_.Write(log_, Shard{0}, "events { cause_offset: 1 }");
  EXPECT_TRUE(absl::IsFailedPrecondition(feed->Step().status()));
}

TEST_F(FeedTest, ARowThatCannotBeReadIsFoldedAgainFromTheFirst) {
  Write(2);
  Served<First> served;
  auto feed = Begin(served);
  ASSERT_TRUE(feed->CatchUp().ok());
  history_.Write(log_, Shard{0},
                 "events { site_defined { operation_id: 'unreadable' } }");
  ASSERT_TRUE(feed->Step().ok());
  EXPECT_FALSE(feed->IsReady());
  EXPECT_EQ(served.Get(), nullptr);
}

TEST_F(FeedTest, ACheckpointIsWrittenAfterItsIntervalAndAFullDiskIsSurvived) {
  Write(1);
  Served<First> served;
  auto feed = Begin(served);
  ASSERT_TRUE(feed->CatchUp().ok());
  const auto saved = [this] {
    auto position = Rows::ReadPosition(*stores_.At("counting-a"));
    return position->has_value() ? (*position)->shards[0].batch_number : 0;
  };
  EXPECT_EQ(saved(), 0u);
  stores_.At("counting-a")
      ->FailNextWrite(absl::ResourceExhaustedError("the disk is full"));
  history_.now += options_.checkpoint_interval;
  ASSERT_TRUE(feed->Step().ok());
  EXPECT_EQ(saved(), 0u);
  Write(1);
  history_.now += options_.checkpoint_interval;
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(saved(), 2u);
  EXPECT_EQ(served.Get()->CountOf(0), 2);
}

TEST_F(FeedTest, WhoWaitsForASequenceIsToldWhenItIsFolded) {
  Served<First> served;
  auto feed = Begin(served);
  ASSERT_TRUE(feed->CatchUp().ok());
  int called = 0;
  const auto note = [&] { ++called; };
  EXPECT_EQ(feed->WhenFolded(Shard{0}, Sequence{0}, note), WaitId{0});
  EXPECT_EQ(called, 1);
  EXPECT_NE(feed->WhenFolded(Shard{0}, Sequence{2}, note), WaitId{0});
  const WaitId cancelled = feed->WhenFolded(Shard{0}, Sequence{2}, note);
  feed->Cancel(cancelled);
  Write(1);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(called, 1);
  Write(1);
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(called, 2);
}

TEST_F(FeedTest, WhoWaitsForAnAnswerIsToldWhenItCanBeRead) {
  Served<First> served;
  auto feed = Begin(served);
  int folded = -1;
  feed->WhenAnswered({Shard{0}, Offset{7}},
                     [&] { folded = served.Get()->CountOf(0); });
  int operations = 0;
  feed->WhenOperationAnswered({Shard{0}, Offset{3}}, [&] { ++operations; });
  ASSERT_TRUE(feed->CatchUp().ok());
  history_.Write(log_, Shard{0}, R"(
      events { seat_asked { command_offset: 7 } }
      events { site_defined {} cause_offset: 3 })");
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(folded, -1);
  EXPECT_EQ(operations, 1);
  history_.Write(log_, Shard{0}, "events { booked { command_offset: 7 } }");
  ASSERT_TRUE(feed->CatchUp().ok());
  EXPECT_EQ(folded, 3);
  EXPECT_EQ(feed->waiting(), 0u);
}

TEST_F(FeedTest, OnItsOwnThreadItFollowsAndStopsWithACheckpoint) {
  Served<First> served;
  Feed feed(log_, stores_.Functions(), options_);
  feed.Add(served);
  ASSERT_TRUE(feed.Start().ok());
  absl::Notification folded;
  feed.WhenFolded(Shard{1}, Sequence{2}, [&] { folded.Notify(); });
  Write(2, Shard{1});
  folded.WaitForNotification();
  EXPECT_EQ(served.Get()->CountOf(1), 2);
  EXPECT_TRUE(feed.Health().ok());
  feed.Stop();
  auto position = Rows::ReadPosition(*stores_.At("counting-a"));
  ASSERT_TRUE(position->has_value());
  EXPECT_EQ((*position)->shards[1].batch_number, 2u);
}

}  // namespace
}  // namespace slotlog
