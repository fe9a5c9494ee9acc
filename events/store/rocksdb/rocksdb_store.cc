// The database's keys:
//   "\0format"    the number of this layout, in decimal
//   "\0position"  the position of the last checkpoint
//   "\1" key      a row
// Every checkpoint's file writes the first two, so a store without checkpoints
// is empty.

#include "events/store/rocksdb/rocksdb_store.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "events/invariant.h"
#include "events/store/rocksdb/rocksdb_options.h"

namespace slotlog {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kFormat = "1";
constexpr std::string_view kFormatKey = "\0format"sv;
constexpr std::string_view kPositionKey = "\0position"sv;
constexpr char kRowPrefix = '\1';

/// Names the manifest; RocksDB writes it last when it makes a database, and
/// makes a new one where it is missing.
constexpr std::string_view kCurrentFile = "CURRENT";

/// Where a checkpoint's file is written; RocksDB takes no file of this name for
/// its own.
constexpr std::string_view kCheckpointFile = "checkpoint.sst";

rocksdb::Slice SliceOf(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

std::string_view ViewOf(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

absl::StatusCode CodeOf(const rocksdb::Status& error) {
  if (error.IsCorruption()) return absl::StatusCode::kDataLoss;
  if (error.IsNoSpace()) return absl::StatusCode::kResourceExhausted;
  if (error.IsInvalidArgument()) return absl::StatusCode::kInvalidArgument;
  return absl::StatusCode::kUnavailable;
}

absl::Status Failed(std::string_view what,
                    const std::filesystem::path& directory,
                    const rocksdb::Status& error, absl::StatusCode code) {
  return absl::Status(code, fmt::format("store {}: {}: {}", directory.string(),
                                        what, error.ToString()));
}

absl::Status Failed(std::string_view what,
                    const std::filesystem::path& directory,
                    const rocksdb::Status& error) {
  return Failed(what, directory, error, CodeOf(error));
}

/// As Failed, for what only opening and destroying can find.
absl::Status FailedToOpen(const std::filesystem::path& directory,
                          const rocksdb::Status& error) {
  // RocksDB has no code for this; its texts name the lock file.
  if (error.ToString().find("/LOCK:") != std::string::npos) {
    return Failed("it is open already, here or in another process", directory,
                  error, absl::StatusCode::kUnavailable);
  }
  // PathNotFound: a file that the database names is not there.
  if (error.IsPathNotFound() || error.IsCorruption()) {
    return Failed("it is damaged, destroy it and fold again", directory, error,
                  absl::StatusCode::kDataLoss);
  }
  return Failed("cannot open it", directory, error);
}

/// In full and without a slash at its end, so that the folder above it can be
/// told.
std::filesystem::path WholePath(const std::filesystem::path& directory) {
  const auto whole = std::filesystem::absolute(directory).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

/// REQUIRES: prefix is not empty and has a byte other than 0xff.
std::string FirstKeyBeyond(std::string prefix) {
  while (prefix.back() == '\xff') prefix.pop_back();
  ++prefix.back();
  return prefix;
}

/// A database without the file is none: whoever dies in the middle of
/// destroying leaves no damaged one behind. The lock, because another process
/// may have it open.
rocksdb::Status RemoveCurrentFile(const std::filesystem::path& directory) {
  rocksdb::Env& env = *rocksdb::Env::Default();
  rocksdb::FileLock* lock = nullptr;
  rocksdb::Status status = env.LockFile(directory / "LOCK", &lock);
  if (!status.ok()) return status;
  status = env.DeleteFile(directory / kCurrentFile);
  if (status.IsNotFound() || status.IsPathNotFound()) {
    status = rocksdb::Status::OK();
  }
  env.UnlockFile(lock).PermitUncheckedError();
  return status;
}

/// Makes the folder and its entry in the folder above durable: RocksDB does not
/// sync the latter.
rocksdb::Status MakeFolder(const std::filesystem::path& directory,
                           rocksdb::Env& env) {
  rocksdb::Status status = env.CreateDirIfMissing(directory.string());
  if (!status.ok()) return status;
  std::unique_ptr<rocksdb::Directory> parent;
  status = env.NewDirectory(directory.parent_path().string(), &parent);
  return status.ok() ? parent->Fsync() : status;
}

}  // namespace

struct RocksDbStore::Database {
  std::filesystem::path directory;
  rocksdb::Options options;
  std::unique_ptr<rocksdb::DB> db;

  std::string CheckpointFile() const { return directory / kCheckpointFile; }

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const;
  absl::Status CheckFormat() const;
  rocksdb::Status RemoveCheckpointFile() const;
  rocksdb::Status WriteCheckpointFile(absl::Span<const RowChange> changes,
                                      std::string_view position) const;
  rocksdb::Status IngestCheckpointFile() const;
  rocksdb::Status AwaitCompaction() const;
};

absl::StatusOr<std::optional<std::string>> RocksDbStore::Database::Get(
    std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      db->Get(rocksdb::ReadOptions(), SliceOf(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return Failed("cannot read", directory, status);
  return value;
}

absl::Status RocksDbStore::Database::CheckFormat() const {
  const auto position = Get(kPositionKey);
  if (!position.ok()) return position.status();
  const auto format = Get(kFormatKey);
  if (!format.ok()) return format.status();
  if (!position->has_value() && !format->has_value()) return absl::OkStatus();
  if (*format == kFormat) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "store {}: it has format '{}', this program reads '{}': destroy it and "
      "fold again",
      directory.string(), format->value_or("none"), kFormat));
}

/// Must go well before the file is written anew: after a crash or a failed
/// removal it may be a second name of a file that the database lives by.
rocksdb::Status RocksDbStore::Database::RemoveCheckpointFile() const {
  const rocksdb::Status status = options.env->DeleteFile(CheckpointFile());
  if (status.IsNotFound() || status.IsPathNotFound()) {
    return rocksdb::Status::OK();
  }
  return status;
}

rocksdb::Status RocksDbStore::Database::WriteCheckpointFile(
    absl::Span<const RowChange> changes, std::string_view position) const {
  // The file is read soon (by compaction): its pages stay in the kernel's
  // cache.
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(options), options,
                                /*column_family=*/nullptr,
                                /*invalidate_page_cache=*/false);
  rocksdb::Status status = writer.Open(CheckpointFile());
  if (status.ok()) status = writer.Put(SliceOf(kFormatKey), SliceOf(kFormat));
  if (status.ok()) {
    status = writer.Put(SliceOf(kPositionKey), SliceOf(position));
  }
  std::string_view previous;
  std::string key(1, kRowPrefix);
  for (const RowChange& change : changes) {
    if (!status.ok()) return status;
    INVARIANT(previous < change.key, "keys ascend and none is empty");
    previous = change.key;
    key.resize(1);
    key += change.key;
    status = change.value.has_value() ? writer.Put(key, SliceOf(*change.value))
                                      : writer.Delete(key);
  }
  // Finish also syncs the file.
  return status.ok() ? writer.Finish() : status;
}

rocksdb::Status RocksDbStore::Database::IngestCheckpointFile() const {
  rocksdb::IngestExternalFileOptions ingestion;
  // A hard link, whose entry RocksDB syncs before its manifest names the file;
  // the first name is removed at the end.
  ingestion.move_files = true;
  // A copy would be made silently, at the price of a second write.
  ingestion.failed_move_fall_back_to_copy = false;
  // Nothing is ever in the memtable.
  ingestion.allow_blocking_flush = false;
  // The number of the ingestion stands in the manifest alone, so a file that
  // was synced is never written again.
  ingestion.write_global_seqno = false;
  return db->IngestExternalFile({CheckpointFile()}, ingestion);
}

/// An ingestion passes by the brake that RocksDB puts on writers while it has
/// too many files to merge; an empty write waits at it. Also tells an earlier
/// error in the background.
rocksdb::Status RocksDbStore::Database::AwaitCompaction() const {
  rocksdb::WriteOptions write;
  write.disableWAL = true;
  rocksdb::WriteBatch nothing;
  return db->Write(write, &nothing);
}

RocksDbStore::RocksDbStore(std::unique_ptr<Database> database)
    : database_(std::move(database)) {}

RocksDbStore::~RocksDbStore() = default;

absl::StatusOr<std::unique_ptr<RocksDbStore>> RocksDbStore::Open(
    const std::filesystem::path& directory, const RocksDbOptions& options) {
  auto database = std::make_unique<Database>();
  database->directory = WholePath(directory);
  rocksdb::Status status = MakeRocksDbOptions(options, &database->options);
  if (!status.ok()) return Failed("bad tuning", directory, status);
  if (options.read_only && !std::filesystem::exists(directory / kCurrentFile)) {
    return absl::NotFoundError(
        fmt::format("store {}: there is none yet", directory.string()));
  }
  if (!options.read_only) {
    status = MakeFolder(database->directory, *database->options.env);
    if (!status.ok()) {
      return Failed("cannot make its folder", directory, status);
    }
  }

  rocksdb::DB* db = nullptr;
  const std::string path = database->directory.string();
  status = options.read_only
               ? rocksdb::DB::OpenForReadOnly(database->options, path, &db)
               : rocksdb::DB::Open(database->options, path, &db);
  if (!status.ok()) return FailedToOpen(directory, status);
  database->db.reset(db);

  if (absl::Status format = database->CheckFormat(); !format.ok()) {
    return format;
  }
  if (!options.read_only) status = database->RemoveCheckpointFile();
  if (!status.ok()) {
    return Failed("cannot remove an unfinished checkpoint", directory, status);
  }
  return std::unique_ptr<RocksDbStore>(new RocksDbStore(std::move(database)));
}

absl::Status RocksDbStore::Destroy(const std::filesystem::path& directory) {
  if (!std::filesystem::exists(directory)) return absl::OkStatus();
  rocksdb::Status status = RemoveCurrentFile(directory);
  if (status.ok()) {
    status = rocksdb::DestroyDB(directory.string(), rocksdb::Options());
  }
  if (!status.ok()) return FailedToOpen(directory, status);
  std::error_code error;
  std::filesystem::remove(directory / kCheckpointFile, error);
  // Not empty: something is left that was not the store's.
  std::filesystem::remove(directory, error);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> RocksDbStore::ReadPosition() const {
  return database_->Get(kPositionKey);
}

absl::StatusOr<std::vector<std::optional<std::string>>> RocksDbStore::Read(
    absl::Span<const std::string_view> keys) const {
  size_t bytes = 0;
  for (const std::string_view key : keys) bytes += 1 + key.size();
  std::string prefixed;
  prefixed.reserve(bytes);
  std::vector<rocksdb::Slice> slices;
  slices.reserve(keys.size());
  std::string_view previous;
  for (const std::string_view key : keys) {
    INVARIANT(previous < key, "keys ascend and none is empty");
    previous = key;
    prefixed += kRowPrefix;
    prefixed += key;
    slices.emplace_back(prefixed.data() + prefixed.size() - key.size() - 1,
                        key.size() + 1);
  }

  // One MultiGet holds one version of the database from first key to last,
  // which is why it sees all of a checkpoint or nothing.
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database_->db->MultiGet(rocksdb::ReadOptions(),
                          database_->db->DefaultColumnFamily(), keys.size(),
                          slices.data(), found.data(), statuses.data(),
                          /*sorted_input=*/true);

  std::vector<std::optional<std::string>> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) {
      return Failed("cannot read", database_->directory, statuses[i]);
    }
    values[i] = ViewOf(found[i]);
  }
  return values;
}

absl::Status RocksDbStore::Scan(
    std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>&
        visit) const {
  std::string begin(1, kRowPrefix);
  begin += prefix;
  const std::string end = FirstKeyBeyond(begin);
  const rocksdb::Slice end_slice = end;
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &end_slice;
  // An iterator, too, holds one version of the database.
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db->NewIterator(read));
  for (row->Seek(begin); row->Valid(); row->Next()) {
    if (!visit(ViewOf(row->key()).substr(1), ViewOf(row->value()))) break;
  }
  if (row->status().ok()) return absl::OkStatus();
  return Failed("cannot scan", database_->directory, row->status());
}

absl::Status RocksDbStore::WriteCheckpoint(absl::Span<const RowChange> changes,
                                           std::string_view position) {
  rocksdb::Status status = database_->AwaitCompaction();
  if (!status.ok()) {
    return Failed("no checkpoint, open it anew", database_->directory, status);
  }
  status = database_->RemoveCheckpointFile();
  if (status.ok()) status = database_->WriteCheckpointFile(changes, position);
  if (status.ok()) status = database_->IngestCheckpointFile();
  if (status.ok()) return absl::OkStatus();
  // Frees the space now; if this fails, the next checkpoint tries again.
  database_->RemoveCheckpointFile().PermitUncheckedError();
  return Failed("cannot write a checkpoint", database_->directory, status);
}

absl::Status RocksDbStore::SnapshotTo(
    const std::filesystem::path& directory) const {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status =
      rocksdb::Checkpoint::Create(database_->db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) {
    status = checkpoint->CreateCheckpoint(WholePath(directory).string());
  }
  if (status.ok()) return absl::OkStatus();
  return Failed(fmt::format("cannot make a snapshot in {}", directory.string()),
                database_->directory, status);
}

}  // namespace slotlog
