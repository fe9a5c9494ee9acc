// Reads frames from a journal's file, checksums verified, through a few windows
// of the file kept in memory: small frames cost one read for many, and of large
// ones only heads and the sections asked for are read.
//
// Errors name the file and the byte. DATA_LOSS: the bytes there are not what
// was written.
//
// Threads: a JournalReader belongs to one thread at a time. The file must
// outlive it; what was read lives as long as its owner is held.

#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/embedded/file_system.h"
#include "events/log/embedded/frame.h"

namespace slotlog {

/// A journal's open file, its name for error texts, and whose it is.
struct JournalFile {
  std::unique_ptr<File> file;
  std::string name;
  JournalIdentity identity;
};

struct WindowOptions {
  /// How much is read at once, unless one thing is larger.
  size_t bytes;
  /// How many windows are kept.
  size_t count;
};

class JournalReader {
 public:
  JournalReader(const JournalFile& journal, WindowOptions windows)
      : journal_(journal), options_(windows) {}

  /// Bytes of the file, and what holds them.
  struct Piece {
    std::string_view bytes;
    std::shared_ptr<const void> owner;
  };
  struct Head {
    FrameHead head;
    std::shared_ptr<const void> owner;
  };
  /// The section found, and where the next frame stands.
  struct Found {
    FrameSection section;
    uint64_t next_position;
  };

  /// How much of the file may be read: what lies beyond may be half written.
  void SetLength(uint64_t length) { length_ = length; }

  absl::StatusOr<Piece> Read(uint64_t position, size_t length);
  absl::StatusOr<Head> ReadHead(uint64_t position);
  /// `position` is where the section's records stand.
  absl::StatusOr<FrameSection> ReadSection(const SectionHead& section,
                                           uint64_t position);
  /// The section that holds this record, in the frame at `position` or a later
  /// one. DATA_LOSS: there is none up to the file's end.
  absl::StatusOr<Found> FindSection(TopicPartition partition, Offset offset,
                                    uint64_t position);

  /// `error` with the file and the byte.
  absl::Status Located(const absl::Status& error, uint64_t position) const;

 private:
  struct Window {
    uint64_t position;
    Piece piece;
  };

  const JournalFile& journal_;
  const WindowOptions options_;
  uint64_t length_ = 0;
  /// The one used last stands first.
  std::vector<Window> windows_;
};

}  // namespace slotlog
