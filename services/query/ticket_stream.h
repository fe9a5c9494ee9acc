// A ticket as server-sent events: `waiting` as its place in line changes, then
// `decided`, and the end. An event's id says what it told, so that who comes
// back with Last-Event-ID is not told it again; who has heard `decided` gets
// 204, by which browsers stop coming back.
//
// Threads: any; what is sent comes from the timer thread.
//
// Ownership: as Tickets.

#pragma once

#include <absl/time/time.h>

#include "projections/ticket.h"
#include "services/http/exchange.h"
#include "services/query/tickets.h"

namespace slotlog {

/// A ticket's stream looks so often whether its place has changed: by the same
/// rule as PollAfterSeconds, but within this.
inline constexpr absl::Duration kStreamStepMax = absl::Seconds(5);

void StreamTicket(Tickets& tickets, Ticket ticket, http::Exchange exchange);

}  // namespace slotlog
