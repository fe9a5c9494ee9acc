#include "projections/waits.h"

#include <gtest/gtest.h>

#include <string>

namespace slotlog {
namespace {

class WaitsTest : public testing::Test {
 protected:
  Waits::Callback Note(char name) {
    return [this, name] { called_ += name; };
  }

  Waits waits_;
  std::string called_;
};

TEST_F(WaitsTest, ASequenceIsToldOnceTheShardIsThere) {
  waits_.AddSequence(Shard{1}, Sequence{5}, Note('a'));
  waits_.AddSequence(Shard{1}, Sequence{6}, Note('b'));
  waits_.AddSequence(Shard{2}, Sequence{1}, Note('c'));
  waits_.Folded(Shard{1}, Sequence{4});
  EXPECT_EQ(called_, "");
  waits_.Folded(Shard{1}, Sequence{5});
  EXPECT_EQ(called_, "a");
  waits_.Folded(Shard{1}, Sequence{99});
  EXPECT_EQ(called_, "ab");
  waits_.Folded(Shard{1}, Sequence{100});
  EXPECT_EQ(called_, "ab");
  EXPECT_EQ(waits_.size(), 1u);
}

TEST_F(WaitsTest, AnAnswerIsToldToAllWhoWaitForItAndToNobodyElse) {
  const Ticket ticket{Shard{1}, Offset{5}};
  waits_.AddAnswer(ticket, Note('a'));
  waits_.AddAnswer(ticket, Note('b'));
  waits_.AddAnswer({Shard{1}, Offset{6}}, Note('c'));
  waits_.AddOperationAnswer(ticket, Note('d'));
  waits_.AddSequence(Shard{1}, Sequence{5}, Note('e'));
  waits_.Answered(ticket);
  EXPECT_EQ(called_, "ab");
  waits_.OperationAnswered(ticket);
  EXPECT_EQ(called_, "abd");
}

TEST_F(WaitsTest, WhoIsCancelledIsNotCalled) {
  const WaitId id = waits_.AddAnswer({Shard{1}, Offset{5}}, Note('a'));
  EXPECT_TRUE(waits_.Cancel(id));
  EXPECT_FALSE(waits_.Cancel(id));
  waits_.Answered({Shard{1}, Offset{5}});
  EXPECT_EQ(called_, "");
  EXPECT_EQ(waits_.size(), 0u);
}

TEST_F(WaitsTest, ACallbackMayWaitAgainAndCancelOthers) {
  const Ticket ticket{Shard{0}, Offset{1}};
  const WaitId other = waits_.AddAnswer({Shard{0}, Offset{2}}, Note('x'));
  waits_.AddAnswer(ticket, [&] {
    waits_.Cancel(other);
    waits_.AddAnswer(ticket, Note('a'));
  });
  waits_.Answered(ticket);
  waits_.Answered(ticket);
  EXPECT_EQ(called_, "a");
}

TEST_F(WaitsTest, NewsThatIsHeldIsToldOnRelease) {
  const Ticket ticket{Shard{1}, Offset{5}};
  waits_.Hold();
  waits_.AddAnswer(ticket, Note('a'));
  waits_.AddAnswer({Shard{1}, Offset{6}}, Note('b'));
  waits_.AddSequence(Shard{1}, Sequence{5}, Note('c'));
  const WaitId cancelled = waits_.AddAnswer(ticket, Note('d'));
  waits_.Answered(ticket);
  waits_.Folded(Shard{1}, Sequence{5});
  EXPECT_EQ(called_, "");
  EXPECT_TRUE(waits_.Cancel(cancelled));
  waits_.Release();
  EXPECT_EQ(called_, "ac");
  waits_.Answered({Shard{1}, Offset{6}});
  EXPECT_EQ(called_, "acb");
}

}  // namespace
}  // namespace slotlog
