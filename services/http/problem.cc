#include "services/http/problem.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace slotlog::http {
namespace {

constexpr int kRetryAfterSeconds = 1;

}  // namespace

Reply ProblemReply(const Request& request, const Problem& problem) {
  nlohmann::ordered_json document = {
      {"type", fmt::format("urn:slotlog:problem:{}", problem.name)},
      {"title", problem.title},
      {"status", problem.status}};
  if (!problem.detail.empty()) document["detail"] = problem.detail;
  if (!problem.field.empty()) document["field"] = problem.field;
  document["instance"] = request.path();
  document["trace_id"] = request.trace().TraceId();
  // The path is the client's and may be any bytes.
  Reply reply(problem.status, kProblemJson,
              document.dump(-1, ' ', false,
                            nlohmann::ordered_json::error_handler_t::replace));
  reply.Add("Cache-Control", "no-store");
  if (problem.retry_after_seconds.has_value()) {
    reply.Add("Retry-After", std::to_string(*problem.retry_after_seconds));
  }
  return reply;
}

Problem ProblemOf(const absl::Status& status) {
  const std::string message(status.message());
  if (absl::IsInvalidArgument(status) || absl::IsOutOfRange(status)) {
    return {.status = 400,
            .name = "bad-request",
            .title = "The request makes no sense",
            .detail = message};
  }
  if (absl::IsNotFound(status)) {
    return {.status = 404,
            .name = "not-found",
            .title = "Nothing is known by this name",
            .detail = message};
  }
  if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
      absl::IsDeadlineExceeded(status)) {
    return {.status = 503,
            .name = "unavailable",
            .title = "Not now",
            .detail = "try again in a moment",
            .retry_after_seconds = kRetryAfterSeconds};
  }
  return {.status = 500,
          .name = "internal",
          .title = "Something broke on our side",
          .detail = "it is in the logs, by the trace id"};
}

}  // namespace slotlog::http
