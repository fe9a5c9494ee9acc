#include "events/log/embedded/journal_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "events/invariant.h"

namespace slotlog {
namespace {

/// What a frame and each of its sections take in memory beside their bytes.
constexpr size_t kTailFrameBytes = 128;
constexpr size_t kTailSectionBytes = sizeof(FrameSection);

/// Waiting is cut into pieces of this length: it may come back early.
constexpr absl::Duration kWaitMax = absl::Hours(1);

size_t TailBytes(const JournalFrame& frame) {
  return frame.bytes().size() + kTailFrameBytes +
         frame.Head().section_count() * kTailSectionBytes;
}

}  // namespace

JournalIndex::JournalIndex(ShardCount shards, size_t tail_bytes_max)
    : shards_(shards),
      tail_bytes_max_(tail_bytes_max),
      partitions_(PartitionTotal(shards)) {}

absl::Status JournalIndex::AddFound(const FrameHead& head) {
  std::lock_guard lock(mutex_);
  for (uint32_t i = 0; i < head.section_count(); ++i) {
    const SectionHead section = head.SectionAt(i);
    const PartitionEnd& end = partitions_[Ordinal(section.partition)].end;
    if (section.base_offset != end.next_offset) {
      return absl::InternalError(
          fmt::format("the frame goes on at offset {} of {}, which ends at {}",
                      section.base_offset.value, DebugString(section.partition),
                      end.next_offset.value));
    }
    AddSection(section, head.position());
  }
  journal_length_ = head.end_position();
  return absl::OkStatus();
}

void JournalIndex::Publish(
    absl::Span<const std::shared_ptr<const JournalFrame>> frames) {
  // Freed after the lock is given back.
  std::vector<std::shared_ptr<const JournalFrame>> dropped;
  std::lock_guard lock(mutex_);
  for (const std::shared_ptr<const JournalFrame>& frame : frames) {
    const FrameHead head = frame->Head();
    INVARIANT(head.position() == journal_length_,
              "a frame is out of its order");
    for (uint32_t i = 0; i < head.section_count(); ++i) {
      AddSection(head.SectionAt(i), head.position());
    }
    journal_length_ = head.end_position();
    AddToTail(frame);
  }
  DropFromTail(dropped);
  for (Waiter* waiter : waiters_) {
    if (AnyBelowEnd(waiter->offsets)) waiter->woken.notify_one();
  }
}

void JournalIndex::AddSection(const SectionHead& section, uint64_t position) {
  Partition& partition = partitions_[Ordinal(section.partition)];
  INVARIANT(section.base_offset == partition.end.next_offset,
            "a section does not go on where its partition ends");
  partition.end = {section.EndOffset(), section.append_time};
  if (partition.entries.empty() ||
      position - partition.entries.back().position >= kIndexStepBytes) {
    partition.entries.push_back({section.base_offset, position});
  }
}

void JournalIndex::AddToTail(std::shared_ptr<const JournalFrame> frame) {
  const FrameHead head = frame->Head();
  std::string_view body = frame->body();
  for (uint32_t i = 0; i < head.section_count(); ++i) {
    const SectionHead section = head.SectionAt(i);
    partitions_[Ordinal(section.partition)].tail.push_back(
        {section, body.substr(0, section.length), frame});
    body.remove_prefix(section.length);
  }
  tail_bytes_ += TailBytes(*frame);
  tail_.push_back(std::move(frame));
}

void JournalIndex::DropFromTail(
    std::vector<std::shared_ptr<const JournalFrame>>& dropped) {
  while (tail_bytes_ > tail_bytes_max_) {
    const FrameHead head = tail_.front()->Head();
    for (uint32_t i = 0; i < head.section_count(); ++i) {
      const TopicPartition partition = head.SectionAt(i).partition;
      partitions_[Ordinal(partition)].tail.pop_front();
    }
    tail_bytes_ -= TailBytes(*tail_.front());
    dropped.push_back(std::move(tail_.front()));
    tail_.pop_front();
  }
}

std::vector<PartitionEnd> JournalIndex::Ends() const {
  std::lock_guard lock(mutex_);
  std::vector<PartitionEnd> ends;
  ends.reserve(partitions_.size());
  for (const Partition& partition : partitions_) ends.push_back(partition.end);
  return ends;
}

Offset JournalIndex::EndOf(TopicPartition partition) const {
  std::lock_guard lock(mutex_);
  return partitions_[Ordinal(partition)].end.next_offset;
}

std::optional<JournalIndex::Place> JournalIndex::Find(TopicPartition partition,
                                                      Offset offset) const {
  std::lock_guard lock(mutex_);
  const Partition& found = partitions_[Ordinal(partition)];
  if (offset >= found.end.next_offset) return std::nullopt;

  const std::deque<FrameSection>& tail = found.tail;
  if (!tail.empty() && tail.front().head.base_offset <= offset) {
    auto after =
        std::upper_bound(tail.begin(), tail.end(), offset,
                         [](Offset wanted, const FrameSection& section) {
                           return wanted < section.head.base_offset;
                         });
    return Place{*std::prev(after), 0, 0};
  }
  auto after = std::upper_bound(found.entries.begin(), found.entries.end(),
                                offset, [](Offset wanted, const Entry& entry) {
                                  return wanted < entry.base_offset;
                                });
  INVARIANT(after != found.entries.begin(),
            "every partition's first section has an entry");
  return Place{std::nullopt, std::prev(after)->position, journal_length_};
}

bool JournalIndex::AnyBelowEnd(absl::Span<const Position> offsets) const {
  return std::any_of(offsets.begin(), offsets.end(), [&](const Position& at) {
    return at.offset < partitions_[Ordinal(at.partition)].end.next_offset;
  });
}

void JournalIndex::AwaitBeyond(absl::Span<const Position> offsets,
                               absl::Duration timeout) {
  Waiter waiter;
  waiter.offsets = offsets;
  std::unique_lock lock(mutex_);
  waiters_.push_back(&waiter);
  waiter.woken.wait_for(lock,
                        absl::ToChronoMicroseconds(std::clamp(
                            timeout, absl::ZeroDuration(), kWaitMax)),
                        [&] { return AnyBelowEnd(offsets); });
  std::erase(waiters_, &waiter);
}

}  // namespace slotlog
