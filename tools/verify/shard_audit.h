// All checks of one shard's history, and what they leave for the comparison
// with the other shards. Open it, advance it to where the history is to be
// verified, then ask.
//
// Belongs to one thread at a time; the log outlives it.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "events/ids.h"
#include "events/log/log.h"
#include "tools/verify/agenda_checks.h"
#include "tools/verify/campaign_versions.h"
#include "tools/verify/cause_checks.h"
#include "tools/verify/citizen_checks.h"
#include "tools/verify/confirmation_checks.h"
#include "tools/verify/findings.h"
#include "tools/verify/history_reader.h"
#include "tools/verify/notice_checks.h"
#include "tools/verify/open_inputs.h"
#include "tools/verify/repeat_checks.h"
#include "tools/verify/slot_checks.h"
#include "tools/verify/supply_checks.h"
#include "tools/verify/totals.h"
#include "tools/verify/window_checks.h"

namespace slotlog::verify {

class ShardAudit {
 public:
  static absl::StatusOr<std::unique_ptr<ShardAudit>> Open(Log& log,
                                                          Shard shard);

  /// Verifies the next batch. False: there is none.
  absl::StatusOr<bool> Advance();

  HistoryReader& History() { return *history_; }
  const HistoryReader& History() const { return *history_; }
  const SlotChecks& Slots() const { return slots_; }
  const ClaimMap& Claims() const { return citizens_.Claims(); }
  /// Null if none is open.
  const Conversation* FindConversation(const ClaimKey& key) const {
    return citizens_.FindConversation(key);
  }
  const OfferMap& Offers() const { return citizens_.Offers(); }
  /// The line's time after the last batch.
  int64_t NowUnixMs() const { return history_->Frame().NowUnixMs(); }
  const OpenInputs& Waiting() const { return open_; }
  const Totals& Counted() const { return totals_; }
  Findings& Found() { return findings_; }
  const Findings& Found() const { return findings_; }

  uint64_t MessagesSentTo(Shard destination) const {
    return history_->Frame().MessagesSentTo(destination);
  }
  uint64_t MessagesReceivedFrom(Shard source) const {
    return history_->Inputs().MessagesReceivedFrom(source);
  }
  /// See InputReader.
  Sequence LastEventHeardFrom(Shard source) const {
    return history_->Inputs().LastEventHeardFrom(source);
  }

 private:
  ShardAudit(Shard shard, ShardCount shards);

  Findings findings_;
  std::unique_ptr<HistoryReader> history_;
  OpenInputs open_;
  CauseChecks causes_;
  CampaignVersions campaigns_;
  AgendaChecks agenda_;
  SlotChecks slots_;
  SupplyChecks supply_;
  CitizenChecks citizens_;
  RepeatChecks repeats_;
  ConfirmationChecks confirmations_;
  NoticeChecks notices_;
  WindowChecks windows_;
  Totals totals_;
};

}  // namespace slotlog::verify
