#include "tools/verify/shard_audit.h"

#include <utility>

namespace slotlog::verify {

absl::StatusOr<std::unique_ptr<ShardAudit>> ShardAudit::Open(Log& log,
                                                             Shard shard) {
  std::unique_ptr<ShardAudit> audit(new ShardAudit(shard, log.Shards()));
  absl::StatusOr<std::unique_ptr<HistoryReader>> history =
      HistoryReader::Open(log, shard, audit->findings_);
  if (!history.ok()) return history.status();
  audit->history_ = *std::move(history);
  return audit;
}

ShardAudit::ShardAudit(Shard shard, ShardCount shards)
    : open_(shards),
      causes_(findings_),
      agenda_(findings_),
      slots_(shard, shards, findings_),
      supply_(campaigns_, findings_),
      citizens_(shard, shards, findings_),
      repeats_(shards, findings_),
      confirmations_(shards, findings_),
      notices_(findings_),
      windows_(campaigns_, findings_) {}

absl::StatusOr<bool> ShardAudit::Advance() {
  absl::StatusOr<const DecidedBatch*> next = history_->Next();
  if (!next.ok()) return next.status();
  if (*next == nullptr) return false;
  const DecidedBatch& batch = **next;
  open_.Add(batch);
  for (const v1::Event& event : batch.batch->events()) {
    causes_.Check(batch, event, open_);
    agenda_.Check(batch, event, open_);
    slots_.Check(batch, event);
    citizens_.Check(batch, event);
    supply_.Check(batch, event);
    repeats_.Check(batch, event);
    windows_.Check(batch, event, open_);
    campaigns_.Follow(event);
    open_.Follow(event);
  }
  agenda_.EndBatch(batch);
  slots_.EndBatch(batch, agenda_.NothingWasDue());
  confirmations_.Check(batch, open_);
  notices_.Check(batch);
  totals_.Count(batch);
  return true;
}

}  // namespace slotlog::verify
