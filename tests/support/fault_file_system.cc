#include "tests/support/fault_file_system.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace slotlog {

namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using std::filesystem::path;

enum class Operation { kTakesSpace, kSync, kOther };

/// A file's bytes, whatever names it has.
struct Bytes {
  uint64_t synced = 0;
};

/// A change of a folder that was not synced, with what it takes to undo it.
struct Entry {
  path made;
  /// Renamed: what it was called before.
  std::optional<path> source = std::nullopt;
  /// Renamed over another file: that file.
  std::optional<std::string> overwritten = std::nullopt;
};

std::string ContentOf(const path& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

void Undo(const Entry& entry) {
  if (entry.source.has_value()) {
    // The file may have been removed since.
    std::error_code error;
    std::filesystem::rename(entry.made, *entry.source, error);
  } else {
    std::filesystem::remove_all(entry.made);
  }
  if (entry.overwritten.has_value()) {
    std::ofstream(entry.made, std::ios::binary) << *entry.overwritten;
  }
}

bool IsTextLog(const path& file) {
  return file.filename().string().starts_with("LOG");
}

}  // namespace

class FaultFileSystem::Files : public rocksdb::FileSystemWrapper {
 public:
  class File;
  class Folder;

  Files() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultFileSystem"; }

  void Arm(Plan plan);
  bool HasStruck() const;
  void Restart(Unsynced unsynced);

  IOStatus NewWritableFile(const std::string& file, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* made,
                           IODebugContext* debug) override;
  IOStatus ReopenWritableFile(const std::string& file,
                              const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* made,
                              IODebugContext* debug) override;
  IOStatus NewDirectory(const std::string& folder, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* made,
                        IODebugContext* debug) override;
  IOStatus DeleteFile(const std::string& file, const IOOptions& options,
                      IODebugContext* debug) override;
  IOStatus CreateDirIfMissing(const std::string& folder,
                              const IOOptions& options,
                              IODebugContext* debug) override;
  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options, IODebugContext* debug) override;
  IOStatus LinkFile(const std::string& from, const std::string& to,
                    const IOOptions& options, IODebugContext* debug) override;

 private:
  /// Counts an operation; its error, if it goes wrong.
  IOStatus Count(Operation operation) ABSL_LOCKS_EXCLUDED(mutex_);
  void NoteEntry(Entry entry) ABSL_LOCKS_EXCLUDED(mutex_);
  void SyncEntriesOf(const path& folder) ABSL_LOCKS_EXCLUDED(mutex_);
  void NoteSynced(Bytes& bytes, uint64_t length) ABSL_LOCKS_EXCLUDED(mutex_);

  mutable absl::Mutex mutex_;
  Plan plan_ ABSL_GUARDED_BY(mutex_);
  int operations_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<path, std::shared_ptr<Bytes>> bytes_ ABSL_GUARDED_BY(mutex_);
  /// In the order in which they were made, of all folders.
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

class FaultFileSystem::Files::File
    : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file,
       std::shared_ptr<Bytes> bytes, Files* files)
      : FSWritableFileOwnerWrapper(std::move(file)),
        bytes_(std::move(bytes)),
        files_(files) {}

  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* debug) override {
    const IOStatus fault = files_->Count(Operation::kTakesSpace);
    if (fault.ok()) return target()->Append(data, options, debug);
    target()
        ->Append({data.data(), data.size() / 2}, options, debug)
        .PermitUncheckedError();
    return fault;
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*verification*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus fault = files_->Count(Operation::kSync);
    if (!fault.ok()) return fault;
    files_->NoteSynced(*bytes_, target()->GetFileSize(options, debug));
    return IOStatus::OK();
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }
  IOStatus RangeSync(uint64_t /*offset*/, uint64_t /*bytes*/,
                     const IOOptions& /*options*/,
                     IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }

 private:
  const std::shared_ptr<Bytes> bytes_;
  Files* const files_;
};

class FaultFileSystem::Files::Folder : public rocksdb::FSDirectoryWrapper {
 public:
  Folder(std::unique_ptr<rocksdb::FSDirectory> folder, path name, Files* files)
      : FSDirectoryWrapper(std::move(folder)),
        name_(std::move(name)),
        files_(files) {}

