#include "tools/verify/match_checks.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tools/verify/handmade_history.h"

namespace slotlog::verify {
namespace {

/// A small day, read up to a cut that lies elsewhere in each shard.
class MatchChecksTest : public testing::Test {
 protected:
  MatchChecksTest() { WriteSmallDay(history_); }

  void ReadBatches(int of_shard_0, int of_shard_1) {
    const int batches[] = {of_shard_0, of_shard_1};
    for (uint32_t shard = 0; shard < HandmadeHistory::kShards; ++shard) {
      auto audit = ShardAudit::Open(history_.log(), Shard{shard});
      ASSERT_TRUE(audit.ok()) << audit.status().ToString();
      for (int i = 0; i < batches[shard]; ++i) {
        ASSERT_TRUE((*audit)->Advance().value());
      }
      audits_.push_back(*std::move(audit));
    }
  }

  uint64_t BatchesRead(int shard) { return audits_[shard]->Counted().batches; }

  /// The comparisons across shards find nothing; how many messages are in
  /// flight.
  uint64_t ExpectNoOffence() {
    Findings findings;
    auto messages = CheckMessages(audits_, findings);
    EXPECT_TRUE(messages.ok()) << messages.status().ToString();
    CheckSeatsMatchClaims(audits_, findings);
    CheckNobodyWaitsInVain(audits_, *messages, findings);
    EXPECT_TRUE(findings.Hold());
    return *messages;
  }

  HandmadeHistory history_;
  std::vector<std::unique_ptr<ShardAudit>> audits_;
};

TEST_F(MatchChecksTest, ACitizensShardThatLagsCatchesUpWithItsSeats) {
  ReadBatches(0, 3);  // ann's seat is taken, and nobody has asked for it
  ASSERT_TRUE(CloseCut(audits_).ok());
  EXPECT_EQ(BatchesRead(0), 3);     // up to "ann asks"
  EXPECT_EQ(ExpectNoOffence(), 1);  // the answer
}

TEST_F(MatchChecksTest, ASlotsShardThatLagsCatchesUpWithItsAnswers) {
  ReadBatches(4, 0);  // ann is booked, and no slot is open
  ASSERT_TRUE(CloseCut(audits_).ok());
  EXPECT_EQ(BatchesRead(1), 3);  // up to "ann's seat"
  EXPECT_EQ(ExpectNoOffence(), 0);
}

TEST_F(MatchChecksTest, ACutWithNothingMissingStaysAsItIs) {
  ReadBatches(3, 1);
  ASSERT_TRUE(CloseCut(audits_).ok());
  EXPECT_EQ(BatchesRead(0), 3);
  EXPECT_EQ(BatchesRead(1), 1);
  EXPECT_EQ(ExpectNoOffence(), 1);  // the request
}

}  // namespace
}  // namespace slotlog::verify
