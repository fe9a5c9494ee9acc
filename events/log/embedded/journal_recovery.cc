#include "events/log/embedded/journal_recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

namespace slotlog {
namespace {

/// The whole journal is read once, front to back.
constexpr WindowOptions kRecoveryWindows{.bytes = size_t{4} << 20, .count = 1};

JournalIdentity RandomIdentity(ShardCount shards) {
  JournalIdentity identity{.id = {}, .shards = shards};
  std::random_device random;
  for (char& byte : identity.id) byte = static_cast<char>(random());
  return identity;
}

absl::StatusOr<JournalIdentity> ReadIdentity(const File& file,
                                             const std::string& name) {
  char bytes[kPreambleLength];
  absl::StatusOr<size_t> count = file.ReadAt(0, absl::MakeSpan(bytes));
  if (!count.ok()) return count.status();
  // A journal gets its name when its preamble is durable: a shorter one is no
  // power cut.
  if (*count < kPreambleLength) {
    return absl::DataLossError(
        fmt::format("{}, byte 0: the preamble is cut off", name));
  }
  absl::StatusOr<JournalIdentity> identity =
      ParsePreamble({bytes, kPreambleLength});
  if (identity.ok()) return identity;
  return absl::Status(identity.status().code(),
                      fmt::format("{}, byte 0: {}", name,
                                  std::string(identity.status().message())));
}

/// Verifies the frame at `position` and takes it into the index.
absl::StatusOr<JournalReader::Head> TakeFrame(JournalReader& reader,
                                              uint64_t position,
                                              JournalIndex& index) {
  absl::StatusOr<JournalReader::Head> read = reader.ReadHead(position);
  if (!read.ok()) return read.status();
  uint64_t records_position = read->head.body_position();
  for (uint32_t i = 0; i < read->head.section_count(); ++i) {
    const SectionHead section = read->head.SectionAt(i);
    absl::StatusOr<FrameSection> records =
        reader.ReadSection(section, records_position);
    if (!records.ok()) return records.status();
    records_position += section.length;
  }
  absl::Status added = index.AddFound(read->head);
  if (!added.ok()) return reader.Located(added, position);
  return read;
}

/// A frame that proves that the bytes before `synced_length` were durable.
struct Proof {
  uint64_t position;
  uint64_t synced_length;
};

/// Looks behind `damage` for a frame that names a synced length beyond it.
absl::StatusOr<std::optional<Proof>> FindProof(JournalReader& reader,
                                               uint64_t damage,
                                               uint64_t length) {
  uint64_t position = damage + 1;
  while (position + FrameHead::kFixedLength <= length) {
    const size_t wanted =
        std::min<uint64_t>(kRecoveryWindows.bytes, length - position);
    absl::StatusOr<JournalReader::Piece> piece = reader.Read(position, wanted);
    if (!piece.ok()) return piece.status();
    for (size_t at = piece->bytes.find(kFrameMagic);
         at != std::string_view::npos;
         at = piece->bytes.find(kFrameMagic, at + 1)) {
      absl::StatusOr<JournalReader::Head> read = reader.ReadHead(position + at);
      if (read.ok() && read->head.synced_length() > damage) {
        return Proof{position + at, read->head.synced_length()};
      }
    }
    // The magic may stand across the border.
    position += wanted - (kFrameMagic.size() - 1);
  }
  return std::nullopt;
}

/// OK if what stands from `position` on may be cut off; otherwise why not.
absl::Status JudgeDamage(JournalReader& reader, const absl::Status& damage,
                         uint64_t position, uint64_t length) {
  absl::StatusOr<std::optional<Proof>> proof =
      FindProof(reader, position, length);
  if (!proof.ok()) return proof.status();
  if (!proof->has_value()) return absl::OkStatus();
  return absl::DataLossError(fmt::format(
      "{}; this is damage and no power cut, because the frame at byte {} says "
      "that the first {} bytes were durable. Nothing was changed: bring the "
      "journal back from a copy",
      std::string(damage.message()), (*proof)->position,
      (*proof)->synced_length));
}

/// Verifies all frames up to the first that is none.
absl::Status ScanFrames(JournalReader& reader, uint64_t length,
                        RecoveredJournal& found) {
  uint64_t position = kPreambleLength;
  absl::Status damage;
  while (position < length) {
    absl::StatusOr<JournalReader::Head> read =
        TakeFrame(reader, position, *found.index);
    if (!read.ok()) {
      damage = read.status();
      break;
    }
    ++found.report.frames;
    found.marked = read->head.kind() == FrameKind::kMark;
    position = read->head.end_position();
  }
  found.report.journal_bytes = position;
  found.report.bytes_cut = length - position;
  if (damage.ok()) return damage;
  if (!absl::IsDataLoss(damage)) return damage;
  found.report.cut_reason = std::string(damage.message());
  found.marked = false;
  return JudgeDamage(reader, damage, position, length);
}

}  // namespace

std::string RecoveryReport::DebugString() const {
  std::string text =
      fmt::format("journal of {} bytes in {} frames", journal_bytes, frames);
  if (bytes_cut > 0) {
    text +=
        fmt::format(", then {} bytes of a write that never became durable ({})",
                    bytes_cut, cut_reason);
  }
  return text;
}

absl::Status CreateJournal(FileSystem& file_system,
                           const std::filesystem::path& path,
                           ShardCount shards) {
  const std::filesystem::path unfinished = path.string() + ".new";
  absl::StatusOr<std::unique_ptr<File>> file =
      file_system.Open(unfinished, OpenMode::kCreate);
  if (!file.ok()) return file.status();
  const std::string preamble = EncodePreamble(RandomIdentity(shards));
  const std::string_view pieces[] = {preamble};
  absl::Status written = (*file)->WriteAt(0, pieces);
  if (!written.ok()) return written;
  absl::Status synced = (*file)->Sync();
  if (!synced.ok()) return synced;
  return file_system.Rename(unfinished, path);
}

absl::StatusOr<RecoveredJournal> RecoverJournal(
    FileSystem& file_system, const std::filesystem::path& path, OpenMode mode,
    size_t tail_bytes_max) {
  absl::StatusOr<std::unique_ptr<File>> file = file_system.Open(path, mode);
  if (!file.ok()) return file.status();
  absl::StatusOr<JournalIdentity> identity =
      ReadIdentity(**file, path.string());
  if (!identity.ok()) return identity.status();
  absl::StatusOr<uint64_t> length = (*file)->Length();
  if (!length.ok()) return length.status();

  RecoveredJournal found{
      .journal = {*std::move(file), path.string(), *identity},
      .index = std::make_unique<JournalIndex>(identity->shards, tail_bytes_max),
      .report = {},
  };
  JournalReader reader(found.journal, kRecoveryWindows);
  reader.SetLength(*length);
  absl::Status scanned = ScanFrames(reader, *length, found);
  if (!scanned.ok()) return scanned;
  if (mode == OpenMode::kRead) return found;

  if (found.report.bytes_cut > 0) {
    absl::Status cut = found.journal.file->Truncate(found.report.journal_bytes);
    if (!cut.ok()) return cut;
  }
  // A process that was killed leaves frames that are valid and not durable:
  // they are made so before anybody reads them.
  absl::Status synced = found.journal.file->Sync();
  if (!synced.ok()) return synced;
  return found;
}

}  // namespace slotlog
