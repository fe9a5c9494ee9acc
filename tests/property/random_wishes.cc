#include "tests/property/random_wishes.h"

#include <fmt/format.h>

namespace slotlog {
namespace {

constexpr int kCitizens = 25;
constexpr int kSeatsVisited = 8;

template <typename Body>
void SetVisit(const std::string& site_id, const std::string& slot_id,
              uint32_t seat, const std::string& citizen_id, Body& visit) {
  visit.set_site_id(site_id);
  visit.set_slot_id(slot_id);
  visit.set_seat(seat);
  visit.set_citizen_id(citizen_id);
}

}  // namespace

template <typename Body>
void RandomWishes::Wish(const std::string& campaign, Body& wish) {
  wish.set_campaign_id(campaign);
  wish.set_site_id(fmt::format("s{}", Below(4)));
  wish.set_slot_id(fmt::format("t{}", Below(4)));
  if (Below(30) == 0) wish.set_slot_id(std::string(200, 'x'));
}

/// Six ways to say who may book when; the odd ones limit the sites.
v1::Campaign RandomWishes::CampaignOf(uint64_t variant) {
  v1::Campaign campaign;
  campaign.set_campaign_id("k");
  campaign.set_hold_seconds(5);
  campaign.set_second_hold(v1::SECOND_HOLD_REPLACES);
  campaign.set_chances(6);
  campaign.set_offer_seconds(variant == 1 ? 0 : 7);
  campaign.mutable_next()->set_campaign_id("next");
  campaign.mutable_next()->set_by(variant % 2 == 0 ? v1::NEXT_DOSE_BY_BOOKED
                                                   : v1::NEXT_DOSE_BY_OFFERED);
  v1::Cohort& old = *campaign.add_cohorts();
  old.set_rank(variant);
  old.set_born_from_yyyymmdd(19620101);
  old.set_born_to_yyyymmdd(19661231);
  v1::Cohort& young = *campaign.add_cohorts();
  young.set_born_from_yyyymmdd(20000101);
  young.set_born_to_yyyymmdd(20051231);
  young.add_regions("north");
  young.add_priority_lists("carers");
  young.set_dose(2);
  young.set_days_since_last_dose_min(variant < 3 ? 30 : 21);
  const int64_t opens_unix_ms = absl::ToUnixMillis(start_) + 2000;
  v1::Round& own_day = *campaign.add_rounds();
  own_day.set_opens_unix_ms(opens_unix_ms);
  own_day.set_closes_unix_ms(opens_unix_ms + 60'000);
  own_day.add_birth_day_digits(2);
  v1::Round& rest = *campaign.add_rounds();
  rest.set_opens_unix_ms(opens_unix_ms + (variant < 4 ? 20'000 : 90'000));
  rest.set_closes_unix_ms(opens_unix_ms + 600'000);
  if (variant >= 2) rest.add_cohorts(variant % 2);
  if (variant % 2 == 1) {
    own_day.set_capacity_share_permille(300);
    rest.set_capacity_share_permille(variant == 5 ? 1000 : 700);
    campaign.set_seats_per_site_and_day(variant == 3 ? 2 : 0);
  }
  return campaign;
}

void RandomWishes::SetProfile(v1::Profile& profile) {
  const uint64_t dice = Below(10);
  profile.set_birth_date_yyyymmdd(dice == 0  ? 19700101
                                  : dice < 3 ? 20010101
                                  : dice < 5 ? 19640331
                                             : 19620712);
  if (Below(3) != 0) profile.set_region("north");
  if (Below(3) != 0) profile.add_priority_lists("carers");
  if (Below(3) == 0) return;
  profile.set_doses(1);
  profile.set_last_dose_yyyymmdd(Below(2) == 0 ? 20210601 : 20210620);
}

v1::Command RandomWishes::NextCommand() {
  v1::Command command;
  command.set_citizen_id(fmt::format("c{}", Below(kCitizens)));
  command.set_command_id(fmt::format("id{}", Below(40)));
  SetProfile(*command.mutable_profile());
  const uint64_t dice = Below(15);
  const std::string campaign = dice == 0 ? "other" : dice == 1 ? "next" : "k";
  switch (Below(11)) {
    case 0:
    case 1:
      command.mutable_cancel()->set_campaign_id(campaign);
      break;
    case 2:
      command.mutable_confirm()->set_campaign_id(campaign);
      break;
    case 3:
    case 4:
      Wish(campaign, *command.mutable_hold());
      break;
    case 5:
      Wish(campaign, *command.mutable_reschedule());
      break;
    case 6: {
      v1::JoinWaitlist& join = *command.mutable_join_waitlist();
      Wish(campaign, join);
      const uint64_t place = Below(4);
      if (place >= 2) join.clear_slot_id();
      if (place == 3) {
        join.clear_site_id();
        join.set_region(Below(2) == 0 ? "north" : "south");
      }
      if (Below(3) == 0) {
        join.set_from_unix_ms(absl::ToUnixMillis(start_) + 400'000);
      }
      break;
    }
    case 7:
      command.mutable_leave_waitlist()->set_campaign_id(campaign);
      break;
    default:
      Wish(campaign, *command.mutable_book());
  }
  return command;
}

std::vector<KeyedOperation> RandomWishes::NextOperations(absl::Time now) {
  std::vector<KeyedOperation> all;
  v1::Operation operation;
  operation.set_operation_id("op");
  std::string key = fmt::format("s{}", Below(4));
  const std::string slot_id = fmt::format("t{}", Below(3));
  switch (Below(11)) {
    case 9: {
      key = "k";
      v1::ChangeCampaign& change = *operation.mutable_change_campaign();
      *change.mutable_campaign() = CampaignOf(Below(6));
      // Mostly just far enough ahead to be let in, sometimes not.
      change.set_effective_unix_ms(absl::ToUnixMillis(now) + 59'900 +
                                   static_cast<int64_t>(Below(1000)));
      break;
    }
    case 0:
      operation.mutable_define_site()->set_site_id(key);
      if (key < "s2") operation.mutable_define_site()->set_region("north");
      break;
    case 1:
      if (Below(4) != 0) return all;  // seldom, or nothing stays open
      if (Below(3) == 0) {
        operation.mutable_close_site()->set_site_id(key);
        break;
      }
      operation.mutable_close_slot()->set_site_id(key);
      operation.mutable_close_slot()->set_slot_id(slot_id);
      operation.mutable_close_slot()->set_withdraw(Below(2) == 0);
      break;
    case 5: {
      // Everybody to every seat: or whoever has one hardly ever comes.
      const bool gives_doses = Below(2) == 0;
      for (int i = 0; i < kCitizens * kSeatsVisited; ++i) {
        const std::string citizen_id = fmt::format("c{}", i % kCitizens);
        const auto seat = static_cast<uint32_t>(i / kCitizens);
        if (gives_doses) {
          SetVisit(key, slot_id, seat, citizen_id,
                   *operation.mutable_give_dose());
        } else {
          SetVisit(key, slot_id, seat, citizen_id,
                   *operation.mutable_check_in());
        }
        all.push_back({key, operation});
      }
      return all;
    }
    case 2:
    case 3:
      operation.mutable_change_capacity()->set_site_id(key);
      operation.mutable_change_capacity()->set_slot_id(slot_id);
      operation.mutable_change_capacity()->set_capacity(
          static_cast<int32_t>(Below(6)) - 1);
      operation.mutable_change_capacity()->set_release_excess(Below(2) == 0);
      break;
    case 4: {
      const bool is_next_dose = Below(2) == 0;
      key = is_next_dose ? "next" : "k";
      v1::Campaign& campaign =
          *operation.mutable_define_campaign()->mutable_campaign();
      campaign = CampaignOf(Below(2));
      campaign.set_campaign_id(key);
      if (is_next_dose) campaign.clear_next();
      break;
    }
    default: {
      v1::OpenSlots& open = *operation.mutable_open_slots();
      open.set_site_id(key);
      v1::Slot& slot = *open.add_slots();
      slot.set_slot_id(slot_id);
      slot.set_start_unix_ms(absl::ToUnixMillis(start_) + 500'000);
      slot.set_end_unix_ms(absl::ToUnixMillis(start_) + 600'000);
      slot.set_capacity(2);
      if (slot_id != "t0") slot.set_day_yyyymmdd(20210712);
    }
  }
  all.push_back({key, operation});
  return all;
}

}  // namespace slotlog