  IOStatus Fsync(const IOOptions& /*options*/,
                 IODebugContext* /*debug*/) override {
    const IOStatus fault = files_->Count(Operation::kSync);
    if (fault.ok()) files_->SyncEntriesOf(name_);
    return fault;
  }
  IOStatus FsyncWithDirOptions(
      const IOOptions& options, IODebugContext* debug,
      const rocksdb::DirFsyncOptions& /*reason*/) override {
    return Fsync(options, debug);
  }

 private:
  const path name_;
  Files* const files_;
};

void FaultFileSystem::Files::Arm(Plan plan) {
  absl::MutexLock lock(&mutex_);
  plan_ = plan;
  operations_ = 0;
}

bool FaultFileSystem::Files::HasStruck() const {
  absl::MutexLock lock(&mutex_);
  return operations_ >= plan_.at;
}

void FaultFileSystem::Files::Restart(Unsynced unsynced) {
  absl::MutexLock lock(&mutex_);
  plan_ = {};
  if (unsynced != Unsynced::kKept) {
    for (const auto& [file, bytes] : bytes_) {
      if (!std::filesystem::exists(file)) continue;
      const uint64_t length = std::filesystem::file_size(file);
      const uint64_t lost = length - std::min(length, bytes->synced);
      std::filesystem::resize_file(
          file, length - (unsynced == Unsynced::kTorn ? lost / 2 : lost));
    }
  }
  if (unsynced == Unsynced::kLost) {
    std::for_each(entries_.rbegin(), entries_.rend(), Undo);
  }
  bytes_.clear();
  entries_.clear();
}

IOStatus FaultFileSystem::Files::Count(Operation operation) {
  absl::MutexLock lock(&mutex_);
  const bool is_sync = operation == Operation::kSync;
  switch (plan_.fault) {
    case Fault::kNone:
      return IOStatus::OK();
    case Fault::kFails:
      if (is_sync || ++operations_ != plan_.at) return IOStatus::OK();
      return IOStatus::IOError("planned fault");
    case Fault::kSyncFails:
      if (!is_sync || ++operations_ != plan_.at) return IOStatus::OK();
      return IOStatus::IOError("planned fault of a sync");
    case Fault::kNoSpace:
      if (++operations_ < plan_.at) return IOStatus::OK();
      if (operation != Operation::kTakesSpace) return IOStatus::OK();
      return IOStatus::NoSpace("planned fault");
    case Fault::kPowerCut:
      if (++operations_ < plan_.at) return IOStatus::OK();
      return IOStatus::IOError("planned power cut");
  }
  return IOStatus::OK();
}

void FaultFileSystem::Files::NoteEntry(Entry entry) {
  absl::MutexLock lock(&mutex_);
  entries_.push_back(std::move(entry));
}

void FaultFileSystem::Files::SyncEntriesOf(const path& folder) {
  absl::MutexLock lock(&mutex_);
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.made.parent_path() == folder;
  });
}

void FaultFileSystem::Files::NoteSynced(Bytes& bytes, uint64_t length) {
  absl::MutexLock lock(&mutex_);
  bytes.synced = std::max(bytes.synced, length);
}

IOStatus FaultFileSystem::Files::NewWritableFile(
    const std::string& file, const FileOptions& options,
    std::unique_ptr<rocksdb::FSWritableFile>* made, IODebugContext* debug) {
  if (IsTextLog(file)) {
    return target()->NewWritableFile(file, options, made, debug);
  }
  IOStatus status = Count(Operation::kTakesSpace);
  if (!status.ok()) return status;
  const bool is_new = !std::filesystem::exists(file);
  std::unique_ptr<rocksdb::FSWritableFile> inner;
  status = target()->NewWritableFile(file, options, &inner, debug);
  if (!status.ok()) return status;
  if (is_new) NoteEntry({.made = file});
  absl::MutexLock lock(&mutex_);
  // Written over an old file, as open() does: other names see that too.
  std::shared_ptr<Bytes>& bytes = bytes_[file];
  if (bytes == nullptr || is_new) bytes = std::make_shared<Bytes>();
  bytes->synced = 0;
  *made = std::make_unique<File>(std::move(inner), bytes, this);
  return status;
}

