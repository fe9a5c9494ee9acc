#include "services/shard/snapshots.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <system_error>
#include <utility>
#include <vector>

#include "events/store/passing_store.h"
#include "services/shard/row_codec.h"

namespace slotlog {
namespace {

namespace fs = std::filesystem;

/// Names sort by it.
constexpr char kTakenAt[] = "%Y%m%dT%H%M%SZ";
/// What is not whole yet has a name with a dot.
constexpr char kNotWhole = '.';

absl::Status Failed(std::string_view doing, const fs::path& path,
                    const std::error_code& error) {
  return absl::UnavailableError(
      fmt::format("cannot {} {}: {}", doing, path.string(), error.message()));
}

/// The newest first; what is not whole among them.
absl::StatusOr<std::vector<std::string>> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    names.push_back(at->path().filename());
  }
  if (error) return Failed("list", folder, error);
  std::sort(names.rbegin(), names.rend());
  return names;
}

bool IsWhole(const std::string& name) {
  return name.find(kNotWhole) == std::string::npos;
}

/// By the newest snapshot in the folder; where there is none, long ago.
absl::Time LatestIn(const fs::path& folder) {
  const auto names = NamesIn(folder);
  if (!names.ok()) return absl::InfinitePast();
  for (const std::string& name : *names) {
    absl::Time taken_at;
    const std::string stamp = name.substr(0, name.find('-'));
    if (IsWhole(name) &&
        absl::ParseTime(kTakenAt, stamp, &taken_at, /*err=*/nullptr)) {
      return taken_at;
    }
  }
  return absl::InfinitePast();
}

/// Unlike any other process's, on whatever machine.
std::string NameOfThisProcess() {
  char host[256] = "";
  ::gethostname(host, sizeof(host) - 1);
  return fmt::format("{}-{}", static_cast<const char*>(host), ::getpid());
}

/// Moves a folder to a place where nothing is, also on another file system;
/// there it is whole or not at all.
absl::Status MoveFolder(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error != std::errc::cross_device_link) {
    return error ? Failed("make", to, error) : absl::OkStatus();
  }
  const fs::path begun = fmt::format("{}.{}", to.string(), NameOfThisProcess());
  fs::copy(from, begun, fs::copy_options::recursive, error);
  if (!error) fs::rename(begun, to, error);
  std::error_code ignored;
  fs::remove_all(error ? begun : from, ignored);
  return error ? Failed("make", to, error) : absl::OkStatus();
}

}  // namespace

/// Looks at the time whenever a checkpoint is written.
class Snapshots::TakingStore final : public PassingStore {
 public:
  TakingStore(Snapshots& snapshots, Shard shard,
              std::shared_ptr<RocksDbStore> store, const fs::path& directory)
      : PassingStore(store),
        snapshots_(snapshots),
        shard_(shard),
        store_(std::move(store)),
        beside_(directory.string() + ".snapshot"),
        taken_at_(LatestIn(snapshots.FolderOf(shard))) {}

  absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                               std::string_view position) override {
    auto written = PassingStore::WriteCheckpoint(changes, position);
    if (!written.ok()) return written;
    const absl::Time now = snapshots_.options_.clock();
    if (now < taken_at_ + snapshots_.options_.interval || *is_on_its_way_) {
      return written;
    }
    taken_at_ = now;
    if (auto taken = Take(now, position); !taken.ok()) Tell(shard_, taken);
    return written;
  }

 private:
  /// Nobody writes to the store meanwhile: it stands at this position.
  absl::Status Take(absl::Time now, std::string_view position) {
    const auto stands_at = DecodePosition(position);
    if (!stands_at.ok()) return stands_at.status();
    std::error_code error;
    // Of a process that was killed; RocksDB begins with the second.
    fs::remove_all(beside_, error);
    fs::remove_all(beside_.string() + ".tmp", error);
    if (auto taken = store_->SnapshotTo(beside_); !taken.ok()) return taken;
    *is_on_its_way_ = true;
    snapshots_.thread_.Do(
        [&snapshots = snapshots_, shard = shard_, beside = beside_,
         is_on_its_way = is_on_its_way_,
         name = fmt::format(
             "{}-{}", absl::FormatTime(kTakenAt, now, absl::UTCTimeZone()),
             stands_at->head.sequence.value)] {
          auto brought = snapshots.Bring(shard, beside, name);
          if (!brought.ok()) Tell(shard, brought);
          *is_on_its_way = false;
        });
    return absl::OkStatus();
  }

  static void Tell(Shard shard, const absl::Status& status) {
    spdlog::warn("shard {}: no snapshot: {}", shard.value,
                 std::string(status.message()));
  }

  Snapshots& snapshots_;
  const Shard shard_;
  const std::shared_ptr<RocksDbStore> store_;
  const fs::path beside_;
  absl::Time taken_at_;
  /// Outlives this where the store is closed meanwhile.
  const std::shared_ptr<std::atomic<bool>> is_on_its_way_ =
      std::make_shared<std::atomic<bool>>(false);
};

Snapshots::Snapshots(SnapshotOptions options)
    : options_(std::move(options)), thread_("snapshots") {}

fs::path Snapshots::FolderOf(Shard shard) const {
  return options_.folder / options_.log_id /
         fmt::format("shard-{}", shard.value);
}

std::unique_ptr<Store> Snapshots::Taking(Shard shard,
                                         std::unique_ptr<RocksDbStore> store,
                                         const fs::path& directory) {
  return std::make_unique<TakingStore>(*this, shard, std::move(store),
                                       directory);
}

absl::Status Snapshots::Bring(Shard shard, const fs::path& taken,
                              const std::string& name) const {
  const fs::path folder = FolderOf(shard);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Failed("make", folder, error);
  if (auto moved = MoveFolder(taken, folder / name); !moved.ok()) return moved;
  const auto names = NamesIn(folder);
  if (!names.ok()) return names.status();
  // Older ones, whole or not.
  size_t kept = 0;
  for (const std::string& each : *names) {
    if (kept == kKept) fs::remove_all(folder / each, error);
    if (error) return Failed("remove", folder / each, error);
    if (kept < kKept && IsWhole(each)) ++kept;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> Snapshots::Restore(
    Shard shard, const std::optional<std::string>& before,
    const fs::path& directory) const {
  const fs::path folder = FolderOf(shard);
  const auto names = NamesIn(folder);
  if (!names.ok()) return names.status();
  const fs::path begun = directory.string() + ".begun";
  for (const std::string& name : *names) {
    if (!IsWhole(name) || (before.has_value() && name >= *before)) continue;
    std::error_code error;
    fs::remove_all(begun, error);
    fs::copy(folder / name, begun, fs::copy_options::recursive, error);
    // A store that was destroyed may leave its folder, if that is empty.
    if (!error) fs::rename(begun, directory, error);
    if (!error) {
      spdlog::info("shard {}: its state is brought from the snapshot {}",
                   shard.value, (folder / name).string());
      return name;
    }
    const absl::Status failed = Failed("copy", folder / name, error);
    spdlog::warn("shard {}: {}", shard.value, std::string(failed.message()));
    fs::remove_all(begun, error);
  }
  return std::nullopt;
}

}  // namespace slotlog
