// What only this store promises: its errors, snapshots and files. The rest is
// in //tests/conformance: rocksdb_store_test and rocksdb_store_fault_test.

#include "events/store/rocksdb/rocksdb_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace slotlog {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// Holds RocksDB's lock of a directory from another process.
class OtherProcess {
 public:
  explicit OtherProcess(const fs::path& directory) {
    int is_locked[2];
    EXPECT_EQ(pipe(is_locked), 0);
    child_ = fork();
    if (child_ == 0) {
      const int file = open((directory / "LOCK").c_str(), O_RDWR);
      struct flock lock {};
      lock.l_type = F_WRLCK;
      const bool is_done =
          fcntl(file, F_SETLK, &lock) == 0 && write(is_locked[1], "1", 1) == 1;
      if (!is_done) _exit(1);
      pause();
    }
    close(is_locked[1]);
    char byte = 0;
    EXPECT_EQ(read(is_locked[0], &byte, 1), 1);
    close(is_locked[0]);
  }
  ~OtherProcess() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_;
};

class RocksDbStoreTest : public testing::Test {
 protected:
  RocksDbStoreTest() { fs::remove_all(directory_); }

  std::unique_ptr<RocksDbStore> Open(const std::string& tuning = "") {
    auto store = RocksDbStore::Open(directory_, {.tuning = tuning});
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  absl::Status OpenError() {
    return RocksDbStore::Open(directory_, {}).status();
  }
  /// Makes a store with one checkpoint of many rows.
  void MakeStore() {
    std::vector<std::string> keys;
    for (int i = 0; i < 20'000; ++i) keys.push_back(fmt::format("{:05d}", i));
    std::vector<RowChange> changes;
    for (const std::string& key : keys) changes.push_back({key, "a value"});
    EXPECT_TRUE(Open()->WriteCheckpoint(changes, "first").ok());
  }
  /// The store's file whose name begins or ends so.
  fs::path FileLike(std::string_view part) {
    for (const auto& file : fs::directory_iterator(directory_)) {
      const std::string name = file.path().filename();
      if (name.starts_with(part) || name.ends_with(part)) return file;
    }
    ADD_FAILURE() << "no file like " << part;
    return "";
  }
  /// Turns over every bit of so many bytes from this place; from the end if
  /// negative.
  void Damage(const fs::path& file, int place, int bytes) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(place, place < 0 ? std::ios::end : std::ios::beg);
    const auto begin = stream.tellg();
    std::string content(bytes, '\0');
    stream.read(content.data(), bytes);
    for (char& c : content) c = static_cast<char>(~c);
    stream.seekp(begin);
    stream.write(content.data(), bytes);
    EXPECT_TRUE(stream.good());
  }
  /// Opening says that it is damaged, and Destroy makes room for a new one.
  void ExpectDamagedAndDestroyed() {
    const absl::Status error = OpenError();
    EXPECT_EQ(error.code(), absl::StatusCode::kDataLoss) << error;
    EXPECT_THAT(std::string(error.message()),
                AllOf(HasSubstr(directory_.string()), HasSubstr("damaged")));
    EXPECT_TRUE(RocksDbStore::Destroy(directory_).ok());
    EXPECT_EQ(*Open()->ReadPosition(), std::nullopt);
  }

  const fs::path directory_ = fs::path(testing::TempDir()) / "store";
};

TEST_F(RocksDbStoreTest, AStoreThatIsOpenHereIsNotOpenedTwice) {
  const auto store = Open();
  const absl::Status error = OpenError();
  EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.message()),
              AllOf(HasSubstr(directory_.string()), HasSubstr("open already")));
}

TEST_F(RocksDbStoreTest, AStoreThatIsOpenElsewhereIsNeitherOpenedNorDestroyed) {
  MakeStore();
  const OtherProcess other(directory_);
  const absl::Status error = OpenError();
  EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.message()), HasSubstr("open already"));
  EXPECT_EQ(RocksDbStore::Destroy(directory_).code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(RocksDbStoreTest, AFolderThatCannotBeMadeIsAnError) {
  const absl::Status error =
      RocksDbStore::Open(directory_ / "no" / "such", {}).status();
  EXPECT_EQ(error.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.message()), HasSubstr("folder"));
}

