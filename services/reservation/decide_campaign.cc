// Campaigns: defined and changed at their home shard, made known to all others.
// A change never touches what was decided: it is another version, for commands
// asked from a stated moment on.

#include <algorithm>

#include "events/invariant.h"
#include "services/reservation/decide_operation.h"
#include "services/reservation/eligibility.h"
#include "services/reservation/limits.h"
#include "services/reservation/rules.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

const Campaign* Find(const State& state, const std::string& campaign_id) {
  return state.campaigns().Find(RowKey::Of(CampaignId{campaign_id}));
}

/// What is asked for is so. If not every shard knows it yet, the one who asked
/// first is answered then.
v1::Event* RepeatOnceKnown(const OperationContext& c,
                           const Campaign& campaign) {
  return campaign.announcements.empty() ? Repeat(c)
                                        : Refuse(c, v1::REFUSAL_BUSY);
}

/// Nobody may have been judged by a version before it counts.
absl::Time NotBeforeNow(absl::Time stated, const State& state) {
  return std::max(stated, state.head().decided_at);
}

}  // namespace

v1::Event* DecideDefineCampaign(const OperationContext& c,
                                const v1::DefineCampaign& define) {
  const v1::Campaign& wanted = define.campaign();
  if (const Campaign* campaign = Find(c.state, wanted.campaign_id())) {
    const Version valid = VersionAt(*campaign, c.input.asked_at);
    return campaign->at(valid).rules == RulesFrom(wanted)
               ? RepeatOnceKnown(c, *campaign)
               : Refuse(c, v1::REFUSAL_CAMPAIGN_EXISTS);
  }

  v1::Event* event = NewEvent(c);
  v1::CampaignDefined& defined = *event->mutable_campaign_defined();
  defined.set_operation_id(c.operation.operation_id());
  *defined.mutable_campaign() = wanted;
  return event;
}

v1::Event* DecideChangeCampaign(const OperationContext& c,
                                const v1::ChangeCampaign& change) {
  const v1::Campaign& wanted = change.campaign();
  const Campaign* campaign = Find(c.state, wanted.campaign_id());
  if (campaign == nullptr) return Refuse(c, v1::REFUSAL_CAMPAIGN_UNKNOWN);

  const CampaignRules rules = RulesFrom(wanted);
  const CampaignVersion& last = campaign->versions.back();
  const absl::Time stated = absl::FromUnixMillis(change.effective_unix_ms());
  if (stated >= last.stated && last.rules == rules) {
    return RepeatOnceKnown(c, *campaign);
  }
  if (stated < c.input.asked_at + kChangeAheadMin) {
    return Refuse(c, v1::REFUSAL_EFFECTIVE_TOO_SOON);
  }
  if (stated > c.input.asked_at + kChangeAheadMax) {
    return Refuse(c, v1::REFUSAL_EFFECTIVE_TOO_LATE);
  }
  if (stated < last.effective) {
    return Refuse(c, v1::REFUSAL_EFFECTIVE_BEFORE_LAST_VERSION);
  }
  if (LimitsSites(rules) && !campaign->counts_seats) {
    return Refuse(c, v1::REFUSAL_SEATS_NOT_COUNTED);
  }
  if (campaign->versions.size() >= kCampaignVersionsMax) {
    return Refuse(c, v1::REFUSAL_TOO_MANY_VERSIONS);
  }

  v1::Event* event = NewEvent(c);
  v1::CampaignChanged& changed = *event->mutable_campaign_changed();
  changed.set_operation_id(c.operation.operation_id());
  *changed.mutable_campaign() = wanted;
  changed.set_version(campaign->last_version().value + 1);
  changed.set_stated_unix_ms(change.effective_unix_ms());
  changed.set_effective_unix_ms(
      absl::ToUnixMillis(NotBeforeNow(stated, c.state)));
  return event;
}

// --- A campaign on its way to every shard ---

v1::Event* DecideCampaignAnnouncement(const State& state,
                                      const v1::CampaignAnnouncement& announced,
                                      Arena& arena) {
  const Version version{announced.version()};
  const Campaign* known = Find(state, announced.campaign().campaign_id());
  INVARIANT(
      version == (known == nullptr ? Version{0} : known->last_version()) + 1,
      "a campaign's versions came in another order than they were sent");

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::CampaignAdopted& adopted = *event->mutable_campaign_adopted();
  *adopted.mutable_campaign() = announced.campaign();
  adopted.set_home_shard(announced.home_shard());
  adopted.set_version(version.value);
  if (version > Version{1}) {
    adopted.set_effective_unix_ms(absl::ToUnixMillis(NotBeforeNow(
        absl::FromUnixMillis(announced.effective_unix_ms()), state)));
  }
  return event;
}

v1::Event* DecideCampaignAdoption(const State& state, const MessageFrom& from,
                                  const v1::CampaignAdoption& adoption,
                                  Arena& arena) {
  const Campaign* campaign = Find(state, adoption.campaign_id());
  // Read by an owner that was fenced: its successor has announced it.
  if (campaign == nullptr) return nullptr;
  const auto announcement = std::find_if(
      campaign->announcements.begin(), campaign->announcements.end(),
      [&](const Announcement& announced) {
        return announced.version == Version{adoption.version()};
      });
  if (announcement == campaign->announcements.end()) return nullptr;

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::CampaignAcknowledged& known = *event->mutable_campaign_acknowledged();
  known.set_campaign_id(adoption.campaign_id());
  known.set_version(adoption.version());
  known.set_shard(from.source.value);
  known.set_complete(announcement->awaited.size() == 1);
  known.set_operation_id(announcement->operation_id);
  known.set_operation_offset(announcement->operation_offset.value);
  return event;
}

}  // namespace slotlog
