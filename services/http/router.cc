#include "services/http/router.h"

#include <algorithm>

#include "events/invariant.h"

namespace slotlog::http {
namespace {

/// Of a path or a pattern; both begin with a slash.
std::vector<std::string_view> SegmentsOf(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == path.npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

Reply NotFound(const Request& request) {
  return ProblemReply(request, {.status = 404,
                                .name = "not-found",
                                .title = "Nothing is known by this name",
                                .detail = "this server has no such path; "
                                          "/v1/openapi.json names those of a "
                                          "gateway and of a reader"});
}

}  // namespace

void Router::Add(Method method, std::string pattern, Handler handler,
                 RouteOptions options) {
  INVARIANT(method != Method::kHead && method != Method::kOptions,
            "answered by the router itself");
  INVARIANT(pattern.starts_with('/'), "a path");
  auto path = std::find_if(paths_.begin(), paths_.end(), [&](const Path& p) {
    return p.routes.front()->pattern == pattern;
  });
  auto route = std::make_unique<Route>(Route{.method = method,
                                             .pattern = std::move(pattern),
                                             .handler = std::move(handler),
                                             .options = std::move(options)});
  if (path == paths_.end()) {
    Path added;
    for (std::string_view segment : SegmentsOf(route->pattern)) {
      if (segment.starts_with('{')) {
        added.nodes.push_back(
            {std::string(segment.substr(1, segment.size() - 2)), true});
      } else {
        added.nodes.push_back({std::string(segment), false});
      }
    }
    added.allow = "OPTIONS";
    path = paths_.insert(paths_.end(), std::move(added));
  }
  for (const auto& known : path->routes) {
    INVARIANT(known->method != method, "one handler a route");
  }
  path->allow.append(", ").append(NameOf(method));
  if (method == Method::kGet) path->allow.append(", HEAD");
  path->routes.push_back(std::move(route));
}

std::variant<Router::Found, Reply> Router::Find(const Request& request) const {
  if (!request.path().starts_with('/')) return NotFound(request);
  const auto segments = SegmentsOf(request.path());
  for (const Path& path : paths_) {
    auto parameters = Match(path, segments);
    if (!parameters.has_value()) continue;
    const Method wanted =
        request.method() == Method::kHead ? Method::kGet : request.method();
    for (const auto& route : path.routes) {
      if (route->method == wanted) {
        return Found{route.get(), *std::move(parameters)};
      }
    }
    if (request.method() == Method::kOptions) {
      return Reply(204).Add("Allow", path.allow);
    }
    return ProblemReply(request, {.status = 405,
                                  .name = "method-not-allowed",
                                  .title = "Not by this method",
                                  .detail = "allowed: " + path.allow})
        .Add("Allow", path.allow);
  }
  return NotFound(request);
}

std::optional<Router::Parameters> Router::Match(
    const Path& path, const std::vector<std::string_view>& segments) {
  if (path.nodes.size() != segments.size()) return std::nullopt;
  Parameters parameters;
  for (size_t i = 0; i < segments.size(); ++i) {
    const Node& node = path.nodes[i];
    if (!node.is_parameter) {
      if (node.text != segments[i]) return std::nullopt;
      continue;
    }
    if (segments[i].empty() || segments[i] == "." || segments[i] == "..") {
      return std::nullopt;
    }
    auto value = DecodePercent(segments[i]);
    if (!value.has_value()) return std::nullopt;
    parameters.emplace_back(node.text, *std::move(value));
  }
  return parameters;
}

}  // namespace slotlog::http
