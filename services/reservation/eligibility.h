// May this citizen book in this campaign, by what was asked when? Judged by the
// campaign's version, the attested profile and asked_at alone: how long the
// command waited in line changes nothing.
//
// Yes, if there is a cohort all of whose conditions fit and a round that is
// open for it. If not, the reason is that of the cohort that came closest: its
// conditions are looked at in the order
//
//   birth date         NOT_ELIGIBLE
//   region             WRONG_REGION
//   priority lists     NOT_ON_LIST
//   dose               WRONG_DOSE
//   days since it      TOO_SOON_AFTER_LAST_DOSE
//
// and the cohort whose first misfit stands lowest in this table is the closest;
// of equals the first. If a cohort fits, the reason is the closest round's:
//
//   for other cohorts             NOT_ELIGIBLE
//   not now, for other birthdays  NOT_YOUR_DAY
//   for them, and over            WINDOW_OVER
//   for them, and ahead           WINDOW_NOT_OPEN
//   open now, for other birthdays NOT_YOUR_DAY
//
// Pure; nothing here allocates but RecordJudgement. Thread-safe.

#pragma once

#include <absl/time/time.h>

#include "services/reservation/campaign.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

struct Judgement {
  /// REFUSAL_UNSPECIFIED: yes.
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
  Version version;
  /// Indexes in the version's lists: those that fit, or came closest.
  uint32_t cohort = 0;
  uint32_t round = 0;
};

/// The version that commands of this stamp are judged by: the last one that is
/// effective by then; the first one, whatever the stamp, if none is.
Version VersionAt(const Campaign& campaign, absl::Time asked_at);

/// REQUIRES: the profile passed FaultIn (validate.h).
Judgement Judge(const Campaign& campaign, const v1::Profile& profile,
                absl::Time asked_at);

/// Puts down what was judged: of the profile what the judgement's cohort looks
/// at.
void RecordJudgement(const Judgement& judgement, const Campaign& campaign,
                     const v1::Profile& profile, v1::Judged& judged);

}  // namespace slotlog
