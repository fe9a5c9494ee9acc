// What a history amounts to, counted from the events. Values.

#pragma once

#include <cstdint>
#include <map>

#include "slotlog/v1/events.pb.h"
#include "tools/verify/decided_batch.h"

namespace slotlog::verify {

struct Totals {
  uint64_t batches = 0;
  uint64_t events = 0;
  /// Decided records of `commands`, without the ticks.
  uint64_t commands = 0;
  uint64_t ticks = 0;
  uint64_t operations = 0;
  uint64_t confirmations = 0;
  uint64_t dead_letters = 0;
  uint64_t bookings = 0;
  uint64_t cancellations = 0;
  /// Appointments, confirmed holds among them, whose visit is not over.
  uint64_t bookings_standing = 0;
  uint64_t holds = 0;
  uint64_t holds_confirmed = 0;
  uint64_t holds_expired = 0;
  uint64_t holds_standing = 0;
  uint64_t reschedules = 0;
  /// Taken back by the slot.
  uint64_t seats_lost = 0;
  uint64_t check_ins = 0;
  uint64_t visits_fulfilled = 0;
  uint64_t visits_missed = 0;
  /// Who joined a waitlist, and seats offered, for next doses too.
  uint64_t waits = 0;
  uint64_t seats_offered = 0;
  uint64_t commands_parked = 0;
  uint64_t commands_repeated = 0;
  uint64_t commands_refused = 0;
  std::map<v1::Refusal, uint64_t> commands_refused_by_reason;
  uint64_t operations_refused = 0;

  void Count(const DecidedBatch& batch);
  void Add(const Totals& others);

 private:
  void Count(const v1::Event& event);
};

}  // namespace slotlog::verify
