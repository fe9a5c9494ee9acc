#include "services/query/tickets.h"

#include <absl/status/status.h>

#include <utility>

namespace slotlog {

/// Changed on the timer thread only.
class Tickets::Wait {
 public:
  Wait(Ticket ticket, Told told) : ticket(ticket), told(std::move(told)) {}

  const Ticket ticket;
  /// Empty: told, or cancelled.
  Told told;
  WaitId answered;
  /// Kept by its thread, and it keeps this.
  std::weak_ptr<TimerThread::Timer> timer;

  void CancelTimer() {
    if (const auto running = timer.lock()) running->Cancel();
  }
};

std::vector<ShardPosition> PositionOf(const TicketView& view,
                                      const Feed& feed) {
  if (view.outcome.has_value() && view.outcome->is_decided) {
    std::vector<ShardPosition> position = {
        {view.ticket.shard, view.outcome->sequence}};
    const bool is_elsewhere = view.outcome->slot_sequence.value != 0 &&
                              view.outcome->slot_shard != view.ticket.shard;
    if (is_elsewhere) {
      position.push_back(
          {view.outcome->slot_shard, view.outcome->slot_sequence});
    }
    return position;
  }
  return {{view.ticket.shard, feed.ProgressOf(view.ticket.shard).sequence}};
}

Tickets::Tickets(ReadModels& models, TimerThread& timers,
                 std::function<absl::Time()> clock)
    : models_(models), timers_(timers), clock_(std::move(clock)) {}

absl::StatusOr<TicketView> Tickets::Look(Ticket ticket) const {
  TicketView view;
  view.ticket = ticket;
  view.at = clock_();
  view.place = models_.line().PlaceOf(ticket);
  if (view.place.state == PlaceState::kWaiting) {
    view.state = TicketState::kWaiting;
    if (const auto availability = models_.availability().Get()) {
      const int64_t left = availability->StockLeft().seats_left;
      view.stock = StockView{left, WillStockReach(view.place, left)};
    }
    return view;
  }
  const auto outcomes = models_.outcomes().Get();
  if (outcomes == nullptr) {
    return absl::UnavailableError("the outcomes are being folded");
  }
  auto found = outcomes->Find(ticket);
  if (!found.ok()) return found.status();
  if (found->has_value()) {
    view.state = (*found)->is_decided ? TicketState::kDecided
                                      : TicketState::kBeingDecided;
    view.command_id = (*found)->command_id;
    view.outcome = **std::move(found);
    return view;
  }
  if (view.place.state == PlaceState::kBeyondTheEnd) return view;
  const auto is_forgotten = outcomes->IsForgotten(ticket);
  if (!is_forgotten.ok()) return is_forgotten.status();
  if (*is_forgotten) view.state = TicketState::kForgotten;
  return view;
}

absl::StatusOr<TicketView> Tickets::Find(CitizenId citizen,
                                         CommandId command) const {
  // First the line: what leaves it meanwhile, also between these two looks, is
  // found in the outcomes, by its first ticket.
  if (const auto undecided = models_.line().FindUndecided(citizen, command)) {
    auto view = Look(undecided->ticket);
    if (!view.ok()) return view;
    if (view->state == TicketState::kWaiting) {
      view->command_id = command.value;
      return view;
    }
  }
  const auto outcomes = models_.outcomes().Get();
  if (outcomes == nullptr) {
    return absl::UnavailableError("the outcomes are being folded");
  }
  auto found = outcomes->Find(citizen, command);
  if (!found.ok()) return found.status();
  TicketView view;
  view.at = clock_();
  if (!found->has_value()) return view;
  view.ticket = (*found)->ticket;
  view.state =
      (*found)->is_decided ? TicketState::kDecided : TicketState::kBeingDecided;
  view.command_id = (*found)->command_id;
  view.outcome = **std::move(found);
  return view;
}

std::shared_ptr<Tickets::Wait> Tickets::Await(Ticket ticket,
                                              absl::Duration at_most,
                                              Told told) {
  auto wait = std::make_shared<Wait>(ticket, std::move(told));
  timers_.Post([this, wait, at_most] { Begin(wait, at_most); });
  return wait;
}

void Tickets::Begin(const std::shared_ptr<Wait>& wait, absl::Duration at_most) {
  if (wait->told == nullptr) return;
  // First registered, then looked: nothing falls between.
  wait->answered = models_.feed().WhenAnswered(
      wait->ticket, [this, &timers = timers_, wait] {
        timers.Post([this, wait] { Finish(wait); });
      });
  const bool waits = IsUndecided(Look(wait->ticket));
  if (!waits || at_most <= absl::ZeroDuration()) return Finish(wait);
  wait->timer = timers_.After(at_most, [this, wait] { Finish(wait); });
}

void Tickets::Finish(const std::shared_ptr<Wait>& wait) {
  if (wait->told == nullptr) return;
  Told told = std::exchange(wait->told, nullptr);
  models_.feed().Cancel(wait->answered);
  wait->CancelTimer();
  told(Look(wait->ticket));
}

void Tickets::Cancel(const std::shared_ptr<Wait>& wait) {
  timers_.Post([this, wait] {
    if (std::exchange(wait->told, nullptr) == nullptr) return;
    models_.feed().Cancel(wait->answered);
    wait->CancelTimer();
  });
}

}  // namespace slotlog
