// An embedded log on a simulated disk, with verbs for tests: write, read back,
// close, cut the power, open again. One log at a time, in one directory.
//
// Threads: Append and Commit may be called from many.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/log/embedded/embedded_log.h"
#include "events/log/embedded/simulated_file_system.h"
#include "events/log/log.h"

namespace slotlog {

class EmbeddedLogFixture : public testing::Test {
 protected:
  static constexpr std::string_view kJournal = "log/journal";
  static constexpr TopicPartition kCommands0{Topic::kCommands, Shard{0}};
  static constexpr TopicPartition kEvents0{Topic::kEvents, Shard{0}};
  static constexpr TopicPartition kEvents1{Topic::kEvents, Shard{1}};
  static constexpr size_t kNoLimit = size_t{1} << 40;

  EmbeddedLogFixture() {
    options_.shards = ShardCount{2};
    options_.clock = [this] { return now_; };
    // Tests count operations: no mark may come by itself.
    options_.settle_after = absl::InfiniteDuration();
    options_.lock_patience = absl::ZeroDuration();
    options_.file_system = &disk_;
  }

  absl::Status TryOpen() {
    absl::StatusOr<std::unique_ptr<EmbeddedLog>> log =
        EmbeddedLog::Open("log", options_);
    if (log.ok()) log_ = *std::move(log);
    return log.status();
  }
  void Open() {
    const absl::Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened;
  }
  void Close() { log_.reset(); }
  void Reopen() {
    Close();
    Open();
  }
  void OpenReadOnly() {
    Close();
    options_.read_only = true;
    Open();
  }
  /// What the log leaves when it is gone without a word at this moment.
  void CutNow(SimulatedFileSystem::Cut cut, uint64_t seed) {
    disk_.CutNow(cut, seed);
    Close();
    disk_.Restart();
  }
  void KillAndReopen() {
    CutNow(SimulatedFileSystem::Cut::kProcess, 0);
    Open();
  }

  absl::StatusOr<std::vector<Offset>> Append(
      TopicPartition to, const std::vector<std::string>& values) {
    std::vector<NewRecord> records;
    for (const std::string& value : values) records.push_back({to, "k", value});
    return log_->Append(records);
  }
  absl::StatusOr<std::vector<Offset>> Append(const std::string& value) {
    return Append(kEvents0, {value});
  }
  /// One record of this value in each of the partitions.
  absl::StatusOr<CommitOutcome> Commit(
      const std::string& value, const std::vector<TopicPartition>& partitions) {
    auto producer = log_->OpenProducer(value, {});
    if (!producer.ok()) return producer.status();
    std::vector<NewRecord> records;
    for (TopicPartition to : partitions) records.push_back({to, "k", value});
    return (*producer)->Commit(records);
  }

  std::unique_ptr<Consumer> Consume(TopicPartition partition,
                                    Offset from = Offset{0}) {
    const Position positions[] = {{partition, from}};
    auto consumer = log_->OpenConsumer(positions);
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }
  /// What can be read now, with the limits given to each Fetch.
  std::vector<std::string> Values(TopicPartition partition,
                                  size_t records_max = kNoLimit,
                                  size_t bytes_max = kNoLimit) {
    const std::unique_ptr<Consumer> consumer = Consume(partition);
    std::vector<std::string> values;
    while (true) {
      auto batch = consumer->Fetch(partition, records_max, bytes_max);
      EXPECT_TRUE(batch.ok()) << batch.status();
      if (!batch.ok() || batch->records.empty()) return values;
      for (const Record& record : batch->records) {
        EXPECT_EQ(record.offset.value, static_cast<int64_t>(values.size()));
        values.emplace_back(record.value);
      }
    }
  }

  std::string Journal() const { return disk_.Contents(kJournal); }

  SimulatedFileSystem disk_;
  absl::Time now_ = absl::FromUnixMillis(1'626'068'700'000);
  EmbeddedLogOptions options_;
  std::unique_ptr<EmbeddedLog> log_;
};

}  // namespace slotlog
