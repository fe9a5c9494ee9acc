#include "tools/rush/command_encoder.h"

#include "events/partitioner.h"

namespace slotlog {

CommandEncoder::CommandEncoder(const Scenario& scenario,
                               const Population& population,
                               const Places& places, ShardCount shards)
    : population_(population),
      places_(places),
      shards_(shards),
      campaign_id_(scenario.cohort.campaign_id),
      next_campaign_id_(
          scenario.next_cohort.value_or(scenario.cohort).campaign_id) {
  confirm_.mutable_confirm()->set_campaign_id(campaign_id_);
  cancel_.mutable_cancel()->set_campaign_id(campaign_id_);
}

template <typename SeatWish>
void CommandEncoder::FillIn(const Wish& wish, SeatWish& seat_wish) const {
  seat_wish.set_campaign_id(population_.WantsNextCampaign(wish.person)
                                ? next_campaign_id_
                                : campaign_id_);
  const std::string_view site = places_.SiteOf(wish.slot).value;
  const std::string_view slot = places_.SlotIdOf(wish.slot).value;
  seat_wish.set_site_id(site.data(), site.size());
  seat_wish.set_slot_id(slot.data(), slot.size());
}

v1::Command& CommandEncoder::FillIn(const Wish& wish) {
  switch (wish.action) {
    case Action::kBook:
      FillIn(wish, *book_.mutable_book());
      return book_;
    case Action::kHold:
      FillIn(wish, *hold_.mutable_hold());
      return hold_;
    case Action::kConfirm:
      return confirm_;
    case Action::kCancel:
      break;
  }
  return cancel_;
}

void CommandEncoder::Add(const Wish& wish, CommandBatch& batch) {
  v1::Command& command = FillIn(wish);
  const auto citizen = CitizenNameOf(wish.person);
  const auto name = CommandNameOf(wish.person, wish.number);
  command.set_citizen_id(citizen.value().data(), citizen.value().size());
  command.set_command_id(name.value().data(), name.value().size());
  command.mutable_profile()->set_birth_date_yyyymmdd(
      population_.BirthDateDigits(wish.person));
  const std::string_view region =
      places_.regions().NameOf(population_.RegionOf(wish.person));
  command.mutable_profile()->set_region(region.data(), region.size());
  batch.Add({Topic::kCommands, ShardOf(citizen.value(), shards_)},
            citizen.value(), command);
}

}  // namespace slotlog
