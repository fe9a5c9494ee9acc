#include "tools/rush/backlog.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "events/log/record_stream.h"

namespace slotlog {

/// The records of all batches, by their values. A command that was sent twice
/// stands there twice, and it doesn't matter which of them is found.
class Backlog::Records {
 public:
  explicit Records(const std::deque<std::unique_ptr<CommandBatch>>& batches)
      : batches_(batches) {
    for (size_t batch = 0; batch < batches.size(); ++batch) {
      const auto& records = batches[batch]->records();
      found_.emplace_back(records.size(), false);
      for (size_t index = 0; index < records.size(); ++index) {
        places_[records[index].value].emplace_back(batch, index);
      }
    }
  }

  /// False: there is no such record that was not found before.
  bool Find(std::string_view value) {
    const auto place = places_.find(value);
    if (place == places_.end() || place->second.empty()) return false;
    const auto [batch, index] = place->second.back();
    place->second.pop_back();
    found_[batch][index] = true;
    return true;
  }

  void TakeOutFound() {
    for (size_t batch = 0; batch < batches_.size(); ++batch) {
      batches_[batch]->Remove(found_[batch]);
    }
  }

 private:
  const std::deque<std::unique_ptr<CommandBatch>>& batches_;
  std::vector<std::vector<bool>> found_;
  absl::flat_hash_map<std::string_view, std::vector<std::pair<size_t, size_t>>>
      places_;
};

absl::Status Backlog::TakeOutWritten() {
  if (batches_.empty()) return absl::OkStatus();
  Records records(batches_);
  absl::Status status;
  for (Shard shard{0}; status.ok() && shard.value < log_.Shards().value;
       ++shard) {
    status = TakeOutWrittenTo(shard, records);
  }
  records.TakeOutFound();
  return status;
}

absl::Status Backlog::TakeOutWrittenTo(Shard shard, Records& records) {
  const TopicPartition at{Topic::kCommands, shard};
  const AnswerLedger& ledger = tally_.ledger();
  const Position from{at, ledger.FirstUnpublished(shard)};
  const auto watermarks = log_.WatermarksOf(at);
  if (!watermarks.ok()) return watermarks.status();
  if (from.offset >= watermarks->last_stable) return absl::OkStatus();

  const auto consumer = log_.OpenConsumer({&from, 1});
  if (!consumer.ok()) return consumer.status();
  RecordStream stream(log_, **consumer, at, from.offset);
  while (true) {
    const auto record = stream.Peek();
    if (!record.ok()) return record.status();
    if (*record == nullptr) return absl::OkStatus();
    const Offset offset = (*record)->offset;
    if (!ledger.IsPublished(shard, offset) && records.Find((*record)->value)) {
      tally_.CommandPublished(shard, offset);
    }
    stream.Take();
    stream.Forget();
  }
}

std::unique_ptr<CommandBatch> Backlog::Take() {
  if (batches_.empty()) return nullptr;
  auto batch = std::move(batches_.front());
  batches_.pop_front();
  return batch;
}

}  // namespace slotlog
