#include "tools/verify/window_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "tools/verify/admission.h"

namespace slotlog::verify {
namespace {

/// Does this refusal say that the campaign does not admit the citizen?
bool IsAboutAdmission(v1::Refusal refusal) {
  return refusal == v1::REFUSAL_NOT_ELIGIBLE ||
         refusal == v1::REFUSAL_WRONG_REGION ||
         refusal == v1::REFUSAL_NOT_ON_LIST ||
         refusal == v1::REFUSAL_WRONG_DOSE ||
         refusal == v1::REFUSAL_TOO_SOON_AFTER_LAST_DOSE ||
         refusal == v1::REFUSAL_NOT_YOUR_DAY ||
         refusal == v1::REFUSAL_WINDOW_NOT_OPEN ||
         refusal == v1::REFUSAL_WINDOW_OVER;
}

/// Does what was judged stand in the profile so? What the cohort does not look
/// at is not put down.
bool IsOf(const v1::Judged& judged, const v1::Profile& profile) {
  const auto& lists = profile.priority_lists();
  return judged.birth_date_yyyymmdd() == profile.birth_date_yyyymmdd() &&
         (judged.region().empty() || judged.region() == profile.region()) &&
         (judged.priority_list().empty() ||
          std::find(lists.begin(), lists.end(), judged.priority_list()) !=
              lists.end()) &&
         (judged.doses() == 0 || judged.doses() == profile.doses()) &&
         (judged.last_dose_yyyymmdd() == 0 ||
          judged.last_dose_yyyymmdd() == profile.last_dose_yyyymmdd());
}

}  // namespace

void WindowChecks::Check(const DecidedBatch& batch, const v1::Event& event,
                         const OpenInputs& open) {
  const Place place = batch.PlaceOf(event);
  const int64_t asked_at_unix_ms = event.asked_at_unix_ms();
  const auto command = [&](int64_t offset) {
    return open.Find(Topic::kCommands, Offset{offset});
  };
  switch (event.body_case()) {
    case v1::Event::kCampaignChanged:
      return Follow(batch, event, event.campaign_changed());
    case v1::Event::kCampaignAdopted:
      return Follow(batch, event, event.campaign_adopted());
    case v1::Event::kSeatAsked:
      return FollowWish(event.seat_asked(),
                        command(event.seat_asked().command_offset()),
                        asked_at_unix_ms, place);
    case v1::Event::kWaitlistAsked:
      FollowWish(event.waitlist_asked(),
                 command(event.waitlist_asked().command_offset()),
                 asked_at_unix_ms, place);
      let_through_.erase(ClaimOf(event.waitlist_asked()));  // to wait only
      return;
    case v1::Event::kWaiting:
      if (event.waiting().region().empty()) return;
      FollowWish(event.waiting(), command(event.waiting().command_offset()),
                 asked_at_unix_ms, place);
      let_through_.erase(ClaimOf(event.waiting()));
      return;
    case v1::Event::kOffered:
      return CheckOffer(batch, event);
    case v1::Event::kCommandRefused:
      return Follow(event.command_refused(),
                    command(event.command_refused().command_offset()),
                    asked_at_unix_ms, place);
    case v1::Event::kBooked:
      return FollowSeat(event.booked(), asked_at_unix_ms, place);
    case v1::Event::kHeld:
      FollowSeat(event.held(), asked_at_unix_ms, place);
      return CheckDeadline(batch, event, event.held());
    case v1::Event::kMoveAsked:
      // A move is nobody's first booking, but what replaces a hold is one.
      if (event.move_asked().wanted() == v1::OUTCOME_RESCHEDULED) return;
      return FollowWish(event.move_asked(),
                        command(event.move_asked().command_offset()),
                        asked_at_unix_ms, place);
    case v1::Event::kRescheduled:
      if (event.rescheduled().outcome() == v1::OUTCOME_RESCHEDULED) return;
      // In a swap it is the other's command that makes room, at its time.
      FollowSeat(event.rescheduled(), std::nullopt, place);
      if (event.rescheduled().outcome() == v1::OUTCOME_BOOKED) return;
      return CheckDeadline(batch, event, event.rescheduled());
    case v1::Event::kCampaignDefined:
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCommandRepeated:
    case v1::Event::kCommandParked:
    case v1::Event::kReleaseAsked:
    case v1::Event::kCancelled:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
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
    case v1::Event::kWaitlistLeft:
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

// --- Campaigns ---

void WindowChecks::ExpectNext(const std::string& campaign_id, uint32_t version,
                              int64_t effective_unix_ms, const Place& place) {
  const CampaignVersions::Versions* known = campaigns_.Find(campaign_id);
  const size_t expected = known == nullptr ? 1 : known->size() + 1;
  if (version != expected) {
    findings_.Violated(Invariant::kWindow, place,
                       fmt::format("version {} of campaign {} comes where {} "
                                   "is the next",
                                   version, campaign_id, expected));
  }
  if (known != nullptr && known->back().effective_unix_ms > effective_unix_ms) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("version {} of campaign {} counts from {} ms, before the "
                    "one before it, from {} ms",
                    version, campaign_id, effective_unix_ms,
                    known->back().effective_unix_ms));
  }
}

void WindowChecks::Follow(const DecidedBatch& batch, const v1::Event& event,
                          const v1::CampaignChanged& changed) {
  const Place place = batch.PlaceOf(event);
  ExpectNext(changed.campaign().campaign_id(), changed.version(),
             changed.effective_unix_ms(), place);
  const int64_t expected =
      std::max(changed.stated_unix_ms(), batch.batch->decided_at_unix_ms());
  if (changed.effective_unix_ms() != expected) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("version {} of campaign {} counts from {} ms, and should "
                    "from {} ms",
                    changed.version(), changed.campaign().campaign_id(),
                    changed.effective_unix_ms(), expected));
  }
}

