// Random power cuts, kills and full disks under random writes, life after
// life. What must hold, whatever the seed:
//   - what was acknowledged is there, at its offset, for ever;
//   - a transaction is there in full or not at all, and not at all if its
//     writer was told so;
//   - what one life could read, every later life can.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "events/log/embedded/embedded_log.h"
#include "events/log/embedded/simulated_file_system.h"

namespace slotlog {
namespace {

using Cut = SimulatedFileSystem::Cut;
using History = std::map<TopicPartition, std::vector<std::string>>;

constexpr ShardCount kShards{2};
constexpr int kLives = 6;
constexpr int kWritesMax = 40;

std::vector<TopicPartition> Partitions() {
  std::vector<TopicPartition> partitions;
  for (Topic topic : kTopics) {
    for (Shard shard; shard.value < kShards.value; ++shard) {
      partitions.push_back({topic, shard});
    }
  }
  return partitions;
}

/// What the writers were told.
class Oracle {
 public:
  void Appended(const std::vector<NewRecord>& records,
                const std::vector<Offset>& offsets) {
    std::lock_guard lock(mutex_);
    for (size_t i = 0; i < records.size(); ++i) {
      acknowledged_[{records[i].to, offsets[i]}] = records[i].value;
    }
  }
  void Committed(int transaction) {
    std::lock_guard lock(mutex_);
    committed_.insert(transaction);
  }
  void Refused(int transaction) {
    std::lock_guard lock(mutex_);
    refused_.insert(transaction);
  }
  int NewTransaction(int records) {
    std::lock_guard lock(mutex_);
    sizes_.push_back(records);
    return static_cast<int>(sizes_.size()) - 1;
  }

  void Check(const History& history) {
    std::map<int, int> found;
    for (const auto& [partition, values] : history) {
      for (const std::string& value : values) {
        int transaction = 0;
        if (!value.starts_with("t")) continue;
        std::from_chars(value.data() + 1, value.data() + value.size(),
                        transaction);
        ++found[transaction];
      }
    }
    for (const auto& [transaction, records] : found) {
      EXPECT_EQ(records, sizes_[transaction]) << "t" << transaction << " torn";
      EXPECT_FALSE(refused_.contains(transaction)) << "t" << transaction;
    }
    for (int transaction : committed_) {
      EXPECT_TRUE(found.contains(transaction)) << "t" << transaction << " lost";
    }
    for (const auto& [place, value] : acknowledged_) {
      const std::vector<std::string>& values = history.at(place.first);
      const auto at = static_cast<size_t>(place.second.value);
      ASSERT_LT(at, values.size()) << "an acknowledged record is lost";
      EXPECT_EQ(values[at], value);
    }
    for (const auto& [partition, values] : last_) {
      const std::vector<std::string>& now = history.at(partition);
      ASSERT_GE(now.size(), values.size()) << "what was read is gone";
      EXPECT_TRUE(std::equal(values.begin(), values.end(), now.begin()));
    }
    last_ = history;
  }

 private:
  std::mutex mutex_;
  std::vector<int> sizes_;
  std::set<int> committed_;
  std::set<int> refused_;
  std::map<std::pair<TopicPartition, Offset>, std::string> acknowledged_;
  History last_;
};

class PowerCutTest : public testing::TestWithParam<int> {
 protected:
  /// `writers` threads at once, through kLives lives.
  void Live(uint64_t seed, int writers) {
    std::mt19937_64 random(seed);
    SimulatedFileSystem disk(random() % 2 == 0 ? 512 : 4096);
    Oracle oracle;
    for (int life = 0; life < kLives && !HasFailure(); ++life) {
      disk.SetSpaceLeft(std::numeric_limits<uint64_t>::max());
      const Cut cut = random() % 4 == 0 ? Cut::kProcess : Cut::kPower;
      disk.CutAtOperation(1 + static_cast<int>(random() % 60), cut, random());
      EmbeddedLogOptions options;
      options.shards = kShards;
      options.clock = [] { return absl::UnixEpoch(); };
      options.settle_after = absl::InfiniteDuration();
      options.tail_bytes_max = random() % 2 == 0 ? 0 : 20'000;
      options.file_system = &disk;
      auto log = EmbeddedLog::Open("log", options);
      ASSERT_TRUE(log.ok()) << log.status();
      if (!disk.PowerIsOff()) oracle.Check(Read(**log));
      std::vector<std::thread> threads;
      for (int i = 0; i < writers; ++i) {
        threads.emplace_back([&, writer_seed = random()] {
          Write(**log, disk, oracle, writer_seed);
        });
      }
      for (std::thread& thread : threads) thread.join();
      if (!disk.PowerIsOff()) disk.CutNow(cut, random());
      log->reset();
      disk.Restart();
    }
  }

 private:
  static History Read(EmbeddedLog& log) {
    History history;
    for (TopicPartition partition : Partitions()) {
      const Position from[] = {{partition, Offset{0}}};
      const auto consumer = *log.OpenConsumer(from);
      std::vector<std::string>& values = history[partition];
      while (true) {
        const auto batch = consumer->Fetch(partition, 10, 10'000);
        EXPECT_TRUE(batch.ok()) << batch.status();
        if (!batch.ok() || batch->records.empty()) break;
        for (const Record& record : batch->records) {
          values.emplace_back(record.value);
        }
      }
    }
    return history;
  }

  static void Write(EmbeddedLog& log, SimulatedFileSystem& disk, Oracle& oracle,
                    uint64_t seed) {
    std::mt19937_64 random(seed);
    const std::vector<TopicPartition> partitions = Partitions();
    for (int i = 0; i < kWritesMax && !disk.PowerIsOff(); ++i) {
      if (random() % 10 == 0) {
        disk.SetSpaceLeft(random() % 2 == 0
                              ? random() % 3000
                              : std::numeric_limits<uint64_t>::max());
      }
      const bool is_transaction = random() % 2 == 0;
      const int count = 1 + static_cast<int>(random() % 6);
      const int transaction = is_transaction ? oracle.NewTransaction(count) : 0;
      std::vector<std::string> values;
      for (int record = 0; record < count; ++record) {
        const std::string name = is_transaction
                                     ? fmt::format("t{} ", transaction)
                                     : fmt::format("a{} ", random());
        values.push_back(name + std::string(random() % 1500, 'x'));
      }
      std::vector<NewRecord> records;
      for (const std::string& value : values) {
        records.push_back(
            {partitions[random() % partitions.size()], "", value});
      }
      if (is_transaction) {
        const auto producer = *log.OpenProducer(fmt::format("p{}", seed), {});
        const auto outcome = producer->Commit(records);
        if (disk.PowerIsOff()) return;
        if (!outcome.ok()) oracle.Refused(transaction);
        if (outcome.ok()) oracle.Committed(transaction);
      } else {
        const auto offsets = log.Append(records);
        if (disk.PowerIsOff()) return;
        if (offsets.ok()) oracle.Appended(records, *offsets);
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Seeds, PowerCutTest, testing::Range(0, 300));

TEST_P(PowerCutTest, OneWriterLosesNothing) {
  Live(static_cast<uint64_t>(GetParam()), 1);
}

TEST_P(PowerCutTest, ThreeWritersLoseNothing) {
  Live(static_cast<uint64_t>(GetParam()), 3);
}

}  // namespace
}  // namespace slotlog