TEST_F(RocksDbStoreTest, UnknownTuningIsAnError) {
  EXPECT_EQ(
      RocksDbStore::Open(directory_, {.tuning = "speed=9"}).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(RocksDbStoreTest, AMissingFileOfRowsIsDamage) {
  MakeStore();
  fs::remove(FileLike(".sst"));
  ExpectDamagedAndDestroyed();
}

TEST_F(RocksDbStoreTest, AShortFileOfRowsIsDamage) {
  MakeStore();
  fs::resize_file(FileLike(".sst"), 1'000);
  ExpectDamagedAndDestroyed();
}

TEST_F(RocksDbStoreTest, AMissingManifestIsDamage) {
  MakeStore();
  fs::remove(FileLike("MANIFEST"));
  ExpectDamagedAndDestroyed();
}

TEST_F(RocksDbStoreTest, HalfDestroyedThereIsNone) {
  MakeStore();
  // A folder with something in it stops the destroying where a death would.
  const fs::path obstacle = directory_ / "MANIFEST-000099";
  fs::create_directories(obstacle / "something");
  EXPECT_FALSE(RocksDbStore::Destroy(directory_).ok());
  EXPECT_EQ(RocksDbStore::Open(directory_, {.read_only = true}).status().code(),
            absl::StatusCode::kNotFound);
  fs::remove_all(obstacle);
  EXPECT_TRUE(RocksDbStore::Destroy(directory_).ok());
  EXPECT_EQ(*Open()->ReadPosition(), std::nullopt);
}

TEST_F(RocksDbStoreTest, ADamagedManifestIsDamage) {
  MakeStore();
  Damage(FileLike("MANIFEST"), 30, 10);
  ExpectDamagedAndDestroyed();
}

TEST_F(RocksDbStoreTest, ADamagedRowIsFoundWhenItIsRead) {
  MakeStore();
  // Behind the first block, which opening reads.
  Damage(FileLike(".sst"), 20'000, 10);
  const auto store = Open();
  const auto all = [](std::string_view, std::string_view) { return true; };
  const absl::Status error = store->Scan("", all);
  EXPECT_EQ(error.code(), absl::StatusCode::kDataLoss) << error;
  EXPECT_THAT(std::string(error.message()), HasSubstr(directory_.string()));
}

TEST_F(RocksDbStoreTest, AnotherFormatIsRefused) {
  MakeStore();
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, directory_.string(), &db).ok());
  ASSERT_TRUE(
      db->Put({}, rocksdb::Slice("\0format", 7), rocksdb::Slice("99")).ok());
  delete db;
  const absl::Status error = OpenError();
  EXPECT_EQ(error.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(error.message()), HasSubstr("format '99'"));
}

TEST_F(RocksDbStoreTest, AnUnfinishedCheckpointIsRemovedOnOpen) {
  MakeStore();
  std::ofstream(directory_ / "checkpoint.sst") << "half of a checkpoint";
  const auto store = Open();
  EXPECT_FALSE(fs::exists(directory_ / "checkpoint.sst"));
  EXPECT_EQ(*store->ReadPosition(), "first");
}

TEST_F(RocksDbStoreTest, ASnapshotIsAStoreOfItsOwn) {
  MakeStore();
  const auto store = Open();
  const fs::path snapshot = fs::path(testing::TempDir()) / "snapshot";
  fs::remove_all(snapshot);
  ASSERT_TRUE(store->SnapshotTo(snapshot).ok());
  ASSERT_TRUE(store->WriteCheckpoint({{"00000", "new"}}, "second").ok());

  const auto copy = RocksDbStore::Open(snapshot, {}).value();
  EXPECT_EQ(*copy->ReadPosition(), "first");
  EXPECT_EQ(*(*copy->Read({"00000"}))[0], "a value");
  EXPECT_TRUE(copy->WriteCheckpoint({}, "third").ok());
  EXPECT_EQ(*store->ReadPosition(), "second");
}

TEST_F(RocksDbStoreTest, ASnapshotGoesToANewDirectoryOnly) {
  MakeStore();
  const absl::Status error = Open()->SnapshotTo(testing::TempDir());
  EXPECT_EQ(error.code(), absl::StatusCode::kInvalidArgument) << error;
}

TEST_F(RocksDbStoreTest, DestroyLeavesNothingOfTheStore) {
  EXPECT_TRUE(RocksDbStore::Destroy(directory_).ok());
  MakeStore();
  std::ofstream(directory_ / "checkpoint.sst") << "half of a checkpoint";
  EXPECT_TRUE(RocksDbStore::Destroy(directory_).ok());
  EXPECT_FALSE(fs::exists(directory_));
}

TEST_F(RocksDbStoreTest, DestroyLeavesWhatIsNotTheStores) {
  MakeStore();
  std::ofstream(directory_ / "notes.txt") << "ours";
  EXPECT_TRUE(RocksDbStore::Destroy(directory_).ok());
  EXPECT_TRUE(fs::exists(directory_ / "notes.txt"));
}

TEST_F(RocksDbStoreTest, CheckpointsWaitForCompaction) {
  constexpr int kFilesMax = 4;
  const auto store =
      Open(fmt::format("level0_file_num_compaction_trigger=2;"
                       "level0_slowdown_writes_trigger={0};"
                       "level0_stop_writes_trigger={0}",
                       kFilesMax));
  std::vector<std::string> keys;
  for (int i = 0; i < 100'000; ++i) keys.push_back(fmt::format("{:06d}", i));
  int files_seen_max = 0;
  for (int checkpoint = 0; checkpoint < 60; ++checkpoint) {
    std::vector<RowChange> changes;
    // Now many rows, now one: merging takes longer than a checkpoint.
    for (const std::string& key : keys) {
      changes.push_back({key, "a value of some length"});
      if (checkpoint % 20 != 0) break;
    }
    ASSERT_TRUE(store->WriteCheckpoint(changes, "here").ok());
    const auto files = std::count_if(
        fs::directory_iterator(directory_), {},
        [](const auto& file) { return file.path().extension() == ".sst"; });
    files_seen_max = std::max(files_seen_max, static_cast<int>(files));
  }
  // Those that are merged stay until the merged one stands.
  EXPECT_LE(files_seen_max, 2 * kFilesMax);
}

}  // namespace
}  // namespace slotlog