void WindowChecks::Follow(const DecidedBatch& batch, const v1::Event& event,
                          const v1::CampaignAdopted& adopted) {
  const Place place = batch.PlaceOf(event);
  const std::string& campaign_id = adopted.campaign().campaign_id();
  ExpectNext(campaign_id, adopted.version(), adopted.effective_unix_ms(),
             place);
  const DecidedInput* input = batch.inputs.Find(
      Topic::kInternal, Offset{event.cause_offset()}, event.cause_index());
  if (input == nullptr || input->message == nullptr ||
      !input->message->has_campaign_announcement()) {
    return;
  }
  const v1::CampaignAnnouncement& announced =
      input->message->campaign_announcement();
  if (announced.campaign().SerializeAsString() !=
      adopted.campaign().SerializeAsString()) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("campaign {} is adopted otherwise than it was announced",
                    campaign_id));
  }
  const int64_t expected = adopted.version() == 1
                               ? 0
                               : std::max(announced.effective_unix_ms(),
                                          batch.batch->decided_at_unix_ms());
  if (adopted.effective_unix_ms() != expected) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("version {} of campaign {} counts from {} ms here, and "
                    "should from {} ms",
                    adopted.version(), campaign_id, adopted.effective_unix_ms(),
                    expected));
  }
}

// --- Wishes ---

const v1::Campaign* WindowChecks::JudgedBy(const v1::Judged& judged,
                                           const std::string& campaign_id,
                                           int64_t asked_at_unix_ms,
                                           const Place& place,
                                           const std::string& who) {
  const CampaignVersions::Versions* known = campaigns_.Find(campaign_id);
  if (known == nullptr) {
    findings_.Violated(Invariant::kWindow, place,
                       fmt::format("{}: campaign {} is not known in this shard",
                                   who, campaign_id));
    return nullptr;
  }
  const uint32_t valid = CampaignVersions::NumberAt(*known, asked_at_unix_ms);
  if (judged.campaign_version() != valid) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("{}: judged by version {} of campaign {}, and {} was valid "
                    "at {} ms",
                    who, judged.campaign_version(), campaign_id, valid,
                    asked_at_unix_ms));
    return nullptr;
  }
  return &(*known)[valid - 1].campaign;
}

