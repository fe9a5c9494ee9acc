// A ticket as it is answered: the schema Ticket of openapi.json, when to ask
// again, and the headers that go with it.
//
// Threads: pure functions, but for a look at the feed's progress.

#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "projections/feed.h"
#include "services/http/reply.h"
#include "services/http/request.h"
#include "services/query/tickets.h"

namespace slotlog {

/// How far the reader was that answered: whoever passes it on is never shown
/// less.
inline constexpr std::string_view kPositionHeader = "Slotlog-Position";

/// Whoever stands far from the front asks less often: a tenth of the time that
/// it will take at least, between these.
inline constexpr int kPollSecondsMin = 1;
inline constexpr int kPollSecondsMax = 60;
/// REQUIRES: not decided.
int PollAfterSeconds(const TicketView& view);

/// REQUIRES: waiting, being decided or decided.
std::string TicketJson(const TicketView& view,
                       const std::vector<ShardPosition>& position);

/// 200 (or, for the gateway, another status) with Retry-After,
/// Slotlog-Position and no-store; or the problem that it is: 404, 410, 500,
/// 503.
http::Reply TicketReply(const http::Request& request,
                        const absl::StatusOr<TicketView>& view,
                        const Feed& feed, int status = 200);

}  // namespace slotlog
