#include "projections/outcomes/outcomes.h"

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/folded_model.h"

namespace slotlog {
namespace {

constexpr Shard kShard{0};

class OutcomesTest : public testing::Test {
 protected:
  void Fold(const std::string& text) { outcomes_.Fold(kShard, text); }
  std::optional<CommandOutcome> At(int64_t offset) {
    auto found = outcomes_->Find(Ticket{kShard, Offset{offset}});
    EXPECT_TRUE(found.ok());
    return *found;
  }
  std::optional<CommandOutcome> Of(std::string_view command) {
    auto found = outcomes_->Find(CitizenId{"c"}, CommandId{command});
    EXPECT_TRUE(found.ok());
    return *found;
  }
  bool IsForgotten(int64_t offset) {
    auto forgotten = outcomes_->IsForgotten({kShard, Offset{offset}});
    EXPECT_TRUE(forgotten.ok());
    return *forgotten;
  }

  FoldedModel<Outcomes> outcomes_{ShardCount{2}};
};

TEST_F(OutcomesTest, AnAnswerIsFoundByTicketAndById) {
  const absl::Time asked_at = outcomes_.history.now;
  Fold(R"(
      inputs { topic: TOPIC_COMMANDS offset: 5 count: 1 }
      events {
        cause_topic: TOPIC_COMMANDS cause_offset: 5 command_digest: 77
        seat_asked { citizen_id: 'c' command_id: 'x' command_offset: 5
                     campaign_id: 'k' site_id: 's' slot_id: 't' turn: 1 } })");
  ASSERT_TRUE(At(5).has_value());
  EXPECT_FALSE(At(5)->is_decided);
  EXPECT_EQ(Of("x")->ticket.offset, Offset{5});
  EXPECT_EQ(Of("x")->command_digest, 77u);
  outcomes_.history.now += absl::Seconds(3);
  Fold(absl::StrCat(R"(
      inputs { topic: TOPIC_INTERNAL offset: 0 count: 1 }
      events {
        cause_topic: TOPIC_INTERNAL asked_at_unix_ms: )",
                    absl::ToUnixMillis(asked_at), R"(
        held { citizen_id: 'c' command_id: 'x' command_offset: 5
               campaign_id: 'k' site_id: 's' slot_id: 't' turn: 1
               slot_shard: 1 slot_sequence: 9 seat: 4
               deadline_unix_ms: 1000 } })"));
  outcomes_.Reload();
  const auto found = Of("x");
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->is_decided);
  EXPECT_EQ(found->ticket, (Ticket{kShard, Offset{5}}));
  EXPECT_EQ(found->command_digest, 77u);
  EXPECT_EQ(found->outcome, v1::OUTCOME_HELD);
  EXPECT_EQ(found->campaign_id, "k");
  EXPECT_EQ(found->site_id, "s");
  EXPECT_EQ(found->slot_id, "t");
  EXPECT_EQ(found->seat, SeatNumber{4});
  EXPECT_EQ(found->deadline, absl::FromUnixMillis(1000));
  EXPECT_EQ(found->asked_at, asked_at);
  EXPECT_EQ(found->decided_at, asked_at + absl::Seconds(3));
  EXPECT_EQ(found->sequence, Sequence{2});
  EXPECT_EQ(found->slot_shard, Shard{1});
  EXPECT_EQ(found->slot_sequence, Sequence{9});
}

TEST_F(OutcomesTest, NothingIsKnownOfWhatWasNotAsked) {
  EXPECT_FALSE(At(0).has_value());
  EXPECT_FALSE(Of("x").has_value());
  EXPECT_FALSE(IsForgotten(0));
}

TEST_F(OutcomesTest, ARefusalNamesItsReasonAndField) {
  Fold(R"(events {
      cause_topic: TOPIC_COMMANDS cause_offset: 1
      command_refused { citizen_id: 'c' command_id: 'x' command_offset: 1
                        refusal: REFUSAL_ID_MISSING field: 'book.site_id' } })");
  EXPECT_EQ(At(1)->outcome, v1::OUTCOME_REFUSED);
  EXPECT_EQ(At(1)->refusal, v1::REFUSAL_ID_MISSING);
  EXPECT_EQ(At(1)->field, "book.site_id");
}

TEST_F(OutcomesTest, TheFirstAnswerStaysTheIdsAnswer) {
  Fold(R"(
      events { cause_topic: TOPIC_COMMANDS cause_offset: 1
        command_refused { citizen_id: 'c' command_id: 'x' command_offset: 1
                          refusal: REFUSAL_SLOT_FULL campaign_id: 'k' } }
      events { cause_topic: TOPIC_COMMANDS cause_offset: 2
        command_repeated { citizen_id: 'c' command_id: 'x' command_offset: 2
                           outcome: OUTCOME_REFUSED
                           refusal: REFUSAL_SLOT_FULL } }
      events { cause_topic: TOPIC_COMMANDS cause_offset: 3
        command_refused { citizen_id: 'c' command_id: 'x' command_offset: 3
                          refusal: REFUSAL_COMMAND_ID_REUSED } }
      events { cause_topic: TOPIC_COMMANDS cause_offset: 4
        command_refused { citizen_id: 'c' command_id: 'x' command_offset: 4
                          refusal: REFUSAL_ID_MISSING } })");
  EXPECT_EQ(Of("x")->ticket.offset, Offset{1});
  EXPECT_FALSE(At(1)->is_repeated);
  EXPECT_TRUE(At(2)->is_repeated);
  EXPECT_EQ(At(2)->refusal, v1::REFUSAL_SLOT_FULL);
  EXPECT_EQ(At(3)->refusal, v1::REFUSAL_COMMAND_ID_REUSED);
}

