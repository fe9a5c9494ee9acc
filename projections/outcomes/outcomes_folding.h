// One batch, folded into the outcomes' rows: for outcomes.cc.
//
// Threads: one, for as long as a fold.

#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>

#include "events/log/log.h"
#include "projections/answer.h"
#include "projections/outcomes/rows.pb.h"
#include "projections/rows.h"
#include "projections/ticket.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

class OutcomesFolding {
 public:
  OutcomesFolding(const v1::EventBatch& batch, absl::Duration kept_for,
                  Rows& rows)
      : batch_(batch),
        shard_{batch.shard()},
        kept_for_(kept_for),
        rows_(rows) {}

  void Fold();

 private:
  Ticket TicketAt(int64_t offset) const { return {shard_, Offset{offset}}; }
  template <typename Row>
  std::optional<Row> GetRow(const std::string& key);

  void Fold(const v1::Event& event);
  void Park(const v1::Event& event, const v1::Command& command);
  template <typename Body>
  void Open(const v1::Event& event, const Body& body);
  void Answer(const v1::Event& event, const CommandAnswer& answer);
  void Answer(const v1::Event& event, const OperationAnswer& answer);
  void Name(const CommandAnswer& answer, const projected::OutcomeRow& row);

  /// A few rows that were kept long enough go.
  void Forget(Topic topic);
  bool ForgetCommand(Ticket ticket, int64_t& due_unix_ms);
  bool ForgetOperation(Ticket record, int64_t& due_unix_ms);
  bool IsDue(int64_t decided_at_unix_ms, int64_t& due_unix_ms) const;

  const v1::EventBatch& batch_;
  const Shard shard_;
  const absl::Duration kept_for_;
  Rows& rows_;
};

}  // namespace slotlog
