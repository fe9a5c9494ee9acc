#include "projections/line/line.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "events/codec.h"
#include "events/digest.h"
#include "events/log/memory/memory_log.h"
#include "projections/feed.h"
#include "slotlog/v1/commands.pb.h"
#include "tests/support/event_history.h"
#include "tests/support/projection_stores.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{2};

class LineTest : public testing::Test {
 protected:
  LineTest() : LineTest(/*undecided_max=*/100'000) {}
  explicit LineTest(size_t undecided_max)
      : line_(log_, progress_,
              {.clock = [this] { return history_.now; },
               .undecided_max = undecided_max}) {
    feed_ = std::make_unique<Feed>(
        log_, stores_.Functions(),
        FeedOptions{.clock = [this] { return history_.now; }});
    feed_->Add(progress_);
    feed_->Add(line_);
    EXPECT_TRUE(feed_->Open().ok());
  }

  void Follow() { ASSERT_TRUE(feed_->CatchUp().ok()); }
  std::string Ask(const std::string& id, Shard shard = Shard{0}) {
    v1::Command command;
    command.set_citizen_id("c");
    command.set_command_id(id);
    command.mutable_cancel()->set_campaign_id("k");
    std::string bytes = Encode(command);
    EXPECT_TRUE(log_.Append({{{{Topic::kCommands, shard}, "c", bytes}}}).ok());
    return bytes;
  }
  void Ask(int times, Shard shard) {
    for (int i = 0; i < times; ++i) Ask(fmt::format("n{}", asked_++), shard);
  }
  /// So many commands are decided, and each gets a seat or does not.
  void Decide(int times, Shard shard, bool gives_seat = true) {
    int64_t& offset = decided_[shard];
    std::string text =
        fmt::format("inputs {{ topic: TOPIC_COMMANDS offset: {} count: {} }}",
                    offset, times);
    for (int i = 0; i < times; ++i) {
      text +=
          fmt::format("events {{ {} {{ command_offset: {} }} }}",
                      gives_seat ? "booked" : "command_refused", offset + i);
    }
    offset += times;
    history_.Write(log_, shard, text);
  }
  void Pass(absl::Duration time) {
    history_.now += time;
    Follow();
  }

  EventHistory history_{kShards};
  MemoryLog log_{kShards, [this] { return history_.now; }};
  MemoryProjectionStores stores_;
  Served<Progress> progress_;
  Line line_;
  std::unique_ptr<Feed> feed_;
  std::map<Shard, int64_t> decided_;
  int asked_ = 0;
};

TEST_F(LineTest, ThePlaceIsTheNumberOfUndecidedBefore) {
  Follow();
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{0}}).state,
            PlaceState::kBeyondTheEnd);
  Ask(5, Shard{0});
  Follow();
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{4}}).people_ahead, 4);
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{4}}).state, PlaceState::kWaiting);
  Decide(3, Shard{0});
  Follow();
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{4}}).people_ahead, 1);
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{2}}).state, PlaceState::kPassed);
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{5}}).state,
            PlaceState::kBeyondTheEnd);
  EXPECT_EQ(line_.PlaceOf({Shard{9}, Offset{0}}).state,
            PlaceState::kBeyondTheEnd);
}

TEST_F(LineTest, TheLineIsToldShardByShardAndInAll) {
  Ask(5, Shard{0});
  Ask(2, Shard{1});
  Decide(3, Shard{0});
  Decide(1, Shard{1}, /*gives_seat=*/false);
  Follow();
  const LineNow now = line_.Now();
  EXPECT_EQ(now.undecided, 3);
  EXPECT_EQ(now.answered, 4);
  EXPECT_EQ(now.confirmed, 3);
  EXPECT_EQ(now.refused, 1);
  ASSERT_EQ(now.shards.size(), 2u);
  EXPECT_EQ(now.shards[0].undecided, 2);
  EXPECT_EQ(now.shards[0].high_watermark, Offset{5});
  EXPECT_EQ(now.shards[0].progress.decided, Offset{3});
  EXPECT_EQ(now.shards[0].progress.epoch, Epoch{1});
  EXPECT_EQ(now.shards[0].progress.now, history_.now);
  EXPECT_EQ(now.shards[1].undecided, 1);
}

TEST_F(LineTest, AnUndecidedCommandIsFoundByItsIdUntilItIsDecided) {
  Follow();
  const std::string bytes = Ask("x");
  EXPECT_FALSE(line_.FindUndecided(CitizenId{"c"}, CommandId{"x"}));
  Follow();
  const auto found = line_.FindUndecided(CitizenId{"c"}, CommandId{"x"});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->ticket, (Ticket{Shard{0}, Offset{0}}));
  EXPECT_EQ(found->command_digest, Digest64(bytes));
  Decide(1, Shard{0});
  Follow();
  EXPECT_FALSE(line_.FindUndecided(CitizenId{"c"}, CommandId{"x"}));
}

TEST_F(LineTest, ACommandIsDecidedOnceThatIsFoldedThoughNobodyFollowed) {
  Line late(log_, progress_,
            {.clock = [this] { return history_.now; }, .undecided_max = 100});
  Ask("x");
  Follow();
  late.Add({Shard{0}, Offset{0}}, CitizenId{"c"}, CommandId{"x"}, 7);
  EXPECT_TRUE(late.FindUndecided(CitizenId{"c"}, CommandId{"x"}));
  Decide(1, Shard{0});
  Follow();
  EXPECT_EQ(late.PlaceOf({Shard{0}, Offset{0}}).state, PlaceState::kPassed);
  EXPECT_FALSE(late.FindUndecided(CitizenId{"c"}, CommandId{"x"}));
}

