#include "tools/verify/verify.h"

#include <absl/synchronization/mutex.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "tools/verify/match_checks.h"
#include "tools/verify/shard_audit.h"

namespace slotlog::verify {
namespace {

/// Verifies each shard alone, several at a time, up to where `events` ended
/// when it began, with the transactions that were open then.
class ParallelAudit {
 public:
  ParallelAudit(Log& log, const VerifyOptions& options)
      : log_(log), options_(options), audits_(log.Shards().value) {}

  absl::StatusOr<std::vector<std::unique_ptr<ShardAudit>>> Run() {
    for (size_t shard = 0; shard < audits_.size(); ++shard) {
      absl::StatusOr<Watermarks> watermarks =
          log_.WatermarksOf({Topic::kEvents, ShardAt(shard)});
      if (!watermarks.ok()) return watermarks.status();
      ends_.push_back(watermarks->high);
      total_ += static_cast<uint64_t>(watermarks->high.value);
    }
    const size_t wanted = std::max(options_.threads, 1);
    std::vector<std::thread> threads;
    for (size_t i = 0; i < std::min(wanted, audits_.size()); ++i) {
      threads.emplace_back([this] { AuditShards(); });
    }
    for (std::thread& thread : threads) thread.join();
    absl::MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    return std::move(audits_);
  }

 private:
  void AuditShards() {
    for (size_t shard = next_++; shard < audits_.size(); shard = next_++) {
      absl::Status audited = AuditShard(shard);
      if (audited.ok()) continue;
      absl::MutexLock lock(&mutex_);
      status_.Update(audited);
      return;
    }
  }

  absl::Status AuditShard(size_t shard) {
    absl::StatusOr<std::unique_ptr<ShardAudit>> audit =
        ShardAudit::Open(log_, ShardAt(shard));
    if (!audit.ok()) return audit.status();
    audits_[shard] = *std::move(audit);
    uint64_t done_before = 0;
    while (true) {
      const Offset position = EventsPosition(*audits_[shard]);
      const auto done = static_cast<uint64_t>(position.value);
      done_ += done - done_before;
      done_before = done;
      options_.on_progress({done_, total_});
      if (position >= ends_[shard]) return absl::OkStatus();
      absl::StatusOr<bool> advanced = audits_[shard]->Advance();
      if (!advanced.ok()) return advanced.status();
      if (!*advanced) return absl::OkStatus();
    }
  }

  static Offset EventsPosition(const ShardAudit& audit) {
    return audit.History()
        .Streams()[static_cast<size_t>(Topic::kEvents) - 1]
        ->Position();
  }

  Log& log_;
  const VerifyOptions& options_;
  std::vector<std::unique_ptr<ShardAudit>> audits_;
  std::vector<Offset> ends_;
  uint64_t total_ = 0;
  std::atomic<size_t> next_ = 0;
  std::atomic<uint64_t> done_ = 0;
  absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

absl::StatusOr<std::vector<ReadRange>> RangesOf(Log& log, ShardAudits audits) {
  std::vector<ReadRange> ranges;
  for (const auto& audit : audits) {
    for (const RecordStream* stream : audit->History().Streams()) {
      absl::StatusOr<Watermarks> watermarks =
          log.WatermarksOf(stream->Partition());
      if (!watermarks.ok()) return watermarks.status();
      ranges.push_back({stream->Partition(), stream->From(), stream->Position(),
                        watermarks->last_stable});
    }
  }
  return ranges;
}

InFlight InFlightOf(ShardAudits audits, const std::vector<ReadRange>& ranges) {
  InFlight in_flight;
  for (const ReadRange& range : ranges) {
    const auto left = static_cast<uint64_t>(
        std::max<int64_t>(0, range.end.value - range.to.value));
    if (range.partition.topic == Topic::kCommands) {
      in_flight.commands_undecided += left;
    } else if (range.partition.topic == Topic::kOperations) {
      in_flight.operations_undecided += left;
    }
  }
  for (const auto& audit : audits) {
    for (const auto& [offset, input] : audit->Waiting().Commands()) {
      if (input.wait == OpenInput::Wait::kParked) ++in_flight.commands_parked;
    }
    for (const auto& [key, claim] : audit->Claims()) {
      if (claim.IsOpen()) ++in_flight.conversations;
      if (claim.IsDoomed(audit->NowUnixMs())) ++in_flight.holds_due;
    }
    in_flight.seats_to_withdraw += audit->Slots().SeatsToWithdraw();
    in_flight.operations += audit->Waiting().Operations().size();
  }
  return in_flight;
}

Totals TotalsOf(ShardAudits audits) {
  Totals totals;
  for (const auto& audit : audits) {
    totals.Add(audit->Counted());
    for (const auto& [key, claim] : audit->Claims()) {
      if (claim.HasAppointment()) ++totals.bookings_standing;
      if (claim.state == ClaimState::kHeld) ++totals.holds_standing;
    }
  }
  return totals;
}

}  // namespace

absl::StatusOr<VerifyReport> Verify(Log& log, const VerifyOptions& options) {
  absl::StatusOr<std::vector<std::unique_ptr<ShardAudit>>> audits =
      ParallelAudit(log, options).Run();
  if (!audits.ok()) return audits.status();
  if (absl::Status closed = CloseCut(*audits); !closed.ok()) return closed;

  VerifyReport report;
  report.log_id = log.Id();
  report.shards = log.Shards();
  absl::StatusOr<std::vector<ReadRange>> ranges = RangesOf(log, *audits);
  if (!ranges.ok()) return ranges.status();
  report.ranges = *std::move(ranges);
  report.in_flight = InFlightOf(*audits, report.ranges);
  report.totals = TotalsOf(*audits);
  for (const auto& audit : *audits) {
    report.batches.push_back(audit->History().Batches());
  }

  Findings across;
  absl::StatusOr<uint64_t> messages = CheckMessages(*audits, across);
  if (!messages.ok()) return messages.status();
  report.in_flight.messages = *messages;
  CheckSeatsMatchClaims(*audits, across);
  CheckNobodyWaitsInVain(*audits, *messages, across);
  for (const auto& audit : *audits) report.findings.Add(audit->Found());
  report.findings.Add(across);
  return report;
}

}  // namespace slotlog::verify
