#include "services/shard/snapshots.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "events/store/passing_store.h"
#include "services/shard/row_codec.h"

namespace slotlog {
namespace {

namespace fs = std::filesystem;

fs::path FolderOf(const fs::path& folder, Shard shard) {
  return folder / fmt::format("shard-{}", shard.value);
}

/// So that names stand in the order of the events.
std::string NameOf(Sequence at) { return fmt::format("{:020}", at.value); }

bool IsSnapshot(const fs::path& path) {
  const std::string name = path.filename();
  return name.size() == NameOf(Sequence{}).size() &&
         name.find_first_not_of("0123456789") == std::string::npos;
}

absl::Status Failed(std::string_view doing, const fs::path& path,
                    const std::error_code& error) {
  return absl::UnavailableError(
      fmt::format("cannot {} {}: {}", doing, path.string(), error.message()));
}

/// The newest first.
absl::StatusOr<std::vector<fs::path>> SnapshotsIn(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  if (!fs::exists(folder, error)) return found;
  for (fs::directory_iterator at(folder, error), end; at != end && !error;
       at.increment(error)) {
    if (IsSnapshot(at->path())) found.push_back(at->path());
  }
  if (error) return Failed("list", folder, error);
  std::sort(found.rbegin(), found.rend());
  return found;
}

}  // namespace

/// Looks at the time whenever a checkpoint is written.
class Snapshots::TakingStore final : public PassingStore {
 public:
  /// The store is shared with the snapshot that is being taken of it.
  TakingStore(Snapshots& snapshots, Shard shard,
              std::shared_ptr<RocksDbStore> store)
      : PassingStore(store),
        snapshots_(snapshots),
        shard_(shard),
        store_(std::move(store)),
        taken_at_(snapshots.options_.clock()) {}

  absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                               std::string_view position) override {
    auto written = PassingStore::WriteCheckpoint(changes, position);
    const absl::Time now = snapshots_.options_.clock();
    if (!written.ok() || now < taken_at_ + snapshots_.options_.interval) {
      return written;
    }
    const auto stands_at = DecodePosition(position);
    if (!stands_at.ok()) return stands_at.status();
    taken_at_ = now;
    snapshots_.thread_.Do([&snapshots = snapshots_, shard = shard_,
                           at = stands_at->head.sequence, store = store_] {
      const absl::Status taken = snapshots.Take(shard, at, *store);
      if (!taken.ok()) {
        spdlog::warn("shard {}: no snapshot: {}", shard.value,
                     std::string(taken.message()));
      }
    });
    return written;
  }

 private:
  Snapshots& snapshots_;
  const Shard shard_;
  const std::shared_ptr<RocksDbStore> store_;
  absl::Time taken_at_;
};

Snapshots::Snapshots(SnapshotOptions options)
    : options_(std::move(options)), thread_("snapshots") {}

std::unique_ptr<Store> Snapshots::Taking(Shard shard,
                                         std::unique_ptr<RocksDbStore> store) {
  return std::make_unique<TakingStore>(*this, shard, std::move(store));
}

/// First under a name that is no snapshot's, so that none is ever half there.
absl::Status Snapshots::Take(Shard shard, Sequence at,
                             const RocksDbStore& store) const {
  const fs::path folder = FolderOf(options_.folder, shard);
  const fs::path path = folder / NameOf(at);
  const fs::path begun =
      folder / fmt::format("{}.begun-{}", NameOf(at), ::getpid());
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Failed("make", folder, error);
  fs::remove_all(begun, error);
  if (auto taken = store.SnapshotTo(begun); !taken.ok()) return taken;
  fs::rename(begun, path, error);
  if (error) {
    // Another worker has taken it, or the folder cannot be written.
    std::error_code ignored;
    fs::remove_all(begun, ignored);
    if (!fs::exists(path)) return Failed("make", path, error);
  }
  auto all = SnapshotsIn(folder);
  if (!all.ok()) return all.status();
  for (size_t old = kKept; old < all->size(); ++old) {
    fs::remove_all((*all)[old], error);
    if (error) return Failed("remove", (*all)[old], error);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Snapshots::Restore(Shard shard, size_t newer,
                                        const fs::path& directory) const {
  const auto all = SnapshotsIn(FolderOf(options_.folder, shard));
  if (!all.ok()) return all.status();
  if (newer >= all->size()) return false;
  const fs::path& snapshot = (*all)[newer];
  spdlog::info("shard {}: its state is brought from the snapshot {}",
               shard.value, snapshot.string());
  std::error_code error;
  fs::copy(snapshot, directory, fs::copy_options::recursive, error);
  if (error) return Failed("copy", snapshot, error);
  return true;
}

}  // namespace slotlog
