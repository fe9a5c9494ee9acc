#include "events/log/record_stream.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <utility>

namespace slotlog {
namespace {

constexpr size_t kFetchRecordsMax = 4096;
constexpr size_t kFetchBytesMax = 1024 * 1024;

/// A log of another process may take a moment to hand over what it has.
constexpr int kFetchAttemptsMax = 500;
constexpr absl::Duration kFetchWait = absl::Milliseconds(20);

}  // namespace

absl::StatusOr<const Record*> RecordStream::Peek() {
  while (IsEmpty()) {
    absl::StatusOr<bool> fetched = FetchMore();
    if (!fetched.ok()) {
      return absl::Status(fetched.status().code(),
                          fmt::format("reading {}: {}", DebugString(partition_),
                                      std::string(fetched.status().message())));
    }
    if (!*fetched) return nullptr;
  }
  return &batches_.back().records[next_];
}

absl::StatusOr<bool> RecordStream::FetchMore() {
  for (int attempt = 0; attempt < kFetchAttemptsMax; ++attempt) {
    absl::StatusOr<RecordBatch> fetched =
        consumer_.Fetch(partition_, kFetchRecordsMax, kFetchBytesMax);
    if (!fetched.ok()) return fetched.status();
    if (!fetched->records.empty()) {
      batches_.push_back(*std::move(fetched));
      next_ = 0;
      return true;
    }
    absl::StatusOr<Watermarks> watermarks = log_.WatermarksOf(partition_);
    if (!watermarks.ok()) return watermarks.status();
    if (consumer_.Position(partition_) >= watermarks->last_stable) return false;
    consumer_.AwaitRecords(kFetchWait);
  }
  return absl::UnavailableError(fmt::format(
      "the log gives no record at {}, below the last stable offset; try again",
      consumer_.Position(partition_).value));
}

void RecordStream::Forget() {
  while (batches_.size() > 1) batches_.pop_front();
}

Offset RecordStream::Position() const {
  return IsEmpty() ? consumer_.Position(partition_)
                   : batches_.back().records[next_].offset;
}

}  // namespace slotlog
