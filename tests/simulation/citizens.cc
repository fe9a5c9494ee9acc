#include "tests/simulation/citizens.h"

#include <utility>

#include "events/codec.h"
#include "tests/simulation/campaign_maker.h"

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

v1::Command Citizens::NextCommand() {
  if (dice_.Percent(25)) return ActOnSeat();
  const bool is_again = dice_.Percent(world_.size().again_percent);
  if (last_citizen_.empty() || !is_again) {
    last_citizen_ = world_.AnyCitizen();
    last_campaign_ = world_.AnyCampaign();
  }
  v1::Command command = CommandOf(last_citizen_);
  switch (dice_.Below(8)) {
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

void Citizens::MakeOdd(v1::Command& command) {
  switch (dice_.Below(9)) {
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