TEST_F(OutcomesTest, WhoWasBusyIsAnsweredLater) {
  Fold(R"(
      events { cause_topic: TOPIC_COMMANDS cause_offset: 1
        command_refused { citizen_id: 'c' command_id: 'x' command_offset: 1
                          refusal: REFUSAL_BUSY } })");
  EXPECT_EQ(Of("x")->ticket.offset, Offset{1});
  Fold(R"(
      events { cause_topic: TOPIC_COMMANDS cause_offset: 2
        command_refused { citizen_id: 'c' command_id: 'x' command_offset: 2
                          refusal: REFUSAL_SLOT_FULL campaign_id: 'k' } })");
  EXPECT_EQ(Of("x")->ticket.offset, Offset{2});
}

TEST_F(OutcomesTest, AParkedCommandIsBeingDecidedAndKeepsItsDigest) {
  Fold(R"(
      events { cause_topic: TOPIC_COMMANDS cause_offset: 8 command_digest: 5
        command_parked { command { command_id: 'x' citizen_id: 'c'
                                   cancel { campaign_id: 'k' } } } })");
  EXPECT_FALSE(Of("x")->is_decided);
  EXPECT_EQ(Of("x")->command_digest, 5u);
  Fold(R"(
      events { cause_topic: TOPIC_INTERNAL cause_offset: 0
        release_asked { citizen_id: 'c' command_id: 'x' command_offset: 8 } }
      events { cause_topic: TOPIC_INTERNAL cause_offset: 0
        cancelled { citizen_id: 'c' command_id: 'x' command_offset: 8 } })");
  EXPECT_TRUE(Of("x")->is_decided);
  EXPECT_EQ(Of("x")->command_digest, 5u);
  EXPECT_EQ(Of("x")->outcome, v1::OUTCOME_CANCELLED);
}

TEST_F(OutcomesTest, AnOperationIsFoundByItsRecord) {
  Fold(R"(
      inputs { topic: TOPIC_OPERATIONS offset: 3 count: 2 }
      events { cause_topic: TOPIC_OPERATIONS cause_offset: 3
               site_defined { operation_id: 'o1' } }
      events { cause_topic: TOPIC_OPERATIONS cause_offset: 4
               operation_refused { operation_id: 'o2'
                                   refusal: REFUSAL_SITE_UNKNOWN } })");
  auto done = outcomes_->FindOperation({kShard, Offset{3}});
  ASSERT_TRUE(done.ok() && done->has_value());
  EXPECT_EQ((*done)->operation_id, "o1");
  EXPECT_EQ((*done)->outcome, v1::OUTCOME_DONE);
  auto refused = outcomes_->FindOperation({kShard, Offset{4}});
  EXPECT_EQ((*refused)->refusal, v1::REFUSAL_SITE_UNKNOWN);
  auto unknown = outcomes_->FindOperation({kShard, Offset{5}});
  EXPECT_FALSE(unknown->has_value());
}

TEST_F(OutcomesTest, WhatIsOldIsForgottenAFewAtATime) {
  const auto refuse = [&](int64_t from, int64_t to) {
    std::string text =
        absl::StrCat("inputs { topic: TOPIC_COMMANDS offset: ", from,
                     " count: ", to - from, " }");
    for (int64_t offset = from; offset < to; ++offset) {
      absl::StrAppend(
          &text, "events { cause_topic: TOPIC_COMMANDS cause_offset: ", offset,
          " command_refused { citizen_id: 'c' command_id: 'x", offset,
          "' command_offset: ", offset,
          " refusal: REFUSAL_SLOT_FULL campaign_id: 'k' } }");
    }
    Fold(text);
  };
  refuse(0, 100);
  outcomes_.history.now += absl::Hours(47);
  refuse(100, 110);
  EXPECT_TRUE(At(0).has_value());
  outcomes_.history.now += absl::Hours(2);
  Fold("");
  EXPECT_FALSE(At(0).has_value());
  EXPECT_FALSE(Of("x0").has_value());
  EXPECT_TRUE(IsForgotten(0));
  EXPECT_TRUE(At(50).has_value());  // bounded
  for (int i = 0; i < 20; ++i) Fold("");
  EXPECT_FALSE(At(99).has_value());
  EXPECT_TRUE(IsForgotten(99));
  EXPECT_TRUE(At(100).has_value());
  EXPECT_EQ(Of("x109")->ticket.offset, Offset{109});
  EXPECT_FALSE(IsForgotten(100));
}

}  // namespace
}  // namespace slotlog
