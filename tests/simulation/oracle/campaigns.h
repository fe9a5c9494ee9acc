// The oracle's campaigns: every version as its shard knows it, and what the
// contract says to whoever asks for a seat: who may book when, and by which
// cohort and round that is so, or came closest.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog::oracle {

struct CampaignVersion {
  v1::Campaign rules;
  /// For commands asked from here on: as its operation says, and as it is.
  int64_t stated_unix_ms = 0;
  int64_t effective_unix_ms = 0;
  /// When the shard heard of it.
  int64_t decided_at_unix_ms = 0;
};

struct Campaign {
  /// The first one first.
  std::vector<CampaignVersion> versions;

  /// Counted from 1: the last one that is effective by then, or the first.
  uint32_t VersionAt(int64_t asked_at_unix_ms) const;
  const v1::Campaign& RulesAt(int64_t asked_at_unix_ms) const {
    return versions[VersionAt(asked_at_unix_ms) - 1].rules;
  }
  /// Does it limit sites or days from the first?
  bool CountsSeats() const;
};

using Campaigns = std::map<std::string, Campaign>;

/// Does it limit what may be taken of a site?
bool LimitsSites(const v1::Campaign& rules);

struct Judgement {
  /// UNSPECIFIED: yes.
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
  /// What an event is to say of it.
  v1::Judged judged;
};

/// May somebody with this profile have a seat, who asks at this time?
Judgement JudgeWish(const Campaign& campaign, const v1::Profile& profile,
                    int64_t asked_at_unix_ms);

}  // namespace slotlog::oracle