IOStatus FaultFileSystem::Files::ReopenWritableFile(
    const std::string& file, const FileOptions& options,
    std::unique_ptr<rocksdb::FSWritableFile>* made, IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSWritableFile> inner;
  const IOStatus status =
      target()->ReopenWritableFile(file, options, &inner, debug);
  if (!status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<Bytes>& bytes = bytes_[file];
  if (bytes == nullptr) {
    bytes = std::make_shared<Bytes>(Bytes{std::filesystem::file_size(file)});
  }
  *made = std::make_unique<File>(std::move(inner), bytes, this);
  return status;
}

IOStatus FaultFileSystem::Files::NewDirectory(
    const std::string& folder, const IOOptions& options,
    std::unique_ptr<rocksdb::FSDirectory>* made, IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> inner;
  const IOStatus status =
      target()->NewDirectory(folder, options, &inner, debug);
  if (status.ok()) {
    *made = std::make_unique<Folder>(std::move(inner), folder, this);
  }
  return status;
}

// What is deleted is gone at once: a store must not delete what it may need
// until what replaces it is synced.
IOStatus FaultFileSystem::Files::DeleteFile(const std::string& file,
                                            const IOOptions& options,
                                            IODebugContext* debug) {
  IOStatus status = IsTextLog(file) ? IOStatus::OK() : Count(Operation::kOther);
  if (status.ok()) status = target()->DeleteFile(file, options, debug);
  if (!status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  bytes_.erase(file);
  return status;
}

IOStatus FaultFileSystem::Files::CreateDirIfMissing(const std::string& folder,
                                                    const IOOptions& options,
                                                    IODebugContext* debug) {
  IOStatus status = Count(Operation::kTakesSpace);
  if (!status.ok()) return status;
  const bool is_new = !std::filesystem::exists(folder);
  status = target()->CreateDirIfMissing(folder, options, debug);
  if (status.ok() && is_new) NoteEntry({.made = folder});
  return status;
}

IOStatus FaultFileSystem::Files::RenameFile(const std::string& from,
                                            const std::string& to,
                                            const IOOptions& options,
                                            IODebugContext* debug) {
  if (IsTextLog(from)) return target()->RenameFile(from, to, options, debug);
  IOStatus status = Count(Operation::kOther);
  if (!status.ok()) return status;
  Entry entry{.made = to, .source = from};
  if (std::filesystem::exists(to)) entry.overwritten = ContentOf(to);
  status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  NoteEntry(std::move(entry));
  absl::MutexLock lock(&mutex_);
  bytes_.erase(to);
  if (auto moved = bytes_.extract(from)) {
    moved.key() = to;
    bytes_.insert(std::move(moved));
  }
  return status;
}

IOStatus FaultFileSystem::Files::LinkFile(const std::string& from,
                                          const std::string& to,
                                          const IOOptions& options,
                                          IODebugContext* debug) {
  IOStatus status = Count(Operation::kTakesSpace);
  if (status.ok()) status = target()->LinkFile(from, to, options, debug);
  if (!status.ok()) return status;
  NoteEntry({.made = to});
  absl::MutexLock lock(&mutex_);
  if (const auto found = bytes_.find(from); found != bytes_.end()) {
    bytes_[to] = found->second;
  }
  return status;
}

namespace {

/// RocksDB sleeps a second after an error in the background, before it lets the
/// store be closed.
class ImpatientClock : public rocksdb::SystemClockWrapper {
 public:
  ImpatientClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "ImpatientClock"; }
  void SleepForMicroseconds(int microseconds) override {
    target_->SleepForMicroseconds(std::min(microseconds, 1'000));
  }
};

class FaultEnv : public rocksdb::EnvWrapper {
 public:
  explicit FaultEnv(const std::shared_ptr<rocksdb::FileSystem>& files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = std::make_shared<ImpatientClock>();
  }
};

}  // namespace

FaultFileSystem::FaultFileSystem()
    : files_(std::make_shared<Files>()),
      env_(std::make_unique<FaultEnv>(files_)) {}

FaultFileSystem::~FaultFileSystem() = default;

rocksdb::Env* FaultFileSystem::Env() const { return env_.get(); }
void FaultFileSystem::Arm(Plan plan) { files_->Arm(plan); }
bool FaultFileSystem::HasStruck() const { return files_->HasStruck(); }
void FaultFileSystem::Restart(Unsynced unsynced) { files_->Restart(unsynced); }

}  // namespace slotlog
