#include "services/gateway/admission.h"

#include <absl/strings/match.h>
#include <fmt/format.h>

#include <utility>

#include "services/http/problem.h"

namespace slotlog {
namespace {

using http::Reply;
using http::Request;
using http::Role;

constexpr uint8_t kAnyRole = 0xff;

/// The token of "Authorization: Bearer TOKEN"; empty: it is none.
std::string_view BearerOf(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!absl::StartsWithIgnoreCase(
          absl::string_view(authorization.data(), authorization.size()),
          absl::string_view(kScheme.data(), kScheme.size()))) {
    return {};
  }
  authorization.remove_prefix(kScheme.size());
  const size_t begin = authorization.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view()
                                         : authorization.substr(begin);
}

}  // namespace

Admission::Admission(const Callers* callers, AdmissionLimits limits,
                     std::function<absl::Time()> clock)
    : callers_(callers),
      limits_(limits),
      counts_(limits.keys_max, std::move(clock)) {}

http::Guard Admission::For(std::initializer_list<Role> roles) {
  uint8_t bits = 0;
  for (const Role role : roles) bits |= static_cast<uint8_t>(role);
  return [this, bits](Request& request) { return Admit(request, bits); };
}

http::Guard Admission::ForAnybodyKnown() {
  return [this](Request& request) { return Admit(request, kAnyRole); };
}

http::Guard Admission::ForEverybody() {
  return [this](Request& request) { return CountAddress(request); };
}

std::optional<Reply> Admission::Admit(Request& request, uint8_t roles) {
  if (callers_ == nullptr) return CountAddress(request);
  const size_t authorizations = request.CountOf("Authorization");
  const auto list = callers_->list();
  const auto known =
      authorizations == 0 ? list->FindByCertificate(request.peer())
      : authorizations == 1
          ? list->FindByToken(BearerOf(*request.Header("Authorization")))
          : nullptr;
  if (known == nullptr) return RefuseStranger(request, authorizations > 0);

  const http::Caller& caller = known->caller;
  RateLimit limit = limits_.caller;
  if (known->requests_per_second > 0) {
    limit.requests_per_second = known->requests_per_second;
  }
  if (auto refusal = Count(request, "caller", "c:" + caller.name, limit)) {
    return refusal;
  }
  if ((caller.roles & roles) == 0) {
    return ProblemReply(
        request,
        {.status = 403,
         .name = "role-missing",
         .title = "The caller's roles do not allow it",
         .detail = fmt::format("{} may not do that; whoever keeps the list of "
                               "callers can give it the role",
                               caller.name)});
  }
  // The list may be replaced, and what belongs to it stays.
  request.SetCaller(std::shared_ptr<const http::Caller>(known, &caller));
  return std::nullopt;
}

std::optional<Reply> Admission::CountAddress(Request& request) {
  return Count(request, "address", "a:" + request.peer().address,
               limits_.address);
}

Reply Admission::RefuseStranger(Request& request, bool has_credential) {
  if (auto refusal = Count(request, "stranger", "s:" + request.peer().address,
                           limits_.stranger)) {
    return *std::move(refusal);
  }
  Reply reply = ProblemReply(
      request,
      has_credential
          ? http::Problem{.status = 401,
                          .name = "token-unknown",
                          .title = "The token is not known",
                          .detail = "Send one header 'Authorization: Bearer "
                                    "TOKEN' with a token that was given out."}
          : http::Problem{.status = 401,
                          .name = "token-missing",
                          .title = "Who calls is not known",
                          .detail = "Send a header 'Authorization: Bearer "
                                    "TOKEN', or show a certificate."});
  reply.Add("WWW-Authenticate",
            has_credential ? R"(Bearer realm="slotlog", error="invalid_token")"
                           : R"(Bearer realm="slotlog")");
  return reply;
}

/// The headers are those of draft-ietf-httpapi-ratelimit-headers.
std::optional<Reply> Admission::Count(Request& request, std::string_view policy,
                                      std::string_view key,
                                      const RateLimit& limit) {
  if (limit.quota() == 0) return std::nullopt;
  const RateLimits::Verdict verdict = counts_.Take(key, limit);
  request.AddReplyHeader("RateLimit-Policy",
                         fmt::format(R"("{}";q={};w={})", policy, limit.quota(),
                                     limit.window_seconds));
  request.AddReplyHeader("RateLimit",
                         fmt::format(R"("{}";r={};t={})", policy, verdict.left,
                                     verdict.seconds_to_full));
  if (verdict.is_admitted) return std::nullopt;
  return ProblemReply(
      request,
      {.status = 429,
       .name = "rate-limited",
       .title = "Too many requests",
       .detail = fmt::format("{} requests in {} s are allowed", limit.quota(),
                             limit.window_seconds),
       .retry_after_seconds = static_cast<int>(verdict.seconds_to_next)});
}

}  // namespace slotlog
