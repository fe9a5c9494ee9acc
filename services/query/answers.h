// What several paths of the query service answer in the same way.
//
// Threads: pure functions.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "projections/availability/availability.h"
#include "services/http/problem.h"
#include "services/http/reply.h"
#include "services/http/request.h"

namespace slotlog {

/// What everybody gets alike, for a second.
inline constexpr std::string_view kCachedBriefly =
    "max-age=1, stale-while-revalidate=5";

/// Nothing can be read yet.
http::Reply NotReady(const http::Request& request);
/// A parameter makes no sense.
http::Reply BadParameter(const http::Request& request, std::string_view name,
                         std::string detail);

/// BadParameter, where this one is no id.
std::optional<http::Reply> IdProblem(const http::Request& request,
                                     std::string_view name,
                                     std::string_view id);
/// The same, where the parameter `region` is given and no region's name.
std::optional<http::Reply> RegionProblem(
    const http::Request& request, const std::optional<std::string>& region);

/// Cached briefly, unless the request has a position: then it is for that one.
http::Reply& CacheBriefly(http::Reply& reply);

/// Ready bytes, as they are.
http::Reply ReadyReply(const std::shared_ptr<const ReadyAnswer>& answer);

/// kNow for a request that passes a position.
Freshness FreshnessFor(const http::Request& request);

}  // namespace slotlog
