#include "tools/rush/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "events/invariant.h"

namespace slotlog {
namespace {

constexpr std::string_view kOperationPrefix = "setup-";
constexpr std::string_view kSitePrefix = "s";
/// Long enough ago that the campaign stands open now.
constexpr int kOpenBeforeSlotsYears = 3;

/// The number that follows the prefix, if it is below `end`.
std::optional<uint32_t> NumberAfter(std::string_view prefix,
                                    std::string_view id, uint32_t end) {
  if (!id.starts_with(prefix)) return std::nullopt;
  id.remove_prefix(prefix.size());
  uint32_t number = 0;
  const auto [rest, error] =
      std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || rest != id.data() + id.size() || number >= end) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

Places::Places(const Scenario& scenario, int year)
    : cohort_(scenario.cohort),
      next_cohort_(scenario.next_cohort),
      seats_(scenario.seats),
      sites_(scenario.sites),
      slots_per_site_(scenario.SlotsPerSite()),
      slot_length_(absl::Minutes(scenario.slot_minutes)),
      hold_seconds_(scenario.hold_seconds),
      rotation_(scenario),
      regions_(scenario) {
  for (uint32_t site = 0; site < sites_; ++site) {
    site_ids_.push_back(fmt::format("{}{:05}", kSitePrefix, site));
  }
  const absl::CivilMinute first(
      year, scenario.first_slot.month(), scenario.first_slot.day(),
      scenario.first_slot.hour(), scenario.first_slot.minute());
  for (uint32_t day = 0; day < scenario.slot_days; ++day) {
    for (uint32_t slot = 0; slot < scenario.slots_per_day; ++slot) {
      const absl::CivilMinute start =
          first + day * 24 * 60 + slot * scenario.slot_minutes;
      slot_ids_.push_back(fmt::format("{:02}{:02}-{:02}{:02}", start.month(),
                                      start.day(), start.hour(),
                                      start.minute()));
      slot_starts_.push_back(absl::FromCivil(start, absl::UTCTimeZone()) -
                             scenario.utc_offset);
    }
  }
}

int32_t Places::CapacityOf(SlotNumber slot) const {
  return static_cast<int32_t>(seats_ / SlotCount() +
                              (slot.value < seats_ % SlotCount() ? 1 : 0));
}

SlotNumber Places::SlotOfSeat(uint32_t seat) const {
  // The first slots have one seat more.
  const uint32_t capacity = seats_ / SlotCount();
  const uint32_t larger = seats_ % SlotCount();
  const uint32_t in_larger = larger * (capacity + 1);
  return SlotNumber{seat < in_larger ? seat / (capacity + 1)
                                     : larger + (seat - in_larger) / capacity};
}

uint32_t Places::OperationCount() const {
  return 2 * sites_ + (next_cohort_.has_value() ? 2 : 1);
}

Places::KeyedOperation Places::OperationAt(uint32_t number,
                                           absl::Time first_opening) const {
  INVARIANT(number < OperationCount(), "an operation that there is not");
  KeyedOperation result;
  v1::Operation& operation = result.operation;
  operation.set_operation_id(fmt::format("{}{:07}", kOperationPrefix, number));
  if (number < 2 * sites_) {
    const std::string& site_id = site_ids_[number / 2];
    result.key = site_id;
    if (number % 2 == 0) {
      v1::DefineSite& site = *operation.mutable_define_site();
      site.set_site_id(site_id);
      site.set_name("Site " + site_id.substr(1));
      site.set_region(
          std::string(regions_.NameOf(regions_.OfSite(number / 2))));
    } else {
      AddSlots(number / 2, *operation.mutable_open_slots());
    }
    return result;
  }
  // The next cohort's window opens when the rehearsal is long over.
  const absl::Time first_slot = slot_starts_.front();
  *operation.mutable_define_campaign()->mutable_campaign() =
      number == 2 * sites_
          ? CampaignOf(cohort_, first_slot - absl::Hours(24 * 365 *
                                                         kOpenBeforeSlotsYears))
          : CampaignOf(*next_cohort_, first_slot);
  v1::Campaign& campaign =
      *operation.mutable_define_campaign()->mutable_campaign();
  if (number == 2 * sites_ && rotation_.Exists()) {
    campaign.clear_rounds();
    rotation_.AddRounds(first_opening, slot_starts_.back() + slot_length_,
                        campaign);
  }
  result.key = campaign.campaign_id();
  return result;
}

v1::Campaign Places::CampaignOf(const Cohort& cohort, absl::Time opens) const {
  v1::Campaign campaign;
  campaign.set_campaign_id(cohort.campaign_id);
  campaign.set_hold_seconds(hold_seconds_);
  v1::Cohort& people = *campaign.add_cohorts();
  people.set_born_from_yyyymmdd(DateDigits(cohort.born_from));
  people.set_born_to_yyyymmdd(DateDigits(cohort.born_to));
  v1::Round& round = *campaign.add_rounds();
  round.set_opens_unix_ms(absl::ToUnixMillis(opens));
  round.set_closes_unix_ms(
      absl::ToUnixMillis(slot_starts_.back() + slot_length_));
  return campaign;
}

void Places::AddSlots(uint32_t site, v1::OpenSlots& operation) const {
  operation.set_site_id(site_ids_[site]);
  for (uint32_t index = 0; index < slots_per_site_; ++index) {
    v1::Slot& slot = *operation.add_slots();
    slot.set_slot_id(slot_ids_[index]);
    slot.set_start_unix_ms(absl::ToUnixMillis(slot_starts_[index]));
    slot.set_end_unix_ms(
        absl::ToUnixMillis(slot_starts_[index] + slot_length_));
    slot.set_capacity(CapacityOf(SlotNumber{site * slots_per_site_ + index}));
  }
}

std::optional<uint32_t> Places::NumberOf(std::string_view operation_id) const {
  return NumberAfter(kOperationPrefix, operation_id, OperationCount());
}

std::optional<SlotNumber> Places::Find(SiteId site_id, SlotId slot_id) const {
  const auto site = NumberAfter(kSitePrefix, site_id.value, sites_);
  const auto slot =
      std::find(slot_ids_.begin(), slot_ids_.end(), slot_id.value);
  if (!site.has_value() || slot == slot_ids_.end()) return std::nullopt;
  return SlotNumber{*site * slots_per_site_ +
                    static_cast<uint32_t>(slot - slot_ids_.begin())};
}

}  // namespace slotlog
