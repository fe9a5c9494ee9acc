#include "services/reservation/fold_campaign.h"

#include <utility>

#include "services/reservation/rules.h"

namespace slotlog {
namespace {

RowKey KeyOf(const v1::Campaign& campaign) {
  return RowKey::Of(CampaignId{campaign.campaign_id()});
}

Campaign FirstVersion(const v1::Campaign& definition, Shard home) {
  Campaign campaign{
      .home = home, .versions = {}, .counts_seats = false, .announcements = {}};
  campaign.versions.push_back({.rules = RulesFrom(definition)});
  campaign.counts_seats = LimitsSites(campaign.versions.front().rules);
  return campaign;
}

/// The last version of the campaign, which is at home here, is on its way.
void AwaitOthers(const v1::Event& event, const std::string& operation_id,
                 const Head& head, Campaign& campaign) {
  if (head.shards.value == 1) return;
  Announcement announcement{.version = campaign.last_version(),
                            .awaited = {},
                            .operation_id = operation_id,
                            .operation_offset = Offset{event.cause_offset()}};
  for (Shard shard{0}; shard.value < head.shards.value; ++shard) {
    if (shard != head.shard) announcement.awaited.push_back(shard);
  }
  campaign.announcements.push_back(std::move(announcement));
}

}  // namespace

void Apply(const v1::Event& event, const v1::CampaignDefined& defined,
           State& state) {
  Campaign campaign = FirstVersion(defined.campaign(), state.head().shard);
  AwaitOthers(event, defined.operation_id(), state.head(), campaign);
  state.campaigns().Put(KeyOf(defined.campaign()), std::move(campaign));
}

void Apply(const v1::Event& event, const v1::CampaignChanged& changed,
           State& state) {
  Campaign& campaign = state.campaigns().Mutable(KeyOf(changed.campaign()));
  campaign.versions.push_back(
      {.stated = absl::FromUnixMillis(changed.stated_unix_ms()),
       .effective = absl::FromUnixMillis(changed.effective_unix_ms()),
       .rules = RulesFrom(changed.campaign())});
  AwaitOthers(event, changed.operation_id(), state.head(), campaign);
}

void Apply(const v1::CampaignAdopted& adopted, State& state) {
  const RowKey key = KeyOf(adopted.campaign());
  if (adopted.version() == 1) {
    return state.campaigns().Put(
        key, FirstVersion(adopted.campaign(), Shard{adopted.home_shard()}));
  }
  state.campaigns().Mutable(key).versions.push_back(
      {.effective = absl::FromUnixMillis(adopted.effective_unix_ms()),
       .rules = RulesFrom(adopted.campaign())});
}

void Apply(const v1::CampaignAcknowledged& known, State& state) {
  Campaign& campaign =
      state.campaigns().Mutable(RowKey::Of(CampaignId{known.campaign_id()}));
  for (Announcement& announcement : campaign.announcements) {
    if (announcement.version == Version{known.version()}) {
      std::erase(announcement.awaited, Shard{known.shard()});
    }
  }
  std::erase_if(campaign.announcements, [](const Announcement& announcement) {
    return announcement.awaited.empty();
  });
}

}  // namespace slotlog
