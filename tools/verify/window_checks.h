// Invariant 6, in a citizen's shard: whoever is booked, or holds a seat, asked
// while a round of the campaign was open, and was of a cohort that it is for.
// Checked of every wish that is let through, by what the event says was judged:
// by the version that this shard knows to be valid at asked_at, and against the
// command's own record as far as the log keeps it. And the other way round:
// whoever is told that it is not their turn must not be admitted. A hold lasts
// as long as that version says. Not thread-safe.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string>

#include "tools/verify/campaign_versions.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"
#include "tools/verify/keys.h"
#include "tools/verify/open_inputs.h"

namespace slotlog::verify {

class WindowChecks {
 public:
  WindowChecks(const CampaignVersions& campaigns, Findings& findings)
      : campaigns_(campaigns), findings_(findings) {}

  /// REQUIRES: the campaigns have not followed the event yet.
  void Check(const DecidedBatch& batch, const v1::Event& event,
             const OpenInputs& open);

 private:
  void Follow(const DecidedBatch& batch, const v1::Event& event,
              const v1::CampaignChanged& changed);
  void Follow(const DecidedBatch& batch, const v1::Event& event,
              const v1::CampaignAdopted& adopted);
  /// Of an event that asks for a seat.
  template <typename Body>
  void FollowWish(const Body& asked, const OpenInput* command,
                  int64_t asked_at_unix_ms, const Place& place);
  void Follow(const v1::CommandRefused& refused, const OpenInput* command,
              int64_t asked_at_unix_ms, const Place& place);
  /// Of an event that answers a command with a seat.
  template <typename Body>
  void FollowSeat(const Body& body, std::optional<int64_t> asked_at_unix_ms,
                  const Place& place);
  /// Of an event that gives a hold.
  void CheckOffer(const DecidedBatch& batch, const v1::Event& event);
  template <typename Body>
  void CheckDeadline(const DecidedBatch& batch, const v1::Event& event,
                     const Body& held);
  void ExpectNext(const std::string& campaign_id, uint32_t version,
                  int64_t effective_unix_ms, const Place& place);
  /// Null, and said so, if it was not judged by the version that was valid.
  const v1::Campaign* JudgedBy(const v1::Judged& judged,
                               const std::string& campaign_id,
                               int64_t asked_at_unix_ms, const Place& place,
                               const std::string& who);

  const CampaignVersions& campaigns_;
  Findings& findings_;
  /// The stamp of the wish that was let through last and is not booked yet.
  absl::flat_hash_map<ClaimKey, int64_t> let_through_;
};

}  // namespace slotlog::verify
