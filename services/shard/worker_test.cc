// The worker on real disks: what its stores hold after a clean stop is the fold
// of the events, also where a disk turned bytes over in between.

#include "services/shard/worker.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "services/shard/cached_state.h"
#include "services/shard/history.h"
#include "services/shard/replica.h"
#include "services/shard/snapshots.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tests/support/state_comparison.h"

namespace slotlog {
namespace {

namespace fs = std::filesystem;

constexpr int kCitizens = 3'000;
constexpr Shard kShard{0};

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() : log_(ShardCount{1}, absl::Now) {
    fs::remove_all(directory_);
    fs::remove_all(snapshots_);
    OpenTheDay();
  }

  void Publish(Topic topic, const google::protobuf::MessageLite& input) {
    ASSERT_TRUE(log_.Append({{{{topic, kShard}, "", Encode(input)}}}).ok());
    ++published_;
  }

  /// One campaign, and one slot that seats everyone.
  void OpenTheDay() {
    v1::Operation operation;
    operation.set_operation_id("op");
    v1::Campaign& campaign =
        *operation.mutable_define_campaign()->mutable_campaign();
    campaign.set_campaign_id("k");
    v1::Cohort& cohort = *campaign.add_cohorts();
    cohort.set_born_from_yyyymmdd(19000101);
    cohort.set_born_to_yyyymmdd(20200101);
    campaign.add_rounds()->set_closes_unix_ms(FromNow(absl::Hours(1)));
    Publish(Topic::kOperations, operation);
    operation.mutable_define_site()->set_site_id("s");
    Publish(Topic::kOperations, operation);
    v1::OpenSlots& open = *operation.mutable_open_slots();
    open.set_site_id("s");
    v1::Slot& slot = *open.add_slots();
    slot.set_slot_id("am");
    slot.set_start_unix_ms(FromNow(absl::Hours(2)));
    slot.set_end_unix_ms(FromNow(absl::Hours(3)));
    slot.set_capacity(kCitizens);
    Publish(Topic::kOperations, operation);
  }

  static int64_t FromNow(absl::Duration later) {
    return absl::ToUnixMillis(absl::Now() + later);
  }

  /// Everyone sends the same command as the last time.
  void EveryoneBooks() {
    v1::Command command;
    command.set_command_id("b");
    command.mutable_profile()->set_birth_date_yyyymmdd(19620712);
    command.mutable_book()->set_campaign_id("k");
    command.mutable_book()->set_site_id("s");
    command.mutable_book()->set_slot_id("am");
    EveryoneSends(command);
  }

  void EveryoneCancels() {
    v1::Command command;
    command.set_command_id("c");
    command.mutable_cancel()->set_campaign_id("k");
    EveryoneSends(command);
  }

  void EveryoneSends(v1::Command command) {
    for (int i = 0; i < kCitizens; ++i) {
      command.set_citizen_id(fmt::format("citizen-{:06d}", i));
      Publish(Topic::kCommands, command);
    }
  }

