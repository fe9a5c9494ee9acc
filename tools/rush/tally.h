// Counts what the confirmations say, never what was intended, and tells the
// people what they were answered. An answer that cannot be is an error: one
// that comes twice, that names nobody of this rehearsal, or another seat than
// the one that was asked for.
//
// One thread.

#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <vector>

#include "events/ids.h"
#include "slotlog/v1/confirmations.pb.h"
#include "tools/rush/answer_ledger.h"
#include "tools/rush/fairness.h"
#include "tools/rush/latency.h"
#include "tools/rush/places.h"
#include "tools/rush/population.h"

namespace slotlog {

/// A rehearsal in numbers.
struct Figures {
  uint64_t commands_published = 0;
  uint64_t commands_answered = 0;
  /// First answers; what was answered again is counted as repeated only.
  uint64_t bookings = 0;
  uint64_t cancellations = 0;
  std::map<v1::Refusal, uint64_t> refusals;
  /// Seats held; a booking is counted where one is confirmed.
  uint64_t holds = 0;
  uint64_t holds_expired = 0;
  /// When the first and the last notice of a hold that ran out came onto the
  /// log.
  absl::Time first_expired = absl::InfiniteFuture();
  absl::Time last_expired = absl::InfinitePast();
  uint64_t repeated = 0;
  /// From the first command published to the last confirmation.
  absl::Duration elapsed;
  /// From the call of Append (in the open loop: from when the command was due)
  /// until the confirmation was read. Of what an earlier start had read: from
  /// the command's stamp on the log to the confirmation's.
  LatencyHistogram confirmation;
  /// From the command's stamp on the log until the confirmation was read; the
  /// stamps are whole milliseconds.
  LatencyHistogram wait;
};

class Tally {
 public:
  /// Both must outlive the tally.
  Tally(const Places& places, Population& population, ShardCount shards);

  void CommandPublished(Shard shard, Offset offset) {
    ledger_.Published(shard, offset);
  }
  void OperationPublished(uint32_t number);
  bool IsPublished(uint32_t operation) const {
    return operations_[operation].is_published;
  }

  /// Of an earlier start: it came onto the log at `stamp`.
  absl::Status TakeFromHistory(Shard shard, absl::Time stamp,
                               const v1::Confirmation& confirmation);
  /// Read now, at `tick` of the rehearsal.
  absl::Status TakeLive(Shard shard, absl::Time now, Tick tick,
                        const v1::Confirmation& confirmation);

  /// It came onto the log at `stamp`. DATA_LOSS: it tells of a hold that was
  /// none.
  absl::Status TakeNotice(Shard shard, absl::Time stamp,
                          const v1::Notice& notice);

  size_t OperationsAnswered() const { return operations_answered_; }
  bool AllOperationsAnswered() const {
    return operations_answered_ == operations_.size();
  }
  /// DATA_LOSS: a command has no answer, an answer no command, a hold was
  /// neither confirmed nor ran out, or a slot was sold beyond its capacity.
  absl::Status CheckComplete() const;

  const AnswerLedger& ledger() const { return ledger_; }
  /// `elapsed` is the caller's to fill.
  Figures figures() const;
  const Fairness& fairness() const { return fairness_; }
  /// The confirmation latencies since the last call.
  LatencyHistogram TakeRecent();

 private:
  struct OperationState {
    bool is_published = false;
    bool is_answered = false;
  };

  absl::Status TakeOperation(const v1::Confirmation& confirmation);
  /// When the command was asked, if the answer was waited for.
  absl::StatusOr<std::optional<Tick>> TakeCommand(
      Shard shard, const v1::Confirmation& confirmation);
  absl::Status Count(Shard shard, const v1::Confirmation& confirmation);

  const Places& places_;
  Population& population_;
  AnswerLedger ledger_;
  Fairness fairness_;
  std::vector<OperationState> operations_;
  size_t operations_answered_ = 0;
  Figures figures_;
  LatencyHistogram recent_;
};

}  // namespace slotlog
