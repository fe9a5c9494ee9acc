// Writes frames to the journal in groups: whatever is queued when the writer's
// thread comes by is written with one write and made durable with one
// fdatasync, while the next group gathers. Only then do readers see it and do
// its submitters get their answer.
//
// What can go wrong: a full disk fails a group; what had been written of it is
// cut off again, durably, before anybody is told, and the writer goes on. After
// any other failed write, and after a failed fdatasync, nobody knows what the
// file holds (the kernel may have dropped the pages and called them clean): the
// process ends, and the next one reads what is really there.
//
// When nothing came for a while, and at the end, a mark is written: the frame
// that proves to recovery that everything before it was durable.
//
// Threads: Enqueue, Await and AwaitGroup from any; the writer has one of its
// own. Destroy it when nobody submits any more.

#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "events/ids.h"
#include "events/log/embedded/frame.h"
#include "events/log/embedded/journal_index.h"
#include "events/log/embedded/journal_reader.h"

namespace slotlog {

/// A group is closed when it reaches one of these; it holds a frame at least.
inline constexpr size_t kGroupBytesMax = size_t{1} << 20;
inline constexpr size_t kGroupFramesMax = 1024;

/// Holds as long as no newer producer was opened.
struct ProducerFence {
  std::shared_ptr<const std::atomic<uint64_t>> newest_epoch;
  uint64_t epoch = 0;

  bool Holds() const {
    return newest_epoch == nullptr || newest_epoch->load() == epoch;
  }
};

/// A frame on its way into the journal, and what became of it. It belongs to
/// its submitter, who keeps it in its place until Await returns.
struct Submission {
  enum class Answer { kNone, kDurable, kFenced, kFailed };

  std::shared_ptr<JournalFrame> frame;
  ProducerFence fence;

  // Set by the writer.
  Answer answer = Answer::kNone;
  absl::Status failure;
  std::condition_variable answered;
};

struct JournalWriterOptions {
  /// For LogAppendTime.
  std::function<absl::Time()> clock;
  /// More may not wait to be written: submitters wait instead.
  size_t queue_bytes_max;
  /// How long nothing comes before a mark is written.
  absl::Duration settle_after;
  /// Nothing stands behind the journal's last mark.
  bool marked;
};

class JournalWriter {
 public:
  /// Goes on at byte `length` of the journal.
  JournalWriter(const JournalFile& journal, uint64_t length,
                JournalIndex& index, JournalWriterOptions options);
  /// Writes what is queued, and a mark.
  ~JournalWriter();

  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// Waits for room in the queue.
  void Enqueue(Submission& submission);
  /// Waits for the answer.
  void Await(Submission& submission);
  /// Waits until the group that is being written, if one is, is visible or has
  /// failed: from then on no frame whose fence fell before is still to come.
  void AwaitGroup();

 private:
  using Group = std::vector<Submission*>;

  void Run();
  absl::Status WriteGroup(absl::Span<Submission* const> group);
  void Stamp(JournalFrame& frame);
  void CutBack(const absl::Status& failure);
  // REQUIRES for all below: mutex_ is held.
  void AwaitWork(std::unique_lock<std::mutex>& lock);
  Group TakeGroup();
  void Answer(Submission& submission, Submission::Answer answer);

  const JournalFile& journal_;
  JournalIndex& index_;
  const JournalWriterOptions options_;

  // Of the writer's thread.
  uint64_t length_;
  /// Where the next records go, those of the group being written included.
  std::vector<PartitionEnd> ends_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable room_;
  std::condition_variable group_done_;
  std::deque<Submission*> queue_;
  size_t queued_bytes_ = 0;
  bool writing_ = false;
  uint64_t groups_ = 0;
  bool marked_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace slotlog