template <typename Body>
void WindowChecks::FollowWish(const Body& asked, const OpenInput* command,
                              int64_t asked_at_unix_ms, const Place& place) {
  findings_.Checked(Invariant::kWindow);
  const std::string who =
      fmt::format("citizen {} may book", asked.citizen_id());
  const auto violated = [&](std::string_view what) {
    findings_.Violated(Invariant::kWindow, place,
                       fmt::format("{}: {}", who, what));
  };
  let_through_[ClaimOf(asked)] = asked_at_unix_ms;
  const v1::Judged& judged = asked.judged();
  const v1::Campaign* campaign =
      JudgedBy(judged, asked.campaign_id(), asked_at_unix_ms, place, who);
  if (campaign == nullptr) return;
  const std::string why =
      WhyNotAdmitted(*campaign, judged.cohort(), judged.round(),
                     Wisher::From(judged, asked_at_unix_ms));
  if (!why.empty()) violated(why);
  if (command == nullptr) return;
  const int64_t stamp_unix_ms = absl::ToUnixMillis(command->asked_at);
  if (stamp_unix_ms != asked_at_unix_ms) {
    violated(
        fmt::format("asked at {} ms as it says; commands at {} is stamped "
                    "{} ms",
                    asked_at_unix_ms, asked.command_offset(), stamp_unix_ms));
  }
  if (!IsOf(judged, command->profile)) {
    violated("judged was another profile than the command's");
  }
}

void WindowChecks::Follow(const v1::CommandRefused& refused,
                          const OpenInput* command, int64_t asked_at_unix_ms,
                          const Place& place) {
  if (!IsAboutAdmission(refused.refusal())) return;
  findings_.Checked(Invariant::kWindow);
  const std::string who =
      fmt::format("citizen {} is refused {}", refused.citizen_id(),
                  v1::Refusal_Name(refused.refusal()));
  const v1::Campaign* campaign = JudgedBy(
      refused.judged(), refused.campaign_id(), asked_at_unix_ms, place, who);
  if (campaign == nullptr || command == nullptr) return;
  if (IsAdmitted(*campaign, Wisher::From(command->profile, asked_at_unix_ms))) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("{}: campaign {} admits them", who, refused.campaign_id()));
  }
}

template <typename Body>
void WindowChecks::FollowSeat(const Body& body,
                              std::optional<int64_t> asked_at_unix_ms,
                              const Place& place) {
  const auto wish = let_through_.find(ClaimOf(body));
  if (wish == let_through_.end() ||
      wish->second != asked_at_unix_ms.value_or(wish->second)) {
    findings_.Violated(
        Invariant::kWindow, place,
        fmt::format("citizen {} is booked: no wish of {} ms was let through",
                    body.citizen_id(), asked_at_unix_ms.value_or(0)));
  }
  if (wish != let_through_.end()) let_through_.erase(wish);
}

template <typename Body>
void WindowChecks::CheckDeadline(const DecidedBatch& batch,
                                 const v1::Event& event, const Body& held) {
  const CampaignVersions::Versions* known = campaigns_.Find(held.campaign_id());
  if (known == nullptr) return;
  const uint32_t valid =
      CampaignVersions::NumberAt(*known, event.asked_at_unix_ms());
  const int64_t due_unix_ms =
      batch.batch->decided_at_unix_ms() +
      int64_t{(*known)[valid - 1].campaign.hold_seconds()} * 1'000;
  if (held.deadline_unix_ms() == due_unix_ms) return;
  findings_.Violated(
      Invariant::kWindow, batch.PlaceOf(event),
      fmt::format("citizen {} has a hold until {} ms; campaign {} gives it "
                  "until {} ms",
                  held.citizen_id(), held.deadline_unix_ms(),
                  held.campaign_id(), due_unix_ms));
}

/// Within a batch the line's time moves on: any version may be the one.
void WindowChecks::CheckOffer(const DecidedBatch& batch,
                              const v1::Event& event) {
  const v1::Offered& offered = event.offered();
  const CampaignVersions::Versions* known =
      campaigns_.Find(offered.campaign_id());
  if (known == nullptr || offered.deadline_unix_ms() == 0) return;
  const int64_t lasts_ms =
      offered.deadline_unix_ms() - batch.batch->decided_at_unix_ms();
  const bool is_of_a_version =
      std::any_of(known->begin(), known->end(), [&](const auto& version) {
        return int64_t{version.campaign.offer_seconds()} * 1'000 == lasts_ms;
      });
  if (is_of_a_version) return;
  findings_.Violated(
      Invariant::kWindow, batch.PlaceOf(event),
      fmt::format("citizen {} is offered a seat for {} ms, and campaign {} "
                  "offers none for so long",
                  offered.citizen_id(), lasts_ms, offered.campaign_id()));
}

}  // namespace slotlog::verify
