#include "events/log/embedded/frame.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <bit>
#include <cstring>
#include <vector>

#include "events/invariant.h"

namespace slotlog {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the journal's numbers are little-endian and copied as they are");

constexpr std::string_view kJournalMagic = "slotlog journal\n";
constexpr uint32_t kVersion = 1;

// Places in the preamble.
constexpr size_t kVersionAt = 16;
constexpr size_t kShardsAt = 20;
constexpr size_t kIdAt = 24;
constexpr size_t kPreambleChecksumAt = 56;

// Places in a head.
constexpr size_t kKindAt = 4;
constexpr size_t kSectionCountAt = 8;
constexpr size_t kBodyLengthAt = 12;
constexpr size_t kPositionAt = 16;
constexpr size_t kSyncedLengthAt = 24;

// Places in a line of the section table.
constexpr size_t kTopicAt = 0;
constexpr size_t kShardAt = 4;
constexpr size_t kBaseOffsetAt = 8;
constexpr size_t kAppendTimeAt = 16;
constexpr size_t kRecordCountAt = 24;
constexpr size_t kLengthAt = 28;
constexpr size_t kChecksumAt = 32;
constexpr size_t kSectionHeadLength = 40;

constexpr size_t kRecordHeadLength = 8;
/// Of a record's key_length. No key is so long: see kFrameBodyBytesMax.
constexpr uint32_t kHasTraceparent = uint32_t{1} << 31;

template <typename T>
void Store(char* at, T value) {
  std::memcpy(at, &value, sizeof(value));
}

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

uint64_t Checksum(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

size_t HeadLength(size_t section_count) {
  return FrameHead::kFixedLength + section_count * kSectionHeadLength +
         sizeof(uint64_t);
}

size_t SectionAtByte(uint32_t index) {
  return FrameHead::kFixedLength + index * kSectionHeadLength;
}

char* Copy(char* to, std::string_view bytes) {
  // An empty view may point nowhere, which memcpy does not allow.
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

char* CopyRecord(char* to, const NewRecord& record) {
  const bool is_traced = !record.traceparent.empty();
  Store(to, static_cast<uint32_t>(record.key.size()) |
                (is_traced ? kHasTraceparent : 0));
  Store(to + 4, static_cast<uint32_t>(record.value.size()));
  to += kRecordHeadLength;
  if (is_traced) {
    Store(to, static_cast<uint16_t>(record.traceparent.size()));
    to = Copy(to + sizeof(uint16_t), record.traceparent);
  }
  return Copy(Copy(to, record.key), record.value);
}

/// What is wrong with a head whose checksum is right; "" if nothing is.
std::string_view Nonsense(const FrameHead& head, ShardCount shards) {
  if (head.synced_length() > head.position()) {
    return "it names more bytes as synced than stand before it";
  }
  uint64_t length = 0;
  for (uint32_t i = 0; i < head.section_count(); ++i) {
    const SectionHead section = head.SectionAt(i);
    const auto topic = static_cast<uint32_t>(section.partition.topic);
    if (topic == 0 || topic > std::size(kTopics)) return "no such topic";
    if (section.partition.shard >= Shard{shards.value}) return "no such shard";
    if (section.record_count == 0) return "a section without records";
    length += section.length;
  }
  if (head.body_position() + length != head.end_position()) {
    return "its sections do not fill its body";
  }
  return "";
}

/// The records of one partition among those of a frame to be made.
struct SectionPlan {
  TopicPartition partition;
  uint32_t record_count = 0;
  size_t length = 0;
  char* cursor = nullptr;
};

}  // namespace

std::string JournalIdentity::Hex() const {
  std::string hex;
  for (char byte : id) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

uint64_t JournalIdentity::ChecksumSeed() const {
  return Load<uint64_t>(id.data());
}

std::string EncodePreamble(const JournalIdentity& identity) {
  std::string bytes(kPreambleLength, '\0');
  Copy(bytes.data(), kJournalMagic);
  Store(&bytes[kVersionAt], kVersion);
  Store(&bytes[kShardsAt], identity.shards.value);
  Copy(&bytes[kIdAt], {identity.id.data(), identity.id.size()});
  Store(&bytes[kPreambleChecksumAt],
        Checksum({bytes.data(), kPreambleChecksumAt}, identity.ChecksumSeed()));
  return bytes;
}

absl::StatusOr<JournalIdentity> ParsePreamble(std::string_view bytes) {
  INVARIANT(bytes.size() == kPreambleLength, "a preamble has one length");
  if (!bytes.starts_with(kJournalMagic)) {
    return absl::DataLossError("it does not begin as a journal does");
  }
  JournalIdentity identity;
  std::memcpy(identity.id.data(), &bytes[kIdAt], identity.id.size());
  identity.shards.value = Load<uint32_t>(&bytes[kShardsAt]);
  if (Checksum(bytes.substr(0, kPreambleChecksumAt), identity.ChecksumSeed()) !=
      Load<uint64_t>(&bytes[kPreambleChecksumAt])) {
    return absl::DataLossError("the preamble's checksum is wrong");
  }
  const auto version = Load<uint32_t>(&bytes[kVersionAt]);
  if (version != kVersion) {
    return absl::UnimplementedError(fmt::format(
        "its format is version {}, this program knows {}", version, kVersion));
  }
  return identity;
}

absl::StatusOr<size_t> FrameHead::LengthFrom(std::string_view fixed,
                                             ShardCount shards) {
  INVARIANT(fixed.size() == kFixedLength, "a head's beginning has one length");
  if (!fixed.starts_with(kFrameMagic)) {
    return absl::DataLossError("no frame begins here");
  }
  const FrameHead head(fixed);
  if (head.section_count() > PartitionTotal(shards) ||
      Load<uint32_t>(&fixed[kBodyLengthAt]) > kFrameBodyBytesMax) {
    return absl::DataLossError("the frame's lengths are beyond their bounds");
  }
  return HeadLength(head.section_count());
}

absl::StatusOr<FrameHead> FrameHead::Parse(std::string_view bytes,
                                           uint64_t position,
                                           const JournalIdentity& identity) {
  const std::string_view summed =
      bytes.substr(0, bytes.size() - sizeof(uint64_t));
  if (Checksum(summed, identity.ChecksumSeed()) !=
      Load<uint64_t>(bytes.data() + summed.size())) {
    return absl::DataLossError("the checksum of the frame's head is wrong");
  }
  const FrameHead head(bytes);
  if (head.position() != position) {
    return absl::DataLossError(
        fmt::format("the frame belongs at byte {}", head.position()));
  }
  const std::string_view nonsense = Nonsense(head, identity.shards);
  if (!nonsense.empty()) {
    return absl::InternalError(
        fmt::format("the frame's head makes no sense: {}", nonsense));
  }
  return head;
}

FrameKind FrameHead::kind() const {
  return static_cast<FrameKind>(Load<uint32_t>(&bytes_[kKindAt]));
}

uint32_t FrameHead::section_count() const {
  return Load<uint32_t>(&bytes_[kSectionCountAt]);
}

uint64_t FrameHead::position() const {
  return Load<uint64_t>(&bytes_[kPositionAt]);
}

uint64_t FrameHead::synced_length() const {
  return Load<uint64_t>(&bytes_[kSyncedLengthAt]);
}

uint64_t FrameHead::end_position() const {
  return body_position() + Load<uint32_t>(&bytes_[kBodyLengthAt]);
}

SectionHead FrameHead::SectionAt(uint32_t index) const {
  const char* at = &bytes_[SectionAtByte(index)];
  return {
      .partition = {static_cast<Topic>(Load<uint32_t>(at + kTopicAt)),
                    Shard{Load<uint32_t>(at + kShardAt)}},
      .base_offset = Offset{Load<int64_t>(at + kBaseOffsetAt)},
      .append_time = absl::FromUnixMillis(Load<int64_t>(at + kAppendTimeAt)),
      .record_count = Load<uint32_t>(at + kRecordCountAt),
      .length = Load<uint32_t>(at + kLengthAt),
      .checksum = Load<uint64_t>(at + kChecksumAt),
  };
}

JournalFrame::JournalFrame(FrameKind kind, absl::Span<const NewRecord> records,
                           const JournalIdentity& identity)
    : checksum_seed_(identity.ChecksumSeed()) {
  // Which section each partition has, plus 1; 0: none yet.
  std::vector<uint32_t> section_of(PartitionTotal(identity.shards));
  std::vector<SectionPlan> plans;
  for (const NewRecord& record : records) {
    uint32_t& section =
        section_of[PartitionOrdinal(record.to, identity.shards)];
    if (section == 0) {
      plans.push_back({.partition = record.to});
      section = static_cast<uint32_t>(plans.size());
    }
    SectionPlan& plan = plans[section - 1];
    ++plan.record_count;
    plan.length += RecordBytes(record);
    body_length_ += RecordBytes(record);
  }
  INVARIANT(body_length_ <= kFrameBodyBytesMax, "a frame is beyond its bound");

  size_ = HeadLength(plans.size()) + body_length_;
  bytes_ = std::make_unique_for_overwrite<char[]>(size_);
  char* body = bytes_.get() + size_ - body_length_;
  for (SectionPlan& plan : plans) {
    plan.cursor = body;
    body += plan.length;
  }
  for (const NewRecord& record : records) {
    const size_t ordinal = PartitionOrdinal(record.to, identity.shards);
    char*& cursor = plans[section_of[ordinal] - 1].cursor;
    cursor = CopyRecord(cursor, record);
  }

  Copy(bytes_.get(), kFrameMagic);
  Store(&bytes_[kKindAt], static_cast<uint32_t>(kind));
  Store(&bytes_[kSectionCountAt], static_cast<uint32_t>(plans.size()));
  Store(&bytes_[kBodyLengthAt], static_cast<uint32_t>(body_length_));
  for (uint32_t i = 0; i < plans.size(); ++i) {
    const SectionPlan& plan = plans[i];
    char* at = &bytes_[SectionAtByte(i)];
    Store(at + kTopicAt, static_cast<uint32_t>(plan.partition.topic));
    Store(at + kShardAt, plan.partition.shard.value);
    Store(at + kRecordCountAt, plan.record_count);
    Store(at + kLengthAt, static_cast<uint32_t>(plan.length));
    Store(at + kChecksumAt,
          Checksum({plan.cursor - plan.length, plan.length}, checksum_seed_));
  }
}

void JournalFrame::Stamp(uint32_t section, Offset base_offset,
                         absl::Time append_time) {
  char* at = &bytes_[SectionAtByte(section)];
  Store(at + kBaseOffsetAt, base_offset.value);
  Store(at + kAppendTimeAt, int64_t{absl::ToUnixMillis(append_time)});
}

void JournalFrame::Seal(uint64_t position, uint64_t synced_length) {
  Store(&bytes_[kPositionAt], position);
  Store(&bytes_[kSyncedLengthAt], synced_length);
  const size_t summed = size_ - body_length_ - sizeof(uint64_t);
  Store(&bytes_[summed], Checksum({bytes_.get(), summed}, checksum_seed_));
}

size_t RecordBytes(const NewRecord& record) {
  const size_t traceparent = record.traceparent.empty()
                                 ? 0
                                 : sizeof(uint16_t) + record.traceparent.size();
  return kRecordHeadLength + traceparent + record.key.size() +
         record.value.size();
}

size_t FrameBodyBytes(absl::Span<const NewRecord> records) {
  size_t bytes = 0;
  for (const NewRecord& record : records) {
    bytes += RecordBytes(record);
  }
  return bytes;
}

uint64_t SectionChecksum(std::string_view records,
                         const JournalIdentity& identity) {
  return Checksum(records, identity.ChecksumSeed());
}

std::optional<FrameRecord> ParseRecord(std::string_view records) {
  if (records.size() < kRecordHeadLength) return std::nullopt;
  const auto key_head = Load<uint32_t>(records.data());
  const size_t key_length = key_head & ~kHasTraceparent;
  const size_t value_length = Load<uint32_t>(records.data() + 4);
  std::string_view rest = records.substr(kRecordHeadLength);
  FrameRecord record{};
  if ((key_head & kHasTraceparent) != 0) {
    if (rest.size() < sizeof(uint16_t)) return std::nullopt;
    const size_t length = Load<uint16_t>(rest.data());
    rest.remove_prefix(sizeof(uint16_t));
    if (rest.size() < length) return std::nullopt;
    record.traceparent = rest.substr(0, length);
    rest.remove_prefix(length);
  }
  if (rest.size() < key_length + value_length) return std::nullopt;
  record.key = rest.substr(0, key_length);
  record.value = rest.substr(key_length, value_length);
  record.bytes = records.size() - rest.size() + key_length + value_length;
  return record;
}

}  // namespace slotlog
