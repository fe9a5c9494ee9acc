// How many requests each caller may send: a bucket of tokens for each key, that
// holds a window's worth and fills evenly, so that a caller may come in bursts
// but not go on so.
//
// Bounded: when there are as many keys as it may know, those whose bucket is
// full again are forgotten, and if there are none, newcomers share one bucket.
//
// Threads: any.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace slotlog {

struct RateLimit {
  uint32_t requests_per_second = 0;
  /// The bucket holds so many seconds' worth.
  uint32_t window_seconds = 1;

  uint64_t quota() const {
    return uint64_t{requests_per_second} * window_seconds;
  }
};

class RateLimits {
 public:
  /// `clock` need not go forward only.
  RateLimits(size_t keys_max, std::function<absl::Time()> clock);

  struct Verdict {
    bool is_admitted;
    /// Requests that may still be sent at once.
    uint64_t left;
    /// Until the bucket is full; until the next request may be sent.
    uint32_t seconds_to_full;
    uint32_t seconds_to_next;
  };
  /// Takes one request of this key's. REQUIRES: limit.quota() > 0.
  Verdict Take(std::string_view key, const RateLimit& limit);

  size_t keys() const;

 private:
  struct Bucket {
    /// When it will be full, in nanoseconds since the Unix epoch: how far that
    /// is ahead says how much was taken (the generic cell rate algorithm).
    int64_t full_at_ns = 0;
  };
  Bucket& BucketOf(std::string_view key, int64_t now_ns)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t keys_max_;
  const std::function<absl::Time()> clock_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
  /// Of newcomers for whom there is no room.
  Bucket shared_ ABSL_GUARDED_BY(mutex_);
  /// Not swept again before.
  int64_t swept_at_ns_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace slotlog
