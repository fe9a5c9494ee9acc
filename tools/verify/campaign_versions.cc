#include "tools/verify/campaign_versions.h"

namespace slotlog::verify {

void CampaignVersions::Follow(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kCampaignDefined:
      return Add(event.campaign_defined().campaign(), 0);
    case v1::Event::kCampaignChanged:
      return Add(event.campaign_changed().campaign(),
                 event.campaign_changed().effective_unix_ms());
    case v1::Event::kCampaignAdopted:
      return Add(event.campaign_adopted().campaign(),
                 event.campaign_adopted().effective_unix_ms());
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kSeatAsked:
    case v1::Event::kBooked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSiteClosed:
    case v1::Event::kHeld:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kMoveAsked:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kRescheduled:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kSlotEnded:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kWaitlistAsked:
    case v1::Event::kWaiting:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

void CampaignVersions::Add(const v1::Campaign& campaign,
                           int64_t effective_unix_ms) {
  campaigns_[campaign.campaign_id()].push_back({effective_unix_ms, campaign});
}

const CampaignVersions::Versions* CampaignVersions::Find(
    const std::string& campaign_id) const {
  const auto found = campaigns_.find(campaign_id);
  return found == campaigns_.end() ? nullptr : &found->second;
}

uint32_t CampaignVersions::NumberAt(const Versions& versions,
                                    int64_t asked_at_unix_ms) {
  uint32_t number = 1;
  for (uint32_t i = 2; i <= versions.size(); ++i) {
    if (versions[i - 1].effective_unix_ms <= asked_at_unix_ms) number = i;
  }
  return number;
}

}  // namespace slotlog::verify
