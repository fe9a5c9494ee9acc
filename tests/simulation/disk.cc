#include "tests/simulation/disk.h"

#include <string>
#include <utility>
#include <vector>

#include "events/invariant.h"

namespace slotlog {
namespace {

/// A store that the process uses until it dies; the disk keeps it.
class OpenStore final : public Store {
 public:
  OpenStore(std::shared_ptr<MemoryStore> store, Process& process)
      : store_(std::move(store)), process_(process) {}

  absl::StatusOr<std::optional<std::string>> ReadPosition() const override {
    return process_.Look([&] { return store_->ReadPosition(); });
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> Read(
      absl::Span<const std::string_view> keys) const override {
    return process_.Look([&] { return store_->Read(keys); });
  }
  absl::Status Scan(
      std::string_view prefix,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return process_.Look([&] { return store_->Scan(prefix, visit); });
  }
  absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                               std::string_view position) override {
    if (auto error = process_.TakeWriteError(); !error.ok()) return error;
    return process_.Call(
        [&] { return store_->WriteCheckpoint(changes, position); });
  }

 private:
  const std::shared_ptr<MemoryStore> store_;
  Process& process_;
};

std::shared_ptr<MemoryStore> CopyOf(const MemoryStore& store) {
  auto copy = std::make_shared<MemoryStore>();
  const auto position = store.ReadPosition();
  if (!position.ok() || !position->has_value()) return copy;
  std::vector<std::pair<std::string, std::string>> rows;
  absl::Status done =
      store.Scan("", [&](std::string_view key, std::string_view value) {
        rows.emplace_back(key, value);
        return true;
      });
  std::vector<RowChange> changes;
  for (const auto& [key, value] : rows) changes.push_back({key, value});
  done.Update(copy->WriteCheckpoint(changes, **position));
  INVARIANT(done.ok(), "a store in memory is copied");
  return copy;
}

}  // namespace

MemoryStore& Disk::At(Shard shard) {
  auto& store = stores_[shard];
  if (store == nullptr) store = std::make_shared<MemoryStore>();
  return *store;
}

std::unique_ptr<Store> Disk::Open(Shard shard, Process& process) {
  At(shard);
  return std::make_unique<OpenStore>(stores_[shard], process);
}

void Disk::BackUp(Shard shard) { backups_[shard] = CopyOf(At(shard)); }

void Disk::Restore(Shard shard) {
  const auto backup = backups_.find(shard);
  if (backup != backups_.end()) stores_[shard] = CopyOf(*backup->second);
}

}  // namespace slotlog
