#include "events/log/embedded/journal_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace slotlog {

absl::StatusOr<JournalReader::Piece> JournalReader::Read(uint64_t position,
                                                         size_t length) {
  for (auto window = windows_.begin(); window != windows_.end(); ++window) {
    if (position < window->position) continue;
    const uint64_t skipped = position - window->position;
    if (skipped + length > window->piece.bytes.size()) continue;
    std::rotate(windows_.begin(), window, window + 1);
    const Piece& piece = windows_.front().piece;
    return Piece{piece.bytes.substr(skipped, length), piece.owner};
  }
  if (position + length > length_) {
    return Located(absl::DataLossError("the journal ends within a frame"),
                   position);
  }
  const size_t wanted = std::max<size_t>(
      length, std::min<uint64_t>(options_.bytes, length_ - position));
  auto buffer = std::make_shared_for_overwrite<char[]>(wanted);
  absl::StatusOr<size_t> count =
      journal_.file->ReadAt(position, {buffer.get(), wanted});
  if (!count.ok()) return Located(count.status(), position);
  if (*count < wanted) {
    return Located(absl::DataLossError("the file is shorter than it was"),
                   position);
  }
  const std::string_view bytes(buffer.get(), wanted);
  if (wanted <= options_.bytes) {
    if (windows_.size() == options_.count) windows_.pop_back();
    windows_.insert(windows_.begin(), {position, {bytes, buffer}});
  }
  return Piece{bytes.substr(0, length), std::move(buffer)};
}

absl::StatusOr<JournalReader::Head> JournalReader::ReadHead(uint64_t position) {
  absl::StatusOr<Piece> fixed = Read(position, FrameHead::kFixedLength);
  if (!fixed.ok()) return fixed.status();
  absl::StatusOr<size_t> length =
      FrameHead::LengthFrom(fixed->bytes, journal_.identity.shards);
  if (!length.ok()) return Located(length.status(), position);
  absl::StatusOr<Piece> whole = Read(position, *length);
  if (!whole.ok()) return whole.status();
  absl::StatusOr<FrameHead> head =
      FrameHead::Parse(whole->bytes, position, journal_.identity);
  if (!head.ok()) return Located(head.status(), position);
  return Head{*head, std::move(whole->owner)};
}

absl::StatusOr<FrameSection> JournalReader::ReadSection(
    const SectionHead& section, uint64_t position) {
  absl::StatusOr<Piece> records = Read(position, section.length);
  if (!records.ok()) return records.status();
  if (SectionChecksum(records->bytes, journal_.identity) != section.checksum) {
    return Located(absl::DataLossError(
                       fmt::format("the checksum of records of {} is wrong",
                                   DebugString(section.partition))),
                   position);
  }
  return FrameSection{section, records->bytes, std::move(records->owner)};
}

absl::StatusOr<JournalReader::Found> JournalReader::FindSection(
    TopicPartition partition, Offset offset, uint64_t position) {
  const uint64_t start = position;
  while (position < length_) {
    absl::StatusOr<Head> read = ReadHead(position);
    if (!read.ok()) return read.status();
    const FrameHead& head = read->head;
    uint64_t records_position = head.body_position();
    for (uint32_t i = 0; i < head.section_count(); ++i) {
      const SectionHead section = head.SectionAt(i);
      if (section.partition == partition && offset < section.EndOffset()) {
        absl::StatusOr<FrameSection> found =
            ReadSection(section, records_position);
        if (!found.ok()) return found.status();
        return Found{*std::move(found), head.end_position()};
      }
      records_position += section.length;
    }
    position = head.end_position();
  }
  return Located(
      absl::DataLossError(fmt::format("offset {} of {} is not there any more",
                                      offset.value, DebugString(partition))),
      start);
}

absl::Status JournalReader::Located(const absl::Status& error,
                                    uint64_t position) const {
  return absl::Status(error.code(),
                      fmt::format("{}, byte {}: {}", journal_.name, position,
                                  std::string(error.message())));
}

}  // namespace slotlog
