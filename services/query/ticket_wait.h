// An answer that may wait until a ticket is decided (Prefer: wait).
//
// Threads: any. `make_reply` is called on the caller's thread or on the timer
// thread.

#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "services/http/exchange.h"
#include "services/http/reply.h"
#include "services/http/request.h"
#include "services/query/tickets.h"

namespace slotlog {

using MakeTicketReply = absl::AnyInvocable<http::Reply(
    const http::Request&, absl::StatusOr<TicketView>)>;

/// Answers with what `make_reply` makes of the view: at once or, where it is
/// undecided and the request prefers to wait, of the view when it is decided or
/// the time, `wait_max` at most, is over. Whoever goes is not waited for.
void AnswerWhenDecided(Tickets& tickets, http::Exchange exchange,
                       absl::StatusOr<TicketView> view, absl::Duration wait_max,
                       MakeTicketReply make_reply);

}  // namespace slotlog
