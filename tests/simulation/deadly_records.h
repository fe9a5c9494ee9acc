// Records at which whoever reads them dies, so and so often: commands that kill
// their owner, until a better one comes.
//
// Threads: one.

#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "events/log/log.h"

namespace slotlog {

class DeadlyRecords {
 public:
  void Add(TopicPartition partition, Offset offset, uint64_t deaths) {
    deaths_left_[{partition, offset}] = deaths;
  }

  /// Is one among these, and somebody to die of it?
  bool Strike(TopicPartition partition, const RecordBatch& batch) {
    for (const Record& record : batch.records) {
      const auto deadly = deaths_left_.find({partition, record.offset});
      if (deadly == deaths_left_.end()) continue;
      if (--deadly->second == 0) deaths_left_.erase(deadly);
      return true;
    }
    return false;
  }

  void Clear() { deaths_left_.clear(); }

 private:
  std::map<std::pair<TopicPartition, Offset>, uint64_t> deaths_left_;
};

}  // namespace slotlog