  /// A worker's whole life: until all that was published is answered.
  void AnswerAll() {
    auto worker = Worker::Start(log_, {.directory = directory_,
                                       .clock = [] { return absl::Now(); },
                                       .snapshots = snapshots_,
                                       .snapshot_interval = absl::Seconds(0)});
    ASSERT_TRUE(worker.ok()) << worker.status();
    const TopicPartition confirmations{Topic::kConfirmations, kShard};
    auto consumer = *log_.OpenConsumer({{{confirmations, Offset{0}}}});
    for (int answered = 0; answered < published_;) {
      ASSERT_TRUE((*worker)->Health().ok()) << (*worker)->Health();
      consumer->AwaitRecords(absl::Milliseconds(50));
      auto batch = consumer->Fetch(confirmations, 10'000, 1 << 20);
      ASSERT_TRUE(batch.ok()) << batch.status();
      answered += static_cast<int>(batch->records.size());
    }
    const absl::Status stopped = (*worker)->Stop();
    ASSERT_TRUE(stopped.ok()) << stopped;
  }

  std::unique_ptr<RocksDbStore> OpenStore() const {
    return *RocksDbStore::Open(StoreDirectory(directory_, kShard),
                               {.read_only = true});
  }

  absl::StatusOr<size_t> CountStoredRows() const {
    size_t rows = 0;
    const absl::Status scanned = OpenStore()->Scan(
        "", [&](std::string_view, std::string_view) { return ++rows > 0; });
    if (!scanned.ok()) return scanned;
    return rows;
  }

  /// Turns over the bits of some rows of citizens, which stand first.
  void DamageTheStore() {
    for (const auto& file :
         fs::directory_iterator(StoreDirectory(directory_, kShard))) {
      if (file.path().extension() != ".sst") continue;
      std::fstream stream(file.path(),
                          std::ios::in | std::ios::out | std::ios::binary);
      const auto place = static_cast<std::streamoff>(file.file_size() / 4);
      std::string bytes(64, '\0');
      stream.seekg(place);
      stream.read(bytes.data(), 64);
      for (char& byte : bytes) byte = static_cast<char>(~byte);
      stream.seekp(place);
      stream.write(bytes.data(), 64);
      ASSERT_TRUE(stream.good());
    }
    ASSERT_TRUE(absl::IsDataLoss(CountStoredRows().status()));
  }

  /// The newest first.
  std::vector<fs::path> TakenSnapshots() const {
    std::vector<fs::path> taken;
    for (const auto& snapshot :
         fs::directory_iterator(snapshots_ / log_.Id() / "shard-0")) {
      taken.push_back(snapshot.path());
    }
    std::sort(taken.rbegin(), taken.rend());
    return taken;
  }

  /// Everyone books, and then sends the same once more: two snapshots.
  void TakeTwoSnapshots() {
    EveryoneBooks();
    AnswerAll();
    // They are told apart by the second.
    absl::SleepFor(absl::Milliseconds(1100));
    EveryoneBooks();
    AnswerAll();
    ASSERT_EQ(TakenSnapshots().size(), Snapshots::kKept);
  }

  StoreFactory StoresWith(const Snapshots& snapshots) const {
    const fs::path store = StoreDirectory(directory_, kShard);
    StoreFactory stores;
    stores.open = [=](Shard) -> absl::StatusOr<std::unique_ptr<Store>> {
      auto opened = RocksDbStore::Open(store, {});
      if (!opened.ok()) return opened.status();
      return *std::move(opened);
    };
    stores.destroy = [=](Shard) { return RocksDbStore::Destroy(store); };
    stores.restore = [=, &snapshots](Shard shard,
                                     const std::optional<std::string>& before) {
      return snapshots.Restore(shard, before, store);
    };
    return stores;
  }

  static ShardOptions ReplicaOptions() {
    return {.clock = absl::Now,
            .executor = [](const std::function<void()>& work) { work(); }};
  }

  /// How many events are folded by whoever has lost the store: all of them are
  /// afterwards, whatever it began with.
  uint64_t EventsToFoldWithoutAStore() {
    fs::remove_all(directory_);
    fs::create_directory(directory_);
    const Snapshots snapshots({.folder = snapshots_,
                               .log_id = log_.Id(),
                               .interval = absl::Hours(1),
                               .clock = absl::Now});
    const StoreFactory stores = StoresWith(snapshots);
    auto replica = *Replica::Open(log_, kShard, stores, ReplicaOptions());
    const Offset end = log_.WatermarksOf({Topic::kEvents, kShard})->high;
    const absl::Status folded = replica->FoldUpTo(end);
    EXPECT_TRUE(folded.ok()) << folded;
    EXPECT_TRUE(replica->WriteCheckpoint().ok());
    const uint64_t replayed = replica->events_replayed();
    replica.reset();
    ExpectTheStoreIsTheFold();
    return replayed;
  }

  /// Row for row, with its head, and nothing more.
  void ExpectTheStoreIsTheFold() {
    auto history = *ShardHistory::Open(log_, kShard);
    while (*history->HasNext()) ASSERT_TRUE(history->DecideNext().ok());

    const auto store = OpenStore();
    auto position = DecodePosition(store->ReadPosition()->value());
    ASSERT_TRUE(position.ok()) << position.status();
    RowLoader loader(*store);
    const CachedState stored(position->head, loader);
    EXPECT_EQ(DifferenceBetween(history->state(), stored), "");
    EXPECT_TRUE(loader.status().ok()) << loader.status();
    EXPECT_EQ(*CountStoredRows(), CountRows(history->state()));
  }

  const fs::path directory_ = fs::path(testing::TempDir()) / "stores";
  const fs::path snapshots_ = fs::path(testing::TempDir()) / "snapshots";
  MemoryLog log_;
  int published_ = 0;
};

TEST_F(WorkerTest, ACleanStopLeavesTheFoldOfTheEvents) {
  EveryoneBooks();
  AnswerAll();
  ExpectTheStoreIsTheFold();
}

TEST_F(WorkerTest, AStoreWithDamagedRowsIsThrownAwayAndFoldedAgain) {
  EveryoneBooks();
  AnswerAll();
  DamageTheStore();
  EveryoneBooks();
  AnswerAll();
  ExpectTheStoreIsTheFold();
}

TEST_F(WorkerTest, DamagedRowsThatAFoldNeedsCostAReplay) {
  EveryoneBooks();
  AnswerAll();
  const fs::path then = fs::path(testing::TempDir()) / "stores of then";
  fs::remove_all(then);
  fs::copy(directory_, then, fs::copy_options::recursive);
  EveryoneCancels();
  AnswerAll();
  fs::remove_all(directory_);
  fs::rename(then, directory_);
  fs::remove_all(snapshots_);
  DamageTheStore();
  AnswerAll();
  ExpectTheStoreIsTheFold();
}

TEST_F(WorkerTest, ALostStoreIsBroughtFromTheNewestSnapshot) {
  TakeTwoSnapshots();
  EXPECT_EQ(EventsToFoldWithoutAStore(), 0);
}

TEST_F(WorkerTest, OfDamagedSnapshotsTheNextOlderOneIsTaken) {
  TakeTwoSnapshots();
  // On one file system they share what stands in both.
  for (const auto& file : fs::directory_iterator(TakenSnapshots().front())) {
    const fs::path older = TakenSnapshots().back() / file.path().filename();
    if (file.path().extension() == ".sst" && !fs::exists(older)) {
      fs::resize_file(file.path(), 10);
    }
  }
  const uint64_t after_the_older = EventsToFoldWithoutAStore();
  EXPECT_GT(after_the_older, 0);
  EXPECT_LE(after_the_older, kCitizens);

  fs::remove(TakenSnapshots().back() / "CURRENT");
  EXPECT_GT(EventsToFoldWithoutAStore(), after_the_older);
}

TEST_F(WorkerTest, SnapshotsAheadOfALogThatLostItsTailAreNotUsed) {
  TakeTwoSnapshots();
  log_.DropTail({Topic::kEvents, kShard}, Offset{2});
  EXPECT_GT(EventsToFoldWithoutAStore(), 0);
}

TEST_F(WorkerTest, ASnapshotOfAnotherLogIsNotUsed) {
  TakeTwoSnapshots();
  MemoryLog other(ShardCount{1}, absl::Now, "another");
  fs::rename(snapshots_ / log_.Id(), snapshots_ / other.Id());
  fs::remove_all(directory_);
  fs::create_directory(directory_);
  const Snapshots snapshots({.folder = snapshots_,
                             .log_id = other.Id(),
                             .interval = absl::Hours(1),
                             .clock = absl::Now});
  const StoreFactory stores = StoresWith(snapshots);
  const auto replica = Replica::Open(other, kShard, stores, ReplicaOptions());
  ASSERT_TRUE(replica.ok()) << replica.status();
  EXPECT_EQ((*replica)->state().head().sequence, Sequence{0});
}

TEST_F(WorkerTest, AFolderThatCannotBeListedCostsAReplay) {
  TakeTwoSnapshots();
  fs::remove_all(snapshots_);
  std::ofstream(snapshots_) << "no folder";
  EXPECT_GT(EventsToFoldWithoutAStore(), kCitizens);
}

}  // namespace
}  // namespace slotlog