TEST_F(LineTest, WhoAppendedACommandSaysSoAndItIsInLineAtOnce) {
  Follow();
  line_.Add({Shard{1}, Offset{0}}, CitizenId{"c"}, CommandId{"x"}, 7);
  EXPECT_EQ(line_.PlaceOf({Shard{1}, Offset{0}}).state, PlaceState::kWaiting);
  EXPECT_TRUE(line_.FindUndecided(CitizenId{"c"}, CommandId{"x"}));
}

TEST_F(LineTest, BytesThatAreNoCommandStandInLineAndHaveNoId) {
  Follow();
  ASSERT_TRUE(
      log_.Append({{{{Topic::kCommands, Shard{0}}, "", "\xff no command"}}})
          .ok());
  Ask("x");
  Follow();
  EXPECT_EQ(line_.FindUndecided(CitizenId{"c"}, CommandId{"x"})->ticket.offset,
            Offset{1});
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{1}}).people_ahead, 1);
}

TEST_F(LineTest, TheEstimateComesFromHowFastItWentWithARange) {
  Ask(10'000, Shard{0});
  Follow();
  const Ticket last{Shard{0}, Offset{9'999}};
  EXPECT_FALSE(line_.PlaceOf(last).estimate.has_value());  // nobody can tell
  for (int i = 0; i < 12; ++i) {
    Decide(i < 8 ? 50 : 25, Shard{0});
    Pass(absl::Milliseconds(250));
  }
  const Place place = line_.PlaceOf(last);
  ASSERT_TRUE(place.estimate.has_value());
  EXPECT_EQ(place.people_ahead, 9'999 - 500);
  // 200 a second, and then 100.
  const double seconds = absl::ToDoubleSeconds(place.estimate->time);
  EXPECT_GT(seconds, 9'500 / 200.0);
  EXPECT_LT(seconds, 9'500 / 100.0);
  EXPECT_LE(place.estimate->low, absl::Seconds(9'500 / 199.0));
  EXPECT_GE(place.estimate->high, absl::Seconds(9'500 / 101.0));
  EXPECT_LT(place.estimate->low, place.estimate->time);
  EXPECT_GT(place.estimate->high, place.estimate->time);
}

TEST_F(LineTest, WhereNothingMovesThereIsNoEstimate) {
  Ask(100, Shard{0});
  for (int i = 0; i < 120; ++i) Pass(absl::Milliseconds(250));
  EXPECT_FALSE(line_.PlaceOf({Shard{0}, Offset{50}}).estimate.has_value());
}

TEST_F(LineTest, AShortLineThatNeverStoodIsDecidedAtOnce) {
  Follow();
  Ask(3, Shard{0});
  Follow();
  const auto estimate = line_.PlaceOf({Shard{0}, Offset{2}}).estimate;
  ASSERT_TRUE(estimate.has_value());
  EXPECT_LE(estimate->time, absl::Seconds(1));
}

TEST_F(LineTest, ThoseWhoAreAheadInOtherShardsCountAsFarAsTheyGet) {
  Ask(4'000, Shard{0});
  Ask(8'000, Shard{1});
  for (int i = 0; i < 8; ++i) {
    Decide(100, Shard{0});
    Decide(25, Shard{1});
    Pass(absl::Milliseconds(250));
  }
  // 400 and 100 a second: in the time of 3,200 here, about 800 there.
  const Place place = line_.PlaceOf({Shard{0}, Offset{3'999}});
  EXPECT_EQ(place.people_ahead, 3'199);
  EXPECT_NEAR(static_cast<double>(place.people_ahead_everywhere), 4'000, 100);
  EXPECT_EQ(place.seats_wanted_ahead, place.people_ahead_everywhere);
}

TEST(WillStockReachTest, SaysYesOnlyIfAllWhoAreAheadMayTakeOne) {
  struct Case {
    int64_t ahead;
    int64_t wanted;
    int64_t left;
    WillReach expected;
  };
  const Case cases[] = {
      {0, 0, 1, WillReach::kYes},
      {99, 99, 100, WillReach::kYes},
      {100, 90, 100, WillReach::kPerhaps},
      {100, 109, 100, WillReach::kPerhaps},
      {200, 110, 100, WillReach::kNo},
      {0, 0, 0, WillReach::kNo},
      {1'000'000, 0, 1, WillReach::kPerhaps},
  };
  for (const Case& c : cases) {
    Place place;
    place.people_ahead_everywhere = c.ahead;
    place.seats_wanted_ahead = c.wanted;
    EXPECT_EQ(WillStockReach(place, c.left), c.expected)
        << c.ahead << " " << c.wanted << " " << c.left;
  }
}

class ShortMemoryTest : public LineTest {
 protected:
  ShortMemoryTest() : LineTest(/*undecided_max=*/3'000) {}
};

TEST_F(ShortMemoryTest, OfALongLineTheFirstPartIsKnownByIdAndAllByPlace) {
  Follow();
  Ask(6'000, Shard{0});
  for (int i = 0; i < 5; ++i) Pass(absl::Seconds(1));
  EXPECT_EQ(line_.PlaceOf({Shard{0}, Offset{5'999}}).people_ahead, 5'999);
  EXPECT_TRUE(line_.FindUndecided(CitizenId{"c"}, CommandId{"n0"}));
  EXPECT_FALSE(line_.FindUndecided(CitizenId{"c"}, CommandId{"n5999"}));
  for (int i = 0; i < 3; ++i) {
    Decide(1'999, Shard{0});
    Pass(absl::Seconds(1));
  }
  EXPECT_TRUE(line_.FindUndecided(CitizenId{"c"}, CommandId{"n5999"}));
}

}  // namespace
}  // namespace slotlog
