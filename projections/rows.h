// The rows of one projection: what its store holds, and over it in memory what
// has changed since the last checkpoint. Rows and how far they are folded, in
// each shard, go to the store in one atomic step, off the feed's thread, so
// that after a crash the events from there on are folded again and nothing
// twice.
//
//   rows.Put(key, value);         // while a batch is folded: nobody sees it
//   rows.Commit(shard, progress); // now everybody does, at once
//
// Threads: Find, Scan and ProgressOf from any; the rest from the feed's thread.
// Readers wait for a Commit (microseconds) and never for a fold or a disk
// write.
//
// Ownership: the store is the rows'. The executor outlives them.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/digest.h"
#include "events/ids.h"
#include "events/store/store.h"

namespace slotlog {

/// How far one shard's events are folded.
struct FoldedTo {
  /// The last batch: its number (0: none), digest, and where it stands in
  /// `events`.
  uint64_t batch_number = 0;
  BatchDigest batch_digest = {};
  Offset batch_offset{-1};
  Sequence sequence;

  friend bool operator==(const FoldedTo&, const FoldedTo&) = default;
};

/// Whose rows these are.
struct RowsLabel {
  std::string log_id;
  uint32_t version = 0;
  uint32_t layout = 0;
  /// They once stood where the log ended: they may be read.
  bool is_complete = false;

  friend bool operator==(const RowsLabel&, const RowsLabel&) = default;
};

/// Does pieces of work on another thread, in order; or at once.
using RowsExecutor = std::function<void(std::function<void()>)>;

class Rows {
 public:
  /// What a store's position says; none: the store is new, or says nothing that
  /// this program understands.
  struct Position {
    RowsLabel label;
    std::vector<FoldedTo> shards;
  };
  static absl::StatusOr<std::optional<Position>> ReadPosition(
      const Store& store);

  Rows(std::unique_ptr<Store> store, Position position, RowsExecutor executor);
  ~Rows();

  // --- Reading ---

  /// The row as the last Commit left it; none where there is none.
  absl::StatusOr<std::optional<std::string>> Find(std::string_view key) const;

  /// Visits the rows whose key begins with `prefix`, in order of the keys,
  /// until `visit` answers false; of one moment all of them. `visit` may not
  /// use the rows.
  absl::Status Scan(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view value)>&
          visit) const;

  FoldedTo ProgressOf(Shard shard) const;
  Position GetPosition() const;

  // --- Folding ---

  /// The row with what this batch has changed so far. After an error, none, and
  /// status() says why.
  std::optional<std::string> Get(std::string_view key);
  void Put(std::string key, std::string value);
  void Erase(std::string key);
  const absl::Status& status() const { return status_; }
  /// A row cannot be understood.
  void Fail(absl::Status why) { status_.Update(std::move(why)); }

  /// What was changed since the last Commit is what readers see.
  void Commit(Shard shard, const FoldedTo& progress);

  void MarkComplete();

  // --- Checkpoints ---

  /// Rows that changed and are not on their way to the store either.
  size_t unsaved_rows() const;
  /// A checkpoint is on its way.
  bool IsSaving() const;
  /// Hands what has changed to the executor, to be written.
  /// REQUIRES: !IsSaving().
  void BeginSaving();
  /// Waits for what is on its way: its outcome. RESOURCE_EXHAUSTED: the disk is
  /// full, and the rows stay in memory to be written by the next one.
  absl::Status AwaitSaved();
  /// Writes everything now.
  absl::Status Save();

 private:
  struct HashOfKey {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return Digest64(key); }
  };
  /// By key, in no order: they are put in order when they are written. None:
  /// deleted.
  using Changes = absl::flat_hash_map<std::string, std::optional<std::string>,
                                      HashOfKey, std::equal_to<>>;

  std::string EncodedPosition() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void Write(std::shared_ptr<const Changes> changes, std::string position);

  const std::unique_ptr<Store> store_;
  const RowsExecutor executor_;

  /// The feed's thread only: what the batch at hand has changed.
  Changes staged_;
  absl::Status status_;

  mutable absl::Mutex mutex_;
  Position position_ ABSL_GUARDED_BY(mutex_);
  Changes live_ ABSL_GUARDED_BY(mutex_);
  /// Being written, or written and not yet let go; null: nothing is.
  std::shared_ptr<const Changes> saving_ ABSL_GUARDED_BY(mutex_);
  bool is_saving_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status saved_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
