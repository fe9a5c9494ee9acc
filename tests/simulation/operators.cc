#include "tests/simulation/operators.h"

#include <fmt/format.h>

#include <utility>

#include "events/codec.h"
#include "events/digest.h"
#include "tests/simulation/campaign_maker.h"
#include "tests/simulation/clock.h"

namespace slotlog {
namespace {

constexpr uint64_t kSpoiltPercent = 5;
constexpr uint64_t kSecondsOfDay = 24 * 60 * 60;
const std::vector<uint32_t> kDays = {20210712, 20210712, 20210713, 0};

int64_t MillisAfterMorning(uint64_t seconds) {
  return absl::ToUnixMillis(kMorning + absl::Seconds(seconds));
}

}  // namespace

Letter Operators::Post(const std::string& key, v1::Operation operation) {
  operation.set_operation_id(world_.NewId());
  return {{Topic::kOperations, world_.AddressOf(key)}, key, Encode(operation)};
}

// --- Campaigns ---

Letter Operators::DefineCampaign(uint32_t number) {
  const std::string id = fmt::format("k{}", number);
  const absl::Time opens = kMorning + absl::Seconds(dice_.Below(30));
  v1::Campaign campaign = MakeCampaign(id, opens, world_.size().campaigns,
                                       world_.size().strict_percent, dice_);
  campaigns_.emplace(id, campaign);
  if (dice_.Percent(kSpoiltPercent)) Spoil(campaign, dice_);
  v1::Operation operation;
  *operation.mutable_define_campaign()->mutable_campaign() =
      std::move(campaign);
  return Post(id, operation);
}

/// Mostly soon enough and not too soon.
Letter Operators::ChangeCampaign(absl::Time now) {
  const std::string id = world_.AnyCampaign();
  const v1::Campaign other = MakeCampaign(id, now, world_.size().campaigns,
                                          world_.size().strict_percent, dice_);
  const auto known = campaigns_.find(id);
  v1::Campaign campaign =
      known == campaigns_.end() ? other : Mix(known->second, other, dice_);
  campaigns_[id] = campaign;
  if (dice_.Percent(kSpoiltPercent)) Spoil(campaign, dice_);
  absl::Time effective = now + absl::Seconds(dice_.Between(60, 200));
  if (dice_.Percent(10)) effective = now + absl::Seconds(dice_.Below(60));
  if (dice_.Percent(5)) effective = now + absl::Hours(24 * 400);
  v1::Operation operation;
  v1::ChangeCampaign& change = *operation.mutable_change_campaign();
  *change.mutable_campaign() = std::move(campaign);
  change.set_effective_unix_ms(absl::ToUnixMillis(effective));
  return Post(id, operation);
}

// --- Sites and slots ---

Letter Operators::DefineSite(const std::string& site_id) {
  v1::Operation operation;
  v1::DefineSite& define = *operation.mutable_define_site();
  define.set_site_id(site_id);
  if (dice_.Percent(10)) define.set_name("Hall");
  // Mostly as it was defined before.
  Dice own(Digest64(site_id) + (dice_.Percent(5) ? 1 : 0));
  if (own.Percent(80)) define.set_region(own.OneOf(Regions()));
  return Post(site_id, operation);
}

Letter Operators::OpenSlots(const std::string& site_id) {
  v1::Operation operation;
  v1::OpenSlots& open = *operation.mutable_open_slots();
  open.set_site_id(site_id);
  for (uint32_t i = 0; i < world_.size().slots; ++i) {
    v1::Slot& slot = *open.add_slots();
    slot.set_slot_id(fmt::format("t{}", i));
    const uint64_t start =
        dice_.Between(300, 20'000) + (dice_.Percent(20) ? kSecondsOfDay : 0);
    slot.set_start_unix_ms(MillisAfterMorning(start));
    slot.set_end_unix_ms(MillisAfterMorning(start + dice_.Between(60, 7'200)));
    slot.set_capacity(static_cast<int32_t>(
        dice_.Between(dice_.Percent(10) ? 0 : 1, world_.size().capacity_max)));
    slot.set_day_yyyymmdd(dice_.OneOf(kDays));
    slot.set_product(slot.capacity() % 2 == 0 ? "p" : "");
  }
  return Post(site_id, operation);
}

Letter Operators::Widen() {
  const std::string site_id = world_.AnySite();
  v1::Operation operation;
  v1::ChangeCapacity& change = *operation.mutable_change_capacity();
  change.set_site_id(site_id);
  change.set_slot_id(world_.AnySlot());
  change.set_capacity(
      static_cast<int32_t>(dice_.Between(0, world_.size().capacity_max + 2)) -
      (dice_.Percent(3) ? 9 : 0));
  return Post(site_id, operation);
}

Letter Operators::Narrow() {
  // Often where somebody sits.
  const KnownSeat known = world_.AnySeat();
  const bool is_taken = dice_.Percent(40);
  const std::string site_id = is_taken ? known.site_id : world_.AnySite();
  const std::string slot_id = is_taken ? known.slot_id : world_.AnySlot();
  v1::Operation operation;
  if (dice_.Percent(15)) {
    operation.mutable_close_site()->set_site_id(site_id);
    return Post(site_id, operation);
  }
  if (dice_.Percent(30)) {
    v1::CloseSlot& close = *operation.mutable_close_slot();
    close.set_site_id(site_id);
    close.set_slot_id(slot_id);
    close.set_withdraw(dice_.Percent(60));
    return Post(site_id, operation);
  }
  v1::ChangeCapacity& change = *operation.mutable_change_capacity();
  change.set_site_id(site_id);
  change.set_slot_id(slot_id);
  change.set_capacity(static_cast<int32_t>(dice_.Below(3)));
  change.set_release_excess(dice_.Percent(60));
  return Post(site_id, operation);
}

Letter Operators::Visit() {
  const KnownSeat known = world_.AnySeat();
  const auto name = [&](auto& visit) {
    visit.set_site_id(known.site_id);
    visit.set_slot_id(known.slot_id);
    visit.set_seat(known.seat);
    visit.set_citizen_id(known.citizen_id);
  };
  v1::Operation operation;
  if (dice_.Percent(50)) {
    name(*operation.mutable_check_in());
  } else {
    name(*operation.mutable_give_dose());
    operation.mutable_give_dose()->set_product("p");
    operation.mutable_give_dose()->set_lot(dice_.Percent(90) ? "1" : "2");
  }
  return Post(known.site_id, operation);
}

// --- What comes next ---

std::vector<Letter> Operators::Opening() {
  std::vector<Letter> letters;
  for (uint32_t i = 0; i < world_.size().campaigns; ++i) {
    letters.push_back(DefineCampaign(i));
  }
  for (uint32_t i = 0; i < world_.size().sites; ++i) {
    const std::string site_id = fmt::format("s{}", i);
    letters.push_back(DefineSite(site_id));
    letters.push_back(OpenSlots(site_id));
  }
  for (const Letter& letter : letters) world_.Remember(letter, sent_);
  return letters;
}

/// An import that is run again says the same again.
Letter Operators::NextOperation(absl::Time now) {
  if (!sent_.empty() && dice_.Percent(10)) return dice_.OneOf(sent_);
  Letter letter = NewOperation(now);
  world_.Remember(letter, sent_);
  return letter;
}

Letter Operators::NewOperation(absl::Time now) {
  if (dice_.Percent(world_.size().closing_percent)) return Narrow();
  if (dice_.Percent(35)) return Visit();
  if (dice_.Percent(20)) return ChangeCampaign(now);
  if (dice_.Percent(10)) {
    return DefineCampaign(
        static_cast<uint32_t>(dice_.Below(world_.size().campaigns + 1)));
  }
  if (dice_.Percent(20)) return DefineSite(world_.AnySite());
  if (dice_.Percent(30)) return OpenSlots(world_.AnySite());
  return Widen();
}

Letter Operators::Nonsense() {
  const TopicPartition to = {
      dice_.Percent(50) ? Topic::kCommands : Topic::kOperations,
      Shard{static_cast<uint32_t>(dice_.Below(world_.size().shards.value))}};
  return {to, "", dice_.Percent(50) ? "\xff\xff no message" : ""};
}

}  // namespace slotlog
