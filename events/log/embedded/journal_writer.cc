#include "events/log/embedded/journal_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace slotlog {
namespace {

[[noreturn]] void EndProcess(const JournalFile& journal,
                             const absl::Status& why) {
  const std::string text = fmt::format(
      "{}: {}: nobody knows what of it is durable, so this process ends; the "
      "next start reads what is there\n",
      journal.name, std::string(why.message()));
  std::fputs(text.c_str(), stderr);
  std::abort();
}

}  // namespace

JournalWriter::JournalWriter(const JournalFile& journal, uint64_t length,
                             JournalIndex& index, JournalWriterOptions options)
    : journal_(journal),
      index_(index),
      options_(std::move(options)),
      length_(length),
      ends_(index.Ends()),
      marked_(options_.marked),
      thread_([this] { Run(); }) {}

JournalWriter::~JournalWriter() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    work_.notify_one();
  }
  thread_.join();
}

void JournalWriter::Enqueue(Submission& submission) {
  const size_t bytes = submission.frame->bytes().size();
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] {
    return queue_.empty() || queued_bytes_ + bytes <= options_.queue_bytes_max;
  });
  queue_.push_back(&submission);
  queued_bytes_ += bytes;
  work_.notify_one();
}

void JournalWriter::Await(Submission& submission) {
  std::unique_lock lock(mutex_);
  submission.answered.wait(
      lock, [&] { return submission.answer != Submission::Answer::kNone; });
}

void JournalWriter::AwaitGroup() {
  std::unique_lock lock(mutex_);
  if (!writing_) return;
  const uint64_t group = groups_;
  group_done_.wait(lock, [&] { return groups_ != group; });
}

void JournalWriter::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    AwaitWork(lock);
    Submission mark;
    Group group;
    if (!queue_.empty()) {
      group = TakeGroup();
      if (group.empty()) continue;
      marked_ = false;
    } else if (!marked_) {
      mark.frame = std::make_shared<JournalFrame>(
          FrameKind::kMark, absl::Span<const NewRecord>(), journal_.identity);
      group = {&mark};
      // Also if the disk turns out to be full: a mark is tried once.
      marked_ = true;
    } else if (stopping_) {
      return;
    } else {
      continue;
    }

    writing_ = true;
    lock.unlock();
    const absl::Status written = WriteGroup(group);
    lock.lock();
    writing_ = false;
    ++groups_;
    group_done_.notify_all();
    for (Submission* submission : group) {
      submission->failure = written;
      Answer(*submission, written.ok() ? Submission::Answer::kDurable
                                       : Submission::Answer::kFailed);
    }
  }
}

void JournalWriter::AwaitWork(std::unique_lock<std::mutex>& lock) {
  const auto due = [this] { return stopping_ || !queue_.empty(); };
  if (marked_ || options_.settle_after == absl::InfiniteDuration()) {
    work_.wait(lock, due);
  } else {
    work_.wait_for(lock, absl::ToChronoMicroseconds(options_.settle_after),
                   due);
  }
}

JournalWriter::Group JournalWriter::TakeGroup() {
  Group group;
  size_t bytes = 0;
  while (!queue_.empty() && group.size() < kGroupFramesMax) {
    Submission& next = *queue_.front();
    const size_t next_bytes = next.frame->bytes().size();
    if (!group.empty() && bytes + next_bytes > kGroupBytesMax) break;
    queue_.pop_front();
    queued_bytes_ -= next_bytes;
    // From here on AwaitGroup waits for it: a fence that falls later finds it
    // visible, one that fell before keeps it out.
    if (!next.fence.Holds()) {
      Answer(next, Submission::Answer::kFenced);
      continue;
    }
    bytes += next_bytes;
    group.push_back(&next);
  }
  room_.notify_all();
  return group;
}

void JournalWriter::Answer(Submission& submission, Submission::Answer answer) {
  submission.answer = answer;
  // With the lock held: the submitter may destroy it as soon as it can see the
  // answer.
  submission.answered.notify_one();
}

absl::Status JournalWriter::WriteGroup(absl::Span<Submission* const> group) {
  std::vector<std::string_view> pieces;
  std::vector<std::shared_ptr<const JournalFrame>> frames;
  pieces.reserve(group.size());
  frames.reserve(group.size());
  uint64_t end = length_;
  for (Submission* submission : group) {
    JournalFrame& frame = *submission->frame;
    Stamp(frame);
    frame.Seal(end, /*synced_length=*/length_);
    end += frame.bytes().size();
    pieces.push_back(frame.bytes());
    frames.push_back(submission->frame);
  }
  absl::Status written = journal_.file->WriteAt(length_, pieces);
  if (!written.ok()) {
    CutBack(written);
    return written;
  }
  absl::Status synced = journal_.file->Sync();
  if (!synced.ok()) EndProcess(journal_, synced);
  length_ = end;
  index_.Publish(frames);
  return absl::OkStatus();
}

void JournalWriter::Stamp(JournalFrame& frame) {
  const FrameHead head = frame.Head();
  const absl::Time now = options_.clock();
  for (uint32_t i = 0; i < head.section_count(); ++i) {
    const SectionHead section = head.SectionAt(i);
    PartitionEnd& end =
        ends_[PartitionOrdinal(section.partition, journal_.identity.shards)];
    end.append_time = std::max(end.append_time,
                               absl::FromUnixMillis(absl::ToUnixMillis(now)));
    frame.Stamp(i, end.next_offset, end.append_time);
    end.next_offset = end.next_offset + section.record_count;
  }
}

void JournalWriter::CutBack(const absl::Status& failure) {
  if (!absl::IsResourceExhausted(failure)) EndProcess(journal_, failure);
  absl::Status cut = journal_.file->Truncate(length_);
  if (!cut.ok()) EndProcess(journal_, cut);
  // Otherwise a power cut could bring back what its writers are now told has
  // failed.
  absl::Status synced = journal_.file->Sync();
  if (!synced.ok()) EndProcess(journal_, synced);
  ends_ = index_.Ends();
}

}  // namespace slotlog
