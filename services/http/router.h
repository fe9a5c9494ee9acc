// Finds the handler of a request by method and path. A pattern is a path whose
// segments may be parameters: "/v1/tickets/{ticket}". Segments are taken apart
// before they are decoded, so that an id may have a slash (%2F); "." and ".."
// and empty segments match nothing.
//
// GET answers HEAD too. A known path with another method is 405 with Allow, and
// OPTIONS is answered by itself.
//
// Threads: filled by one, then read by any.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "services/http/exchange.h"
#include "services/http/problem.h"
#include "services/http/reply.h"
#include "services/http/request.h"

namespace slotlog::http {

/// Runs on a connection's thread and must not block it.
using Handler = std::function<void(Exchange)>;

/// Asked before the body is read, on the connection's thread: an answer is the
/// refusal. It may name the caller (Request::SetCaller) and have something said
/// with every answer (Request::AddReplyHeader).
using Guard = std::function<std::optional<Reply>(Request&)>;

struct RouteOptions {
  Guard guard = {};
  /// Larger bodies are refused (413) before they are read.
  size_t body_bytes_max = 0;
};

struct Route {
  Method method;
  std::string pattern;
  Handler handler;
  RouteOptions options;
};

class Router {
 public:
  /// REQUIRES: no route with this method and pattern yet; not kHead or
  /// kOptions.
  void Add(Method method, std::string pattern, Handler handler,
           RouteOptions options = {});

  /// Names are the route's own, values decoded.
  using Parameters = std::vector<std::pair<std::string_view, std::string>>;

  /// The route and the parameters of the path, or what to answer (404, 405,
  /// 204 to OPTIONS).
  struct Found {
    const Route* route;
    Parameters parameters;
  };
  std::variant<Found, Reply> Find(const Request& request) const;

 private:
  struct Node {
    /// Text, or the name of a parameter.
    std::string text;
    bool is_parameter = false;
  };
  struct Path {
    std::vector<Node> nodes;
    /// One for each method. On the heap: a Found names it.
    std::vector<std::unique_ptr<Route>> routes;
    /// For 405 and OPTIONS.
    std::string allow;
  };

  static std::optional<Parameters> Match(
      const Path& path, const std::vector<std::string_view>& segments);

  std::vector<Path> paths_;
};

}  // namespace slotlog::http
