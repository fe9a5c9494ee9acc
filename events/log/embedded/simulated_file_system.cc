#include "events/log/embedded/simulated_file_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "events/invariant.h"

namespace slotlog {

class SimulatedFile : public File {
 public:
  SimulatedFile(SimulatedFileSystem& system, std::string path,
                std::shared_ptr<SimulatedFileSystem::Node> node)
      : system_(system), path_(std::move(path)), node_(std::move(node)) {}

  absl::StatusOr<size_t> ReadAt(uint64_t position,
                                absl::Span<char> into) const override {
    std::lock_guard lock(system_.mutex_);
    const std::string& bytes = node_->written;
    if (position >= bytes.size()) return 0;
    const size_t count = std::min<size_t>(into.size(), bytes.size() - position);
    std::memcpy(into.data(), bytes.data() + position, count);
    system_.bytes_read_ += count;
    return count;
  }

  absl::Status WriteAt(uint64_t position,
                       absl::Span<const std::string_view> pieces) override {
    std::lock_guard lock(system_.mutex_);
    std::string all;
    for (std::string_view piece : pieces) all += piece;
    std::string& bytes = node_->written;
    const uint64_t room =
        bytes.size() - std::min<uint64_t>(position, bytes.size());
    const uint64_t count =
        all.size() <= room
            ? all.size()
            : room + std::min(all.size() - room, system_.space_left_);
    const uint64_t end = std::max<uint64_t>(bytes.size(), position + count);
    system_.space_left_ -= end - bytes.size();
    bytes.resize(end);
    std::memcpy(bytes.data() + position, all.data(), count);
    node_->same_length = std::min(node_->same_length, position);
    system_.CountOperation();
    if (count == all.size()) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        fmt::format("cannot write {}: no space left", path_));
  }

  absl::Status Truncate(uint64_t length) override {
    std::lock_guard lock(system_.mutex_);
    system_.space_left_ += node_->written.size() - length;
    node_->truncated = node_->written;
    node_->written.resize(length);
    node_->same_length = std::min(node_->same_length, length);
    system_.CountOperation();
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    std::unique_lock lock(system_.mutex_);
    ++system_.syncs_;
    system_.changed_.notify_all();
    system_.changed_.wait(lock, [&] { return !system_.hold_syncs_; });
    if (system_.syncs_until_failure_ > 0 &&
        --system_.syncs_until_failure_ == 0) {
      return absl::UnknownError(
          fmt::format("cannot fdatasync {}: simulated", path_));
    }
    // A cut at this operation finds that the sync has done nothing yet.
    system_.CountOperation();
    node_->durable.resize(node_->same_length);
    node_->durable.append(node_->written, node_->same_length);
    node_->same_length = node_->durable.size();
    node_->truncated.reset();
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Length() const override {
    std::lock_guard lock(system_.mutex_);
    return node_->written.size();
  }

 private:
  SimulatedFileSystem& system_;
  const std::string path_;
  const std::shared_ptr<SimulatedFileSystem::Node> node_;
};

class SimulatedLock : public FileLock {
 public:
  /// Takes the place of the count in `holders`.
  SimulatedLock(SimulatedFileSystem& system, int& holders)
      : system_(system), holders_(holders) {
    ++holders_;
  }
  ~SimulatedLock() override {
    std::lock_guard lock(system_.mutex_);
    --holders_;
  }

 private:
  SimulatedFileSystem& system_;
  int& holders_;
};

absl::StatusOr<bool> SimulatedFileSystem::Exists(
    const std::filesystem::path& path) {
  std::lock_guard lock(mutex_);
  return files_.contains(path.string());
}

absl::StatusOr<std::unique_ptr<File>> SimulatedFileSystem::Open(
    const std::filesystem::path& path, OpenMode mode) {
  std::lock_guard lock(mutex_);
  if (mode == OpenMode::kCreate) {
    ChangeDirectory([name = path.string(), node = std::make_shared<Node>()](
                        Directory& directory) { directory[name] = node; });
  }
  const auto found = files_.find(path.string());
  if (found == files_.end()) return absl::NotFoundError(path.string());
  return std::make_unique<SimulatedFile>(*this, path.string(), found->second);
}

absl::Status SimulatedFileSystem::Rename(const std::filesystem::path& from,
                                         const std::filesystem::path& to) {
  std::lock_guard lock(mutex_);
  if (!files_.contains(from.string())) {
    return absl::NotFoundError(from.string());
  }
  ChangeDirectory([from = from.string(), to = to.string()](Directory& names) {
    names[to] = names[from];
    names.erase(from);
  });
  CountOperation();
  return absl::OkStatus();
}

absl::Status SimulatedFileSystem::CreateDirectories(
    const std::filesystem::path&) {
  return absl::OkStatus();
}

absl::Status SimulatedFileSystem::SyncDirectory(const std::filesystem::path&) {
  std::lock_guard lock(mutex_);
  CountOperation();
  for (const auto& step : unsynced_steps_) step(durable_files_);
  unsynced_steps_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<FileLock>> SimulatedFileSystem::Lock(
    const std::filesystem::path& path, LockKind kind) {
  std::lock_guard lock(mutex_);
  int& shared = shared_locks_[path.string()];
  int& exclusive = exclusive_locks_[path.string()];
  const bool wants_all = kind == LockKind::kExclusive;
  if (exclusive > 0 || (wants_all && shared > 0)) {
    return absl::FailedPreconditionError(
        fmt::format("{} is locked", path.string()));
  }
  return std::make_unique<SimulatedLock>(*this, wants_all ? exclusive : shared);
}

void SimulatedFileSystem::CutAtOperation(int nth, Cut cut, uint64_t seed) {
  std::lock_guard lock(mutex_);
  operations_until_cut_ = nth;
  cut_ = cut;
  cut_seed_ = seed;
}

void SimulatedFileSystem::CutNow(Cut cut, uint64_t seed) {
  std::lock_guard lock(mutex_);
  DoCut(cut, seed);
}

bool SimulatedFileSystem::PowerIsOff() const {
  std::lock_guard lock(mutex_);
  return survivors_.has_value();
}

void SimulatedFileSystem::Restart() {
  std::lock_guard lock(mutex_);
  INVARIANT(survivors_.has_value(), "the power is on");
  files_ = std::move(survivors_->files);
  durable_files_ = std::move(survivors_->durable_files);
  survivors_.reset();
  unsynced_steps_ = {[all = files_](Directory& names) { names = all; }};
  operations_until_cut_ = 0;
}

void SimulatedFileSystem::SetSpaceLeft(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  space_left_ = bytes;
}

void SimulatedFileSystem::FailSync(int nth) {
  std::lock_guard lock(mutex_);
  syncs_until_failure_ = nth;
}

void SimulatedFileSystem::HoldSyncs(bool hold) {
  std::lock_guard lock(mutex_);
  hold_syncs_ = hold;
  changed_.notify_all();
}

void SimulatedFileSystem::AwaitSyncs(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return syncs_ >= count; });
}

