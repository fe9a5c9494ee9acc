// The stored format, pinned byte for byte. When a case fails, existing journals
// can no longer be read: give the new format a new version instead, and keep
// these.

#include <gtest/gtest.h>

#include <string>

#include "events/log/embedded/embedded_log_fixture.h"
#include "events/log/embedded/frame.h"

namespace slotlog {
namespace {

constexpr std::string_view kGolden =
    // The preamble.
    "736c6f746c6f67206a6f75726e616c0a0100000002000000"
    "000102030405060708090a0b0c0d0e0f"
    "00000000000000000000000000000000"
    "a49be4f0315a05f5"
    // An append of two records.
    "f7736c6601000000010000001800000040000000000000004000000000000000"
    "01000000000000000000000000000000604b3f997a0100000200000018000000"
    "68cdfef583ce6632"
    "67c8581c0fd01c76"
    "0400000004000000616e6e61626f6f6b"
    "0000000000000000"
    // A transaction in two partitions.
    "f7736c6602000000020000001c000000a800000000000000a800000000000000"
    "04000000010000000000000000000000604b3f997a010000010000000f000000"
    "427ff80e92055aa2"
    "04000000000000000000000000000000604b3f997a010000010000000d000000"
    "de5aa9d30ba6fb2e"
    "9259efbdeb1a0ca2"
    "01000000060000006b626f6f6b6564"
    "01000000040000006b68656c64"
    // A mark.
    "f7736c660300000000000000000000003c010000000000003c01000000000000"
    "9fc9958c2feb9570";

constexpr JournalIdentity kIdentity{
    .id = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    .shards = ShardCount{2}};

std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<uint8_t>(byte) >> 4];
    hex += kDigits[static_cast<uint8_t>(byte) & 15];
  }
  return hex;
}

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const std::string digits(hex.substr(i, 2));
    bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
  }
  return bytes;
}

class FormatTest : public EmbeddedLogFixture {
 protected:
  /// Adds the frame to the journal as the only one of its group.
  void Add(JournalFrame frame, Offset base_offset) {
    for (uint32_t i = 0; i < frame.Head().section_count(); ++i) {
      frame.Stamp(i, base_offset, now_);
    }
    frame.Seal(journal_.size(), journal_.size());
    journal_ += frame.bytes();
  }

  std::string journal_ = EncodePreamble(kIdentity);
};

TEST_F(FormatTest, ASmallJournalHasTheseBytes) {
  const NewRecord commands[] = {{kCommands0, "anna", "book"},
                                {kCommands0, "", ""}};
  const NewRecord decided[] = {{kEvents1, "k", "booked"},
                               {kEvents0, "k", "held"}};
  Add(JournalFrame(FrameKind::kAppend, commands, kIdentity), Offset{0});
  Add(JournalFrame(FrameKind::kTransaction, decided, kIdentity), Offset{0});
  Add(JournalFrame(FrameKind::kMark, {}, kIdentity), Offset{0});
  EXPECT_EQ(ToHex(journal_), kGolden);
}

TEST_F(FormatTest, ThoseBytesAreReadAsThatJournal) {
  disk_.SetContents(kJournal, FromHex(kGolden));
  Open();
  EXPECT_EQ(log_->Id(), "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(log_->Recovery().frames, 3U);
  EXPECT_EQ(log_->Recovery().bytes_cut, 0U);
  EXPECT_EQ(Values(kCommands0), (std::vector<std::string>{"book", ""}));
  EXPECT_EQ(Values(kEvents1), (std::vector<std::string>{"booked"}));
  EXPECT_EQ(Values(kEvents0), (std::vector<std::string>{"held"}));
  const auto consumer = Consume(kCommands0);
  const auto batch = consumer->Fetch(kCommands0, 1, 1);
  EXPECT_EQ(batch->records[0].key, "anna");
  EXPECT_EQ(batch->records[0].timestamp, now_);
}

}  // namespace
}  // namespace slotlog
