#include "events/log/record_stream.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <utility>

namespace slotlog {
namespace {

constexpr size_t kFetchRecordsMax = 4096;
constexpr size_t kFetchBytesMax = 1024 * 1024;

/// A log of another process may take a moment to hand over what it has; a
/// transaction that its owner left open is aborted by Kafka within 40 seconds.
constexpr int kFetchAttemptsMax = 20'000;
constexpr absl::Duration kFetchWait = absl::Milliseconds(5);
/// In each attempt: where the consumer is shared, another partition's records
/// end the wait at once.
constexpr absl::Duration kPause = absl::Milliseconds(2);

}  // namespace

absl::StatusOr<const Record*> RecordStream::Peek() {
  return Next(std::nullopt);
}

absl::StatusOr<const Record*> RecordStream::Await(Offset end) {
  absl::StatusOr<const Record*> record = Next(end);
  if (record.ok() && *record != nullptr && (*record)->offset >= end) {
    return nullptr;
  }
  return record;
}

absl::StatusOr<const Record*> RecordStream::Await() {
  if (!IsEmpty()) return Peek();
  absl::StatusOr<Offset> end = End();
  if (!end.ok()) return end.status();
  return Next(*end);
}

absl::StatusOr<Offset> RecordStream::End() const {
  absl::StatusOr<Watermarks> watermarks = log_.WatermarksOf(partition_);
  if (!watermarks.ok()) return watermarks.status();
  return watermarks->high;
}

absl::StatusOr<const Record*> RecordStream::Next(std::optional<Offset> end) {
  while (IsEmpty()) {
    absl::StatusOr<bool> fetched = FetchMore(end);
    if (!fetched.ok()) {
      return absl::Status(fetched.status().code(),
                          fmt::format("reading {}: {}", DebugString(partition_),
                                      std::string(fetched.status().message())));
    }
    if (!*fetched) return nullptr;
  }
  return &batches_.back().records[next_];
}

absl::StatusOr<bool> RecordStream::FetchMore(std::optional<Offset> end) {
  for (int attempt = 0; attempt < kFetchAttemptsMax; ++attempt) {
    absl::StatusOr<RecordBatch> fetched =
        consumer_.Fetch(partition_, kFetchRecordsMax, kFetchBytesMax);
    if (!fetched.ok()) return fetched.status();
    if (!fetched->records.empty()) {
      batches_.push_back(*std::move(fetched));
      next_ = 0;
      return true;
    }
    if (!end.has_value()) {
      absl::StatusOr<Watermarks> watermarks = log_.WatermarksOf(partition_);
      if (!watermarks.ok()) return watermarks.status();
      end = watermarks->last_stable;
    }
    if (consumer_.Position(partition_) >= *end) return false;
    consumer_.AwaitRecords(kFetchWait);
    absl::SleepFor(kPause);
  }
  return absl::UnavailableError(
      fmt::format("the log gives no record at {}, below {}, to which it was "
                  "written: a transaction is open, or a broker away; try again",
                  consumer_.Position(partition_).value, end->value));
}

void RecordStream::Forget() {
  while (batches_.size() > 1) batches_.pop_front();
}

Offset RecordStream::Position() const {
  return IsEmpty() ? consumer_.Position(partition_)
                   : batches_.back().records[next_].offset;
}

}  // namespace slotlog
