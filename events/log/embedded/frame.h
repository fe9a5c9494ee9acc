// The journal's bytes: its grammar, and what writes and reads it. Numbers are
// little-endian; checksums are XXH3-64 seeded with the first 8 bytes of the
// log's id, so that another journal's bytes are never taken for this one's.
//
//   journal  := preamble frame*
//   preamble := "slotlog journal\n" version:u32 shards:u32 id:16 bytes
//               zero:16 bytes checksum:u64 (of the 56 bytes before it)
//   frame    := head body
//   head     := magic:u32 kind:u32 section_count:u32 body_length:u32
//               position:u64 synced_length:u64 section*
//               checksum:u64 (of the whole head before it)
//   section  := topic:u32 shard:u32 base_offset:u64 append_time_unix_ms:u64
//               record_count:u32 length:u32 checksum:u64 (of its records)
//   body     := record* (each section's, one section after the other)
//   record   := key_length:u32 value_length:u32 [traceparent] key value
//   traceparent := length:u16 text, where key_length's highest bit says so
//
// `position` is where the frame stands in its file. `synced_length` is the
// length of the journal known to be durable when the frame was written: a frame
// beyond a damaged place that names a length beyond it proves that the place
// was durable once, and thus that this is no power cut. A frame is atomic: it
// counts only as a whole. A mark has no sections; it is there for its
// synced_length.
//
// Whoever looks for a partition reads heads only, and then the bytes of its
// section: that is why each section has a checksum of its own. The head is
// sealed last, when offsets and times are known; the payload is copied and
// summed before, by the callers and in parallel.
//
// A released format never changes: frame_test.cc pins it. Another one gets
// another version.
//
// Threads: a JournalFrame belongs to one thread until it is sealed, and is
// only read from then on.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "events/log/log.h"

namespace slotlog {

/// The largest body of a frame, and so of a transaction.
inline constexpr size_t kFrameBodyBytesMax = size_t{64} << 20;
/// The bytes that a frame begins with.
inline constexpr std::string_view kFrameMagic = "\xf7slf";
inline constexpr size_t kPreambleLength = 64;

/// Whose journal it is: the preamble's content.
struct JournalIdentity {
  std::array<char, 16> id;
  ShardCount shards;

  /// The id as 32 hexadecimal digits.
  std::string Hex() const;
  uint64_t ChecksumSeed() const;
};

std::string EncodePreamble(const JournalIdentity& identity);
/// DATA_LOSS: these bytes are no preamble. UNIMPLEMENTED: a version that this
/// program does not know. REQUIRES: kPreambleLength bytes.
absl::StatusOr<JournalIdentity> ParsePreamble(std::string_view bytes);

/// All partitions numbered densely from 0: topics in order, shards within.
inline size_t PartitionOrdinal(TopicPartition partition, ShardCount shards) {
  return (static_cast<size_t>(partition.topic) - 1) * shards.value +
         partition.shard.value;
}
inline size_t PartitionTotal(ShardCount shards) {
  return std::size(kTopics) * shards.value;
}

enum class FrameKind : uint32_t { kAppend = 1, kTransaction = 2, kMark = 3 };

/// One line of a head's section table.
struct SectionHead {
  TopicPartition partition;
  Offset base_offset;
  absl::Time append_time;
  uint32_t record_count;
  /// Of its records in the body, in bytes.
  uint32_t length;
  uint64_t checksum;

  /// The offset after its last record.
  Offset EndOffset() const { return base_offset + record_count; }
};

/// A view of a head's bytes, which must outlive it.
class FrameHead {
 public:
  /// The bytes from which a head's length can be told.
  static constexpr size_t kFixedLength = 32;

  /// The length of the head that begins with these kFixedLength bytes.
  /// DATA_LOSS: no frame begins here.
  static absl::StatusOr<size_t> LengthFrom(std::string_view fixed,
                                           ShardCount shards);
  /// DATA_LOSS: the bytes are no head sealed for this place of this journal.
  /// INTERNAL: they are, but make no sense: a program's mistake, no damage.
  static absl::StatusOr<FrameHead> Parse(std::string_view bytes,
                                         uint64_t position,
                                         const JournalIdentity& identity);
  /// For bytes that this process encoded itself.
  explicit FrameHead(std::string_view bytes) : bytes_(bytes) {}

  FrameKind kind() const;
  uint32_t section_count() const;
  uint64_t position() const;
  uint64_t synced_length() const;
  SectionHead SectionAt(uint32_t index) const;
  /// Where the body stands in the file.
  uint64_t body_position() const { return position() + bytes_.size(); }
  /// Where the next frame stands.
  uint64_t end_position() const;

 private:
  std::string_view bytes_;
};

/// A frame in memory: made from records, stamped and sealed by the journal's
/// writer, then shared by all who read from it.
class JournalFrame {
 public:
  /// REQUIRES: every shard is one of the journal's; FrameBodyBytes(records) is
  /// at most kFrameBodyBytesMax.
  JournalFrame(FrameKind kind, absl::Span<const NewRecord> records,
               const JournalIdentity& identity);

  FrameHead Head() const {
    return FrameHead({bytes_.get(), size_ - body_length_});
  }
  std::string_view bytes() const { return {bytes_.get(), size_}; }
  std::string_view body() const { return bytes().substr(size_ - body_length_); }

  /// Sets what the writer decides for a section.
  void Stamp(uint32_t section, Offset base_offset, absl::Time append_time);
  /// Sets the rest and the head's checksum. REQUIRES: all sections stamped.
  void Seal(uint64_t position, uint64_t synced_length);

 private:
  const uint64_t checksum_seed_;
  size_t size_ = 0;
  size_t body_length_ = 0;
  std::unique_ptr<char[]> bytes_;
};

/// How many bytes a record takes in a body.
size_t RecordBytes(const NewRecord& record);
size_t FrameBodyBytes(absl::Span<const NewRecord> records);

/// A section's records, verified, with whatever holds their bytes.
struct FrameSection {
  SectionHead head;
  std::string_view records;
  std::shared_ptr<const void> owner;
};

uint64_t SectionChecksum(std::string_view records,
                         const JournalIdentity& identity);

/// A record as views of a section's bytes.
struct FrameRecord {
  std::string_view key;
  std::string_view value;
  std::string_view traceparent;
  /// What it takes in the section.
  size_t bytes;
};
/// The record that `records` begins with; none if none fits.
std::optional<FrameRecord> ParseRecord(std::string_view records);

}  // namespace slotlog
