#include "tools/rush/tally.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

class TallyTest : public testing::Test {
 protected:
  static constexpr Shard kShard{1};

  /// Somebody wishes something, and it stands at the next offset.
  Wish Ask() {
    const Wish wish = *population_.Next(Tick{1});
    tally_.CommandPublished(kShard, Offset{next_offset_++});
    return wish;
  }

  v1::Confirmation AnswerTo(const Wish& wish, v1::Outcome outcome) {
    v1::Confirmation answer;
    answer.set_topic(v1::TOPIC_COMMANDS);
    answer.set_offset(next_offset_ - 1);
    const auto citizen = CitizenNameOf(wish.person);
    answer.set_citizen_id(std::string(citizen.value()));
    const auto command = CommandNameOf(wish.person, wish.number);
    answer.set_command_id(std::string(command.value()));
    answer.set_outcome(outcome);
    answer.set_site_id(std::string(places_.SiteOf(wish.slot).value));
    answer.set_slot_id(std::string(places_.SlotIdOf(wish.slot).value));
    return answer;
  }

  absl::Status Take(const v1::Confirmation& answer) {
    return tally_.TakeLive(kShard, absl::UnixEpoch(), Tick{101}, answer);
  }

  int64_t next_offset_ = 0;
  Places places_{SmallUniform(), 2031};
  Population population_{SmallUniform(), places_, 1};
  Tally tally_{places_, population_, ShardCount{2}};
};

TEST_F(TallyTest, CountsWhatTheConfirmationsSay) {
  ASSERT_TRUE(Take(AnswerTo(Ask(), v1::OUTCOME_BOOKED)).ok());
  v1::Confirmation refused = AnswerTo(Ask(), v1::OUTCOME_REFUSED);
  refused.set_refusal(v1::REFUSAL_SLOT_CLOSED);
  ASSERT_TRUE(Take(refused).ok());
  v1::Confirmation repeated = AnswerTo(Ask(), v1::OUTCOME_BOOKED);
  repeated.set_repeated(true);
  ASSERT_TRUE(Take(repeated).ok());

  const Figures figures = tally_.figures();
  EXPECT_EQ(figures.commands_published, 3u);
  EXPECT_EQ(figures.commands_answered, 3u);
  EXPECT_EQ(figures.bookings, 1u);
  EXPECT_EQ(figures.refusals.at(v1::REFUSAL_SLOT_CLOSED), 1u);
  EXPECT_EQ(figures.repeated, 1u);
  EXPECT_EQ(figures.confirmation.Count(), 2u);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(figures.confirmation.Quantile(0.5)),
              10, 0.2);
  EXPECT_TRUE(tally_.CheckComplete().ok());
}

TEST_F(TallyTest, ASecondAnswerToOneCommandIsAnError) {
  const v1::Confirmation answer = AnswerTo(Ask(), v1::OUTCOME_BOOKED);
  ASSERT_TRUE(Take(answer).ok());
  EXPECT_EQ(Take(answer).message(), "commands/1 offset 0 was answered twice");
}

TEST_F(TallyTest, ACommandWithoutAnAnswerIsAnError) {
  Take(AnswerTo(Ask(), v1::OUTCOME_BOOKED)).IgnoreError();
  Ask();
  EXPECT_EQ(tally_.CheckComplete().message(),
            "commands/1 offset 1 was never answered");
}

TEST_F(TallyTest, AnAnswerToNoCommandIsAnError) {
  v1::Confirmation answer = AnswerTo(Ask(), v1::OUTCOME_BOOKED);
  answer.set_offset(77);
  ASSERT_TRUE(Take(answer).ok());
  answer.set_offset(0);
  answer.set_repeated(true);
  ASSERT_TRUE(Take(answer).ok());
  EXPECT_EQ(tally_.CheckComplete().message(),
            "commands/1 offset 77 was answered, but holds no command of this "
            "rehearsal");
}

TEST_F(TallyTest, ASlotSoldBeyondItsCapacityIsAnError) {
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(Take(AnswerTo(Ask(), v1::OUTCOME_BOOKED)).ok());
  }
  EXPECT_TRUE(tally_.CheckComplete().ok());
  population_.Answered(PersonNumber{0}, CommandNumber{1}, v1::OUTCOME_BOOKED,
                       v1::REFUSAL_UNSPECIFIED);
  EXPECT_EQ(tally_.CheckComplete().message(),
            "slot 0726-0900 at s00000 was sold beyond its capacity of 10, by "
            "1");
}

struct WrongAnswer {
  std::string_view what;
  std::function<void(v1::Confirmation&)> make;
  std::string_view why;
};

TEST_F(TallyTest, AnAnswerThatCannotBeIsAnError) {
  const WrongAnswer answers[] = {
      {"another slot", [](auto& answer) { answer.set_slot_id("0101-0000"); },
       "names 0101-0000 at "},
      {"another site", [](auto& answer) { answer.set_site_id("s9"); },
       " at s9, but the wish was "},
      {"no outcome",
       [](auto& answer) { answer.set_outcome(v1::OUTCOME_UNSPECIFIED); },
       "has outcome 0, which no command has"},
      {"a citizen unknown",
       [](auto& answer) { answer.set_citizen_id("c0000000200"); },
       "names nobody of this rehearsal"},
      {"another topic",
       [](auto& answer) { answer.set_topic(v1::TOPIC_EVENTS); },
       "names no topic that it could answer"},
      {"a place before the log", [](auto& answer) { answer.set_offset(-1); },
       "which cannot be"},
  };
  for (const auto& [what, make, why] : answers) {
    v1::Confirmation answer = AnswerTo(Ask(), v1::OUTCOME_BOOKED);
    make(answer);
    const absl::Status status = Take(answer);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << what;
    EXPECT_NE(std::string(status.message()).find(why), std::string::npos)
        << what << ": " << status;
  }
}

TEST_F(TallyTest, AnOperationThatIsRefusedIsAnError) {
  v1::Confirmation answer;
  answer.set_topic(v1::TOPIC_OPERATIONS);
  answer.set_command_id("setup-0000003");
  answer.set_outcome(v1::OUTCOME_REFUSED);
  answer.set_refusal(v1::REFUSAL_SLOT_EXISTS);
  answer.set_field("slots");
  EXPECT_EQ(Take(answer).message(),
            "the rehearsal cannot be set up: operation setup-0000003 was "
            "refused: SLOT_EXISTS slots");
}

TEST_F(TallyTest, OperationsAreAnsweredOnceEach) {
  v1::Confirmation answer;
  answer.set_topic(v1::TOPIC_OPERATIONS);
  answer.set_outcome(v1::OUTCOME_DONE);
  for (uint32_t number = 0; number < places_.OperationCount(); ++number) {
    EXPECT_FALSE(tally_.AllOperationsAnswered());
    answer.set_command_id(places_.OperationAt(number).operation.operation_id());
    ASSERT_TRUE(Take(answer).ok());
  }
  EXPECT_TRUE(tally_.AllOperationsAnswered());
  EXPECT_FALSE(Take(answer).ok());
  answer.set_command_id("somebody-elses");
  EXPECT_FALSE(Take(answer).ok());
}

}  // namespace
}  // namespace slotlog
