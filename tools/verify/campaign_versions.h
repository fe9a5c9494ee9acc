// The campaigns that a shard knows, as its events told them, in all versions.
// What wishes were judged by, and what sites may be used by. Not thread-safe.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <string>
#include <vector>

#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog::verify {

class CampaignVersions {
 public:
  struct Version {
    /// For commands asked from here on; of version 1: whenever.
    int64_t effective_unix_ms = 0;
    v1::Campaign campaign;
  };
  /// Version 1 first.
  using Versions = std::vector<Version>;

  void Follow(const v1::Event& event);

  /// Null: not known yet.
  const Versions* Find(const std::string& campaign_id) const;
  /// The number of the version that commands of this stamp are judged by.
  static uint32_t NumberAt(const Versions& versions, int64_t asked_at_unix_ms);

 private:
  void Add(const v1::Campaign& campaign, int64_t effective_unix_ms);

  absl::flat_hash_map<std::string, Versions> campaigns_;
};

}  // namespace slotlog::verify
