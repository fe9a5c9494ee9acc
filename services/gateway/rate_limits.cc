#include "services/gateway/rate_limits.h"

#include <algorithm>
#include <utility>

#include "events/invariant.h"

namespace slotlog {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;

uint32_t SecondsUp(int64_t ns) {
  if (ns <= 0) return 0;
  return static_cast<uint32_t>((ns + kNanosecondsPerSecond - 1) /
                               kNanosecondsPerSecond);
}

}  // namespace

RateLimits::RateLimits(size_t keys_max, std::function<absl::Time()> clock)
    : keys_max_(keys_max), clock_(std::move(clock)) {}

RateLimits::Bucket& RateLimits::BucketOf(std::string_view key, int64_t now_ns) {
  if (const auto found =
          buckets_.find(absl::string_view(key.data(), key.size()));
      found != buckets_.end()) {
    return found->second;
  }
  if (buckets_.size() >= keys_max_) {
    if (now_ns < swept_at_ns_ + kNanosecondsPerSecond) return shared_;
    swept_at_ns_ = now_ns;
    absl::erase_if(buckets_, [now_ns](const auto& bucket) {
      return bucket.second.full_at_ns <= now_ns;
    });
    if (buckets_.size() >= keys_max_) return shared_;
  }
  return buckets_[std::string(key)];
}

RateLimits::Verdict RateLimits::Take(std::string_view key,
                                     const RateLimit& limit) {
  INVARIANT(limit.quota() > 0, "a limit that admits nobody");
  const int64_t now_ns = absl::ToUnixNanos(clock_());
  const int64_t each_ns = kNanosecondsPerSecond / limit.requests_per_second;
  const int64_t window_ns = each_ns * static_cast<int64_t>(limit.quota());

  const absl::MutexLock lock(&mutex_);
  Bucket& bucket = BucketOf(key, now_ns);
  // A clock that was put back must not keep anybody out for longer than a
  // window.
  int64_t full_at_ns =
      std::clamp(bucket.full_at_ns, now_ns, now_ns + window_ns);
  const bool is_admitted = full_at_ns + each_ns <= now_ns + window_ns;
  if (is_admitted) full_at_ns += each_ns;
  bucket.full_at_ns = full_at_ns;
  const int64_t free_ns = now_ns + window_ns - full_at_ns;
  return {.is_admitted = is_admitted,
          .left = static_cast<uint64_t>(free_ns / each_ns),
          .seconds_to_full = SecondsUp(full_at_ns - now_ns),
          .seconds_to_next = SecondsUp(each_ns - free_ns)};
}

size_t RateLimits::keys() const {
  const absl::MutexLock lock(&mutex_);
  return buckets_.size();
}

}  // namespace slotlog
