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
  cancel_.mutable_cancel()->set_campaign_id(campaign_id_);
}

void CommandEncoder::Add(const Wish& wish, CommandBatch& batch) {
  v1::Command& command = wish.cancels ? cancel_ : book_;
  const auto citizen = CitizenNameOf(wish.person);
  const auto name = CommandNameOf(wish.person, wish.number);
  command.set_citizen_id(citizen.value().data(), citizen.value().size());
  command.set_command_id(name.value().data(), name.value().size());
  command.mutable_profile()->set_birth_date_yyyymmdd(
      population_.BirthDateDigits(wish.person));
  const std::string_view region =
      places_.regions().NameOf(population_.RegionOf(wish.person));
  command.mutable_profile()->set_region(region.data(), region.size());
  if (!wish.cancels) {
    v1::Book& book = *command.mutable_book();
    book.set_campaign_id(population_.WantsNextCampaign(wish.person)
                             ? next_campaign_id_
                             : campaign_id_);
    const std::string_view site = places_.SiteOf(wish.slot).value;
    const std::string_view slot = places_.SlotIdOf(wish.slot).value;
    book.set_site_id(site.data(), site.size());
    book.set_slot_id(slot.data(), slot.size());
  }
  batch.Add({Topic::kCommands, ShardOf(citizen.value(), shards_)},
            citizen.value(), command);
}

}  // namespace slotlog
