// Follows the events of all shards from their beginning: an import learns from
// them what the log holds and what became of its operations. Events say more
// than confirmations: which slots of an operation were new. One thread; the log
// must outlive it.

#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog::supply {

class SupplyHistory {
 public:
  static absl::StatusOr<std::unique_ptr<SupplyHistory>> Open(Log& log);

  using Visitor = absl::FunctionRef<void(Shard shard, const v1::Event& event)>;

  /// Visits some of what is there, in order within a shard; how many batches it
  /// read. DATA_LOSS: the log is damaged.
  absl::StatusOr<size_t> ReadSome(Visitor visit);
  void Await(absl::Duration timeout) { consumer_->AwaitRecords(timeout); }

  /// Of all records that stood there at Open, how many are not read yet.
  uint64_t ToRead() const;
  uint64_t AtOpen() const { return at_open_; }

 private:
  SupplyHistory(std::unique_ptr<Consumer> consumer, std::vector<Offset> ends);

  const std::unique_ptr<Consumer> consumer_;
  /// Where each shard's events ended at Open.
  const std::vector<Offset> ends_;
  uint64_t at_open_ = 0;
};

}  // namespace slotlog::supply