int SimulatedFileSystem::Syncs() const {
  std::lock_guard lock(mutex_);
  return syncs_;
}

uint64_t SimulatedFileSystem::BytesRead() const {
  std::lock_guard lock(mutex_);
  return bytes_read_;
}

std::string SimulatedFileSystem::Contents(
    const std::filesystem::path& path) const {
  std::lock_guard lock(mutex_);
  return files_.at(path.string())->written;
}

void SimulatedFileSystem::SetContents(const std::filesystem::path& path,
                                      const std::string& contents) {
  std::lock_guard lock(mutex_);
  auto node = std::make_shared<Node>(contents);
  files_[path.string()] = node;
  durable_files_[path.string()] = node;
}

void SimulatedFileSystem::FlipBit(const std::filesystem::path& path,
                                  uint64_t position) {
  std::lock_guard lock(mutex_);
  Node& node = *files_.at(path.string());
  node.written.at(position) ^= 1;
  if (position < node.durable.size()) node.durable.at(position) ^= 1;
}

void SimulatedFileSystem::CountOperation() {
  if (operations_until_cut_ > 0 && --operations_until_cut_ == 0) {
    DoCut(cut_, cut_seed_);
  }
}

void SimulatedFileSystem::DoCut(Cut cut, uint64_t seed) {
  std::mt19937_64 random(seed);
  Survivors survivors;
  if (cut == Cut::kProcess) {
    for (const auto& [name, node] : files_) {
      survivors.files[name] = std::make_shared<Node>(*node);
      const auto durable = durable_files_.find(name);
      if (durable == durable_files_.end() || durable->second != node) continue;
      survivors.durable_files[name] = survivors.files[name];
    }
  } else {
    Directory names = durable_files_;
    const size_t steps = random() % (unsynced_steps_.size() + 1);
    for (size_t i = 0; i < steps; ++i) unsynced_steps_[i](names);
    for (const auto& [name, node] : names) {
      const std::string left = Survivor(*node, random);
      survivors.files[name] = std::make_shared<Node>(left);
    }
    survivors.durable_files = survivors.files;
  }
  survivors_ = std::move(survivors);
}

std::string SimulatedFileSystem::Survivor(const Node& node,
                                          std::mt19937_64& random) const {
  const bool comes_back = node.truncated.has_value() && random() % 2 == 0;
  const std::string& written = comes_back ? *node.truncated : node.written;
  const std::string& durable = node.durable;
  const size_t shortest = std::min(written.size(), durable.size());
  const size_t longest = std::max(written.size(), durable.size());
  const size_t lengths[] = {durable.size(), written.size(),
                            shortest + random() % (longest - shortest + 1)};
  std::string left(lengths[random() % std::size(lengths)], '\0');
  const uint64_t survivors_of_8 = 1 + random() % 8;
  for (size_t at = 0; at < left.size(); at += sector_bytes_) {
    const bool survives = random() % 8 < survivors_of_8;
    const std::string& from = survives ? written : durable;
    if (at >= from.size()) continue;
    const size_t count =
        std::min({sector_bytes_, left.size() - at, from.size() - at});
    std::memcpy(left.data() + at, from.data() + at, count);
  }
  return left;
}

void SimulatedFileSystem::ChangeDirectory(
    std::function<void(Directory&)> step) {
  step(files_);
  unsynced_steps_.push_back(std::move(step));
}

}  // namespace slotlog
