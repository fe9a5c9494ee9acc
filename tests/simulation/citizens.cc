#include "tests/simulation/citizens.h"

#include <utility>

#include "events/codec.h"
#include "tests/simulation/campaign_maker.h"
#include "tests/simulation/clock.h"

namespace slotlog {

Letter Citizens::Post(const v1::Command& command) {
  const std::string& key = command.citizen_id();
  return {{Topic::kCommands, world_.AddressOf(key)}, key, Encode(command)};
}

v1::Command Citizens::CommandOf(const std::string& citizen_id) {
  v1::Command command;
  command.set_command_id(world_.NewId());
  command.set_citizen_id(citizen_id);
  *command.mutable_profile() = ProfileOf(citizen_id, dice_);
  return command;
}

template <typename Wish>
void Citizens::Choose(const std::string& campaign, Wish& wish) {
  wish.set_campaign_id(campaign);
  wish.set_site_id(world_.AnySite());
  wish.set_slot_id(world_.AnySlot());
}

v1::Command Citizens::ActOnSeat() {
  const KnownSeat known = world_.AnySeat();
  const uint64_t choice = dice_.Below(10);
  v1::Command command = CommandOf(known.citizen_id);
  if (choice < 2) {
    command.mutable_cancel()->set_campaign_id(known.campaign_id);
  } else if (choice < 4) {
    command.mutable_confirm()->set_campaign_id(known.campaign_id);
  } else {
    const bool stays = dice_.Percent(60);
    return Reschedule(known, stays ? known.site_id : world_.AnySite(),
                      world_.AnySlot());
  }
  return command;
}

v1::Command Citizens::Reschedule(const KnownSeat& from,
                                 const std::string& site_id,
                                 const std::string& slot_id) {
  v1::Command command = CommandOf(from.citizen_id);
  command.mutable_reschedule()->set_campaign_id(from.campaign_id);
  command.mutable_reschedule()->set_site_id(site_id);
  command.mutable_reschedule()->set_slot_id(slot_id);
  return command;
}

std::vector<Letter> Citizens::WishToSwap() {
  const KnownSeat one = world_.AnySeat();
  for (const KnownSeat& other : world_.known_seats()) {
    if (other.site_id != one.site_id || other.slot_id == one.slot_id ||
        other.citizen_id == one.citizen_id) {
      continue;
    }
    return {Post(Reschedule(one, other.site_id, other.slot_id)),
            Post(Reschedule(other, one.site_id, one.slot_id))};
  }
  return {};
}

/// A seat is given back just when he who waits for it is busy.
std::vector<Letter> Citizens::WishWhileWaiting() {
  const KnownSeat known = world_.AnySeat();
  v1::Command join = CommandOf(world_.AnyCitizen());
  v1::Command cancel = CommandOf(known.citizen_id);
  v1::Command book = CommandOf(join.citizen_id());
  last_citizen_ = join.citizen_id();
  last_campaign_ = known.campaign_id;
  join.mutable_join_waitlist()->set_campaign_id(known.campaign_id);
  join.mutable_join_waitlist()->set_site_id(known.site_id);
  join.mutable_join_waitlist()->set_slot_id(known.slot_id);
  cancel.mutable_cancel()->set_campaign_id(known.campaign_id);
  Choose(known.campaign_id, *book.mutable_book());
  std::vector<Letter> letters = {Post(join)};
  if (dice_.Percent(60)) letters.push_back(Post(book));
  if (dice_.Percent(80)) letters.push_back(Post(cancel));
  if (dice_.Percent(40)) letters.push_back(Post(book));
  return letters;
}

v1::Command Citizens::NextCommand() {
  if (dice_.Percent(25)) return ActOnSeat();
  const bool is_again = dice_.Percent(world_.size().again_percent);
  if (last_citizen_.empty() || !is_again) {
    last_citizen_ = world_.AnyCitizen();
    last_campaign_ = world_.AnyCampaign();
  }
  v1::Command command = CommandOf(last_citizen_);
  switch (dice_.Below(11)) {
    case 8:
    case 9:
      Join(*command.mutable_join_waitlist());
      break;
    case 10:
      command.mutable_leave_waitlist()->set_campaign_id(last_campaign_);
      break;
    case 0:
    case 1:
    case 2:
      Choose(last_campaign_, *command.mutable_book());
      break;
    case 3:
    case 4:
      Choose(last_campaign_, *command.mutable_hold());
      break;
    case 5:
      command.mutable_confirm()->set_campaign_id(last_campaign_);
      break;
    case 6:
      command.mutable_cancel()->set_campaign_id(last_campaign_);
      break;
    default:
      Choose(last_campaign_, *command.mutable_reschedule());
  }
  return command;
}

/// For a slot mostly, so that there is one who wants what is given back.
void Citizens::Join(v1::JoinWaitlist& join) {
  join.set_campaign_id(last_campaign_);
  if (dice_.Percent(25)) {
    join.set_region(dice_.OneOf(Regions()));
  } else {
    join.set_site_id(world_.AnySite());
    if (dice_.Percent(65)) join.set_slot_id(world_.AnySlot());
  }
  if (!dice_.Percent(30)) return;
  const absl::Time from = kMorning + absl::Seconds(dice_.Below(20'000));
  join.set_from_unix_ms(absl::ToUnixMillis(from));
  if (dice_.Percent(50)) return;
  join.set_to_unix_ms(
      absl::ToUnixMillis(from + absl::Seconds(dice_.Between(1, 90'000))));
}

void Citizens::MakeOdd(v1::Command& command) {
  switch (dice_.Below(11)) {
    case 9:
      command.mutable_join_waitlist()->set_site_id("s0");
      command.mutable_join_waitlist()->set_region("north");
      break;
    case 10:
      command.mutable_leave_waitlist()->clear_campaign_id();
      break;
    case 0:
      return command.set_citizen_id(std::string(dice_.Between(128, 129), 'y'));
    case 1:
      return command.set_command_id(
          std::string(dice_.Percent(50) ? 0 : 4'000, 'y'));
    case 2:
      return command.mutable_profile()->set_birth_date_yyyymmdd(19620230);
    case 3:
      return command.clear_action();
    case 4:
      return command.mutable_cancel()->set_campaign_id(std::string(200, 'k'));
    case 5:
      return command.mutable_book()->set_slot_id("t0");
    case 6:
      return command.mutable_profile()->set_doses(100);
    case 7:
      return command.mutable_profile()->set_region(std::string(65, 'r'));
    default:
      command.mutable_tick();
  }
}

std::vector<Letter> Citizens::Commands() {
  if (dice_.Percent(10)) return WishToSwap();
  if (dice_.Percent(8)) return WishWhileWaiting();
  const uint64_t count =
      dice_.Percent(20) ? dice_.Between(1, world_.size().burst_max) : 1;
  std::vector<Letter> letters;
  for (uint64_t i = 0; i < count; ++i) {
    if (!sent_.empty() && dice_.Percent(12)) {
      // Sent again, now and then often.
      const Letter again = dice_.OneOf(sent_);
      const uint64_t times = dice_.Percent(3) ? dice_.Between(2, 40) : 1;
      letters.insert(letters.end(), times, again);
      continue;
    }
    v1::Command command = NextCommand();
    if (dice_.Percent(world_.size().odd_percent)) MakeOdd(command);
    Letter letter = Post(command);
    world_.Remember(letter, sent_);
    letters.push_back(std::move(letter));
    if (dice_.Percent(4)) {  // the same id for something else
      command.mutable_cancel()->set_campaign_id(world_.AnyCampaign());
      letters.push_back(Post(command));
    }
  }
  return letters;
}

}  // namespace slotlog
