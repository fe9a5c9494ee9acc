// What opening a journal makes of its end: honest power cuts are cut off and
// reported, damage is refused.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/log/embedded/embedded_log_fixture.h"
#include "events/log/embedded/frame.h"

namespace slotlog {
namespace {

using Cut = SimulatedFileSystem::Cut;
using Strings = std::vector<std::string>;

class RecoveryTest : public EmbeddedLogFixture {
 protected:
  /// The journal of a process that was killed after these appends, and where
  /// each one's frame begins; the last number is the journal's length.
  std::vector<size_t> WriteAndKill(const Strings& values) {
    Open();
    std::vector<size_t> starts{Journal().size()};
    for (const std::string& value : values) {
      EXPECT_TRUE(Append(value).ok());
      starts.push_back(Journal().size());
    }
    CutNow(Cut::kProcess, 0);
    return starts;
  }

  void ExpectRefused(uint64_t frame, const std::string& what) {
    const std::string before = Journal();
    const absl::Status refused = TryOpen();
    EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss) << what;
    const std::string place = "log/journal, byte ";
    const std::string text(refused.message());
    ASSERT_TRUE(text.starts_with(place)) << text;
    EXPECT_GE(std::stoull(text.substr(place.size())), frame) << what;
    EXPECT_EQ(Journal(), before);
  }
};

TEST_F(RecoveryTest, ACleanLogIsFoundWhole) {
  Open();
  ASSERT_TRUE(Append("a").ok());
  Close();
  const std::string journal = Journal();
  Open();
  EXPECT_EQ(log_->Recovery().bytes_cut, 0U);
  EXPECT_EQ(log_->Recovery().journal_bytes, journal.size());
  EXPECT_EQ(log_->Recovery().frames, 2U) << "the append and the mark";
  Close();
  EXPECT_EQ(Journal(), journal) << "nothing new needs no new mark";
}

TEST_F(RecoveryTest, ATornEndIsCutAndReported) {
  const std::vector<size_t> starts = WriteAndKill({"a", "b", "torn"});
  const std::string whole = Journal();
  for (size_t length = starts[2] + 1; length < whole.size(); ++length) {
    disk_.SetContents(kJournal, whole.substr(0, length));
    Open();
    EXPECT_EQ(log_->Recovery().journal_bytes, starts[2]);
    EXPECT_EQ(log_->Recovery().bytes_cut, length - starts[2]);
    EXPECT_NE(log_->Recovery().cut_reason, "");
    EXPECT_EQ(Values(kEvents0), (Strings{"a", "b"}));
    EXPECT_EQ(Append("c").value(), std::vector<Offset>{Offset{2}});
    Reopen();
    EXPECT_EQ(Values(kEvents0), (Strings{"a", "b", "c"}));
    Close();
  }
}

TEST_F(RecoveryTest, ALastFrameThatMissesASectorIsCut) {
  const std::vector<size_t> starts =
      WriteAndKill({"a", std::string(5000, 'x')});
  std::string journal = Journal();
  journal.replace(starts[1] + 1000, 512, std::string(512, '\0'));
  disk_.SetContents(kJournal, journal);
  Open();
  EXPECT_EQ(log_->Recovery().bytes_cut, journal.size() - starts[1]);
  EXPECT_EQ(Values(kEvents0), Strings{"a"});
}

TEST_F(RecoveryTest, WhatWasCutOffNeverComesBack) {
  WriteAndKill({"a"});
  const std::string whole = Journal();
  const JournalIdentity identity =
      *ParsePreamble(whole.substr(0, kPreambleLength));
  // A group of two frames, of which the first is torn.
  std::string torn = whole;
  for (int64_t offset = 1; offset <= 2; ++offset) {
    const NewRecord records[] = {{kEvents0, "k", "old"}};
    JournalFrame frame(FrameKind::kAppend, records, identity);
    frame.Stamp(0, Offset{offset}, now_);
    frame.Seal(torn.size(), /*synced_length=*/whole.size());
    torn += frame.bytes();
  }
  disk_.SetContents(kJournal, torn);
  disk_.FlipBit(kJournal, whole.size());
  Open();
  // A frame as long as the torn one, right before the whole one.
  ASSERT_TRUE(Append("new").ok());
  KillAndReopen();
  EXPECT_EQ(Values(kEvents0), (Strings{"a", "new"}));
}

TEST_F(RecoveryTest, DamageBelowTheSyncedLengthIsRefused) {
  const std::vector<size_t> starts = WriteAndKill({"a", "b", "c"});
  const std::string whole = Journal();
  for (size_t at = starts[0]; at < starts[2]; ++at) {
    disk_.SetContents(kJournal, whole);
    disk_.FlipBit(kJournal, at);
    ExpectRefused(at < starts[1] ? starts[0] : starts[1],
                  "byte " + std::to_string(at));
  }
}

TEST_F(RecoveryTest, DamageToAReadOnlyLogIsRefusedToo) {
  const std::vector<size_t> starts = WriteAndKill({"a", "b"});
  disk_.FlipBit(kJournal, starts[0] + 5);
  options_.read_only = true;
  ExpectRefused(starts[0], "read-only");
}

TEST_F(RecoveryTest, DamageToACleanlyClosedLogIsRefused) {
  const std::vector<size_t> starts = WriteAndKill({"a"});
  Open();
  Close();
  const std::string whole = Journal();
  for (size_t at = starts[0]; at < starts[1]; ++at) {
    disk_.SetContents(kJournal, whole);
    disk_.FlipBit(kJournal, at);
    ExpectRefused(starts[0], "byte " + std::to_string(at));
  }
}

TEST_F(RecoveryTest, DamageToASettledLogIsRefused) {
  options_.settle_after = absl::Milliseconds(1);
  Open();
  const int syncs = disk_.Syncs();
  const size_t start = Journal().size();
  ASSERT_TRUE(Append("a").ok());
  disk_.AwaitSyncs(syncs + 2);
  CutNow(Cut::kProcess, 0);
  disk_.FlipBit(kJournal, start);
  ExpectRefused(start, "after the mark");
}

TEST_F(RecoveryTest, DamageToThePreambleIsRefused) {
  WriteAndKill({"a"});
  const std::string whole = Journal();
  for (size_t at = 0; at < kPreambleLength; ++at) {
    disk_.SetContents(kJournal, whole);
    disk_.FlipBit(kJournal, at);
    ExpectRefused(0, "byte " + std::to_string(at));
  }
  disk_.SetContents(kJournal, whole.substr(0, kPreambleLength - 1));
  ExpectRefused(0, "too short");
}

TEST_F(RecoveryTest, ProofIsFoundFarBehindTheDamage) {
  Open();
  const size_t start = Journal().size();
  ASSERT_TRUE(Append("a").ok());
  ASSERT_TRUE(Append(std::string(9 << 20, 'x')).ok());
  CutNow(Cut::kProcess, 0);
  disk_.FlipBit(kJournal, start);
  ExpectRefused(start, "the only proof is a frame of 9 MiB");
  // Its head is the proof: its body need not be whole.
  disk_.SetContents(kJournal, Journal().substr(0, Journal().size() - 1));
  ExpectRefused(start, "the proof is torn");
}

TEST_F(RecoveryTest, AFrameWithinARecordIsNoProof) {
  WriteAndKill({"a", "b"});
  Open();
  const size_t start = Journal().size();
  // A copy of the journal, frames and all.
  ASSERT_TRUE(Append(Journal()).ok());
  CutNow(Cut::kProcess, 0);
  disk_.SetContents(kJournal, Journal().substr(0, Journal().size() - 1));
  Open();
  EXPECT_EQ(log_->Recovery().journal_bytes, start);
  EXPECT_EQ(Values(kEvents0), (Strings{"a", "b"}));
}

TEST_F(RecoveryTest, WhatIsFoundIsDurableBeforeItIsRead) {
  for (uint64_t seed = 0; seed < 32; ++seed) {
    Open();
    const size_t had = Values(kEvents0).size();
    // The process is killed when its write is done and its sync is not.
    disk_.CutAtOperation(2, Cut::kProcess, seed);
    (void)Append("a");
    Close();
    disk_.Restart();
    Open();
    ASSERT_EQ(Values(kEvents0).size(), had + 1);
    CutNow(Cut::kPower, seed);
    Open();
    ASSERT_EQ(Values(kEvents0).size(), had + 1) << "seed " << seed;
    Close();
  }
}

TEST_F(RecoveryTest, ACutWhileTheLogIsMadeLeavesNoneOrAWholeOne) {
  for (const Cut cut : {Cut::kPower, Cut::kProcess}) {
    for (int operation = 1; operation <= 6; ++operation) {
      for (uint64_t seed = 0; seed < 16; ++seed) {
        SimulatedFileSystem disk;
        options_.file_system = &disk;
        disk.CutAtOperation(operation, cut, seed);
        Open();
        if (!disk.PowerIsOff()) disk.CutNow(cut, seed);
        Close();
        disk.Restart();
        Open();
        ASSERT_TRUE(Append("a").ok());
        disk.CutNow(Cut::kPower, seed);
        Close();
        disk.Restart();
        Open();
        EXPECT_EQ(Values(kEvents0), Strings{"a"});
        Close();
      }
    }
  }
}

}  // namespace
}  // namespace slotlog
