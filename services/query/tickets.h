// What is known about a ticket, and being told when it is decided: for whoever
// asks where a command stands (the query service) and for whoever has just sent
// one (the gateway).
//
// Threads: any. What is awaited is told on the timer thread, and must not
// block.
//
// Ownership: read models and the timer thread outlive it, and the feed is
// stopped before it ends; what still waits then is destroyed untold.

#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/ids.h"
#include "projections/line/line.h"
#include "projections/outcomes/outcomes.h"
#include "projections/read_models.h"
#include "projections/ticket.h"
#include "services/query/timer_thread.h"

namespace slotlog {

enum class TicketState {
  /// In line: `place` and `stock`.
  kWaiting,
  /// Taken from the line, and another shard is being asked.
  kBeingDecided,
  /// `outcome` says what.
  kDecided,
  /// Nobody has it, or it is no command's.
  kUnknown,
  /// Decided too long ago.
  kForgotten,
};

/// Will there be something left?
struct StockView {
  int64_t seats_left = 0;
  WillReach will_reach = WillReach::kPerhaps;
};

struct TicketView {
  Ticket ticket;
  TicketState state = TicketState::kUnknown;
  /// Empty: not known.
  std::string command_id;
  Place place;
  std::optional<StockView> stock;
  std::optional<CommandOutcome> outcome;
  /// When it was so.
  absl::Time at;
};

/// Its answer is still to come.
inline bool IsUndecided(const absl::StatusOr<TicketView>& view) {
  return view.ok() && (view->state == TicketState::kWaiting ||
                       view->state == TicketState::kBeingDecided);
}

/// The ticket's shard and what the answer depends on: a reader that has passed
/// it is never shown less.
std::vector<ShardPosition> PositionOf(const TicketView& view, const Feed& feed);

class Tickets {
 public:
  Tickets(ReadModels& models, TimerThread& timers,
          std::function<absl::Time()> clock);

  /// UNAVAILABLE: there is nothing to read yet.
  absl::StatusOr<TicketView> Look(Ticket ticket) const;
  /// The same by id; kUnknown: nobody has sent it, or its answer is forgotten.
  absl::StatusOr<TicketView> Find(CitizenId citizen, CommandId command) const;

  class Wait;
  using Told = absl::AnyInvocable<void(absl::StatusOr<TicketView>)>;
  /// Calls `told` once: when the command is decided or, at the latest, after
  /// `at_most`, with what is so then. At once where there is nothing to wait
  /// for. Whoever waits has a connection: their number bounds this.
  std::shared_ptr<Wait> Await(Ticket ticket, absl::Duration at_most, Told told);
  /// `told` is not called any more, unless it is being called now.
  void Cancel(const std::shared_ptr<Wait>& wait);

  ReadModels& models() const { return models_; }
  TimerThread& timers() const { return timers_; }

 private:
  void Begin(const std::shared_ptr<Wait>& wait, absl::Duration at_most);
  void Finish(const std::shared_ptr<Wait>& wait);

  ReadModels& models_;
  TimerThread& timers_;
  const std::function<absl::Time()> clock_;
};

}  // namespace slotlog
