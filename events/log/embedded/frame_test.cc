#include "events/log/embedded/frame.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace slotlog {
namespace {

constexpr JournalIdentity kIdentity{
    .id = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    .shards = ShardCount{2}};
constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};
constexpr TopicPartition kEvents1{Topic::kEvents, Shard{1}};
constexpr TopicPartition kCommands1{Topic::kCommands, Shard{1}};
constexpr uint64_t kPosition = 1000;

JournalFrame SealedFrame(std::vector<NewRecord> records) {
  JournalFrame frame(FrameKind::kTransaction, records, kIdentity);
  for (uint32_t i = 0; i < frame.Head().section_count(); ++i) {
    frame.Stamp(i, Offset{100 * (i + 1)}, absl::FromUnixMillis(i));
  }
  frame.Seal(kPosition, /*synced_length=*/900);
  return frame;
}

size_t HeadLength(const JournalFrame& frame) {
  return frame.bytes().size() - frame.body().size();
}

absl::Status ParseHead(std::string_view bytes, size_t length,
                       uint64_t position = kPosition,
                       const JournalIdentity& identity = kIdentity) {
  absl::StatusOr<size_t> told = FrameHead::LengthFrom(
      bytes.substr(0, FrameHead::kFixedLength), identity.shards);
  if (!told.ok()) return told.status();
  if (*told != length) return absl::DataLossError("another length");
  return FrameHead::Parse(bytes.substr(0, length), position, identity).status();
}

TEST(FrameTest, RecordsOfAPartitionStandTogetherInTheirOrder) {
  const JournalFrame frame = SealedFrame(
      {{kEvents1, "a", "1"}, {kCommands1, "", "2"}, {kEvents1, "c", ""}});
  const FrameHead head = frame.Head();
  ASSERT_EQ(head.section_count(), 2U);
  EXPECT_EQ(head.SectionAt(0).partition, kEvents1);
  EXPECT_EQ(head.SectionAt(0).record_count, 2U);
  EXPECT_EQ(head.SectionAt(0).base_offset, Offset{100});
  EXPECT_EQ(head.SectionAt(0).EndOffset(), Offset{102});
  EXPECT_EQ(head.SectionAt(1).partition, kCommands1);
  EXPECT_EQ(head.SectionAt(1).append_time, absl::FromUnixMillis(1));
  EXPECT_EQ(head.synced_length(), 900U);
  EXPECT_EQ(head.end_position(), kPosition + frame.bytes().size());

  std::string_view body = frame.body();
  std::string all;
  while (const auto record = ParseRecord(body)) {
    all += std::string(record->key) + "=" + std::string(record->value) + ";";
    body.remove_prefix(record->bytes);
  }
  EXPECT_EQ(all, "a=1;c=;=2;");
  EXPECT_TRUE(body.empty());
}

TEST(FrameTest, EveryFlippedBitOfAHeadIsFound) {
  const JournalFrame frame =
      SealedFrame({{kEvents0, "k", "v"}, {kEvents1, "k", "v"}});
  const size_t length = HeadLength(frame);
  std::string bytes(frame.bytes());
  ASSERT_TRUE(ParseHead(bytes, length).ok());
  for (size_t bit = 0; bit < 8 * length; ++bit) {
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_TRUE(absl::IsDataLoss(ParseHead(bytes, length))) << "bit " << bit;
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(FrameTest, EveryFlippedBitOfABodyChangesTheChecksum) {
  const JournalFrame frame = SealedFrame({{kEvents0, "key", "value"}});
  std::string body(frame.body());
  const uint64_t checksum = frame.Head().SectionAt(0).checksum;
  ASSERT_EQ(SectionChecksum(body, kIdentity), checksum);
  for (size_t bit = 0; bit < 8 * body.size(); ++bit) {
    body[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_NE(SectionChecksum(body, kIdentity), checksum) << "bit " << bit;
    body[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(FrameTest, AFrameCountsOnlyInItsPlaceOfItsJournal) {
  const JournalFrame frame = SealedFrame({{kEvents0, "k", "v"}});
  const size_t length = HeadLength(frame);
  EXPECT_TRUE(ParseHead(frame.bytes(), length).ok());
  EXPECT_TRUE(absl::IsDataLoss(ParseHead(frame.bytes(), length, 1001)));
  JournalIdentity other = kIdentity;
  other.id[0] = 99;
  EXPECT_TRUE(
      absl::IsDataLoss(ParseHead(frame.bytes(), length, kPosition, other)));
}

TEST(FrameTest, ARightChecksumOverNonsenseIsAMistakeAndNoDamage) {
  JournalFrame frame(FrameKind::kMark, {}, kIdentity);
  frame.Seal(kPosition, /*synced_length=*/kPosition + 1);
  EXPECT_EQ(ParseHead(frame.bytes(), HeadLength(frame)).code(),
            absl::StatusCode::kInternal);
}

TEST(FrameTest, EveryFlippedBitOfAPreambleIsFound) {
  std::string bytes = EncodePreamble(kIdentity);
  ASSERT_EQ(ParsePreamble(bytes)->Hex(), "000102030405060708090a0b0c0d0e0f");
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_FALSE(ParsePreamble(bytes).ok()) << "bit " << bit;
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(FrameTest, ARecordThatDoesNotFitIsNone) {
  for (std::string_view traceparent : {"", "trace"}) {
    const JournalFrame frame =
        SealedFrame({{kEvents0, "key", "value", traceparent}});
    const std::string_view body = frame.body();
    for (size_t length = 0; length < body.size(); ++length) {
      EXPECT_FALSE(ParseRecord(body.substr(0, length)).has_value()) << length;
    }
    const auto record = ParseRecord(body);
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->key, "key");
    EXPECT_EQ(record->value, "value");
    EXPECT_EQ(record->traceparent, traceparent);
    EXPECT_EQ(record->bytes, body.size());
  }
}

}  // namespace
}  // namespace slotlog
