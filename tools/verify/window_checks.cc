#include "tools/verify/window_checks.h"

#include <fmt/format.h>

namespace slotlog::verify {

void WindowChecks::Check(const DecidedBatch& batch, const v1::Event& event,
                         const OpenInputs& open) {
  switch (event.body_case()) {
    case v1::Event::kCampaignDefined:
      return Follow(event.campaign_defined().campaign());
    case v1::Event::kCampaignAdopted:
      return Follow(event.campaign_adopted().campaign());
    case v1::Event::kBooked:
      return Follow(
          event.booked(),
          open.Find(Topic::kCommands, Offset{event.booked().command_offset()}),
          event.asked_at_unix_ms(), batch.PlaceOf(event));
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
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

void WindowChecks::Follow(const v1::Campaign& campaign) {
  campaigns_[campaign.campaign_id()] = campaign;
}

void WindowChecks::Follow(const v1::Booked& booked, const OpenInput* command,
                          int64_t asked_at_unix_ms, const Place& place) {
  findings_.Checked(Invariant::kWindow);
  const auto violated = [&](std::string what) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("citizen {} is booked: {}", booked.citizen_id(), what));
  };
  const auto found = campaigns_.find(booked.campaign_id());
  if (found == campaigns_.end()) {
    return violated(fmt::format("campaign {} is not known in this shard",
                                booked.campaign_id()));
  }
  const v1::Campaign& campaign = found->second;
  if (asked_at_unix_ms < campaign.opens_unix_ms() ||
      asked_at_unix_ms >= campaign.closes_unix_ms()) {
    violated(
        fmt::format("asked at {} ms, outside the window from {} ms to "
                    "{} ms of campaign {}",
                    asked_at_unix_ms, campaign.opens_unix_ms(),
                    campaign.closes_unix_ms(), booked.campaign_id()));
  }
  if (command == nullptr) return;
  const int64_t stamp_unix_ms = absl::ToUnixMillis(command->asked_at);
  if (stamp_unix_ms != asked_at_unix_ms) {
    violated(
        fmt::format("asked at {} ms as it says; commands at {} is stamped "
                    "{} ms",
                    asked_at_unix_ms, booked.command_offset(), stamp_unix_ms));
  }
  const uint32_t born = command->birth_date_yyyymmdd;
  if (born < campaign.born_from_yyyymmdd() ||
      born > campaign.born_to_yyyymmdd()) {
    violated(
        fmt::format("born {}, and campaign {} is for those born from {} "
                    "to {}",
                    born, booked.campaign_id(), campaign.born_from_yyyymmdd(),
                    campaign.born_to_yyyymmdd()));
  }
}

}  // namespace slotlog::verify
