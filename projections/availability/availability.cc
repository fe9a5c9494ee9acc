#include "projections/availability/availability.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "events/digest.h"
#include "projections/availability/answers.h"
#include "projections/availability/supply.h"
#include "projections/keys.h"

namespace slotlog {
namespace {

/// Of what changed last, shard by shard: the same wherever the same is known.
std::string EtagOf(std::string_view log_id, std::string_view what,
                   const std::vector<BatchNumber>& changed) {
  KeyWriter position('e');
  position.Id(log_id).Id(what);
  for (const BatchNumber batch : changed) position.Number(batch.value, 8);
  return fmt::format("\"{:016x}\"", Digest64(position.Take()));
}

std::vector<ShardPosition> PositionOf(const Supply& supply) {
  std::vector<ShardPosition> position;
  for (Shard shard{0}; shard.value < supply.sequences().size(); ++shard) {
    position.push_back({shard, supply.sequences()[shard.value]});
  }
  return position;
}

SiteAvailability AvailabilityOf(const std::string& site_id,
                                const SupplySite& site) {
  return {.site_id = site_id,
          .name = site.name,
          .region = *site.region_name,
          .is_open = !site.is_closed,
          .capacity = site.sum.capacity,
          .seats_left = site.sum.seats_left,
          .slots = site.sum.slots};
}

}  // namespace

Availability::Availability(std::unique_ptr<Rows> rows,
                           std::function<absl::Time()> clock)
    : Projection(std::move(rows)),
      log_id_(this->rows().GetPosition().label.log_id),
      supply_(std::make_unique<Supply>()),
      answers_(std::make_unique<Answers>(std::move(clock))) {}

Availability::~Availability() = default;

absl::Status Availability::Load() {
  const absl::MutexLock lock(&mutex_);
  return supply_->Load(rows());
}

void Availability::Fold(const v1::EventBatch& batch) {
  const absl::MutexLock lock(&mutex_);
  supply_->Fold(batch, rows());
}

// --- Ready to send ---

std::shared_ptr<const ReadyAnswer> Availability::Regions(
    Freshness freshness) const {
  return answers_->Get("", freshness, [this](std::string_view etag_before) {
    const absl::ReaderMutexLock lock(&mutex_);
    std::string etag = EtagOf(log_id_, "", supply_->changed());
    if (etag == etag_before) return std::shared_ptr<const ReadyAnswer>();
    return std::make_shared<const ReadyAnswer>(
        ReadyAnswer{.body = WriteRegions(*supply_),
                    .etag = std::move(etag),
                    .position = PositionOf(*supply_)});
  });
}

std::shared_ptr<const ReadyAnswer> Availability::Region(
    std::string_view name, Freshness freshness) const {
  {
    const absl::ReaderMutexLock lock(&mutex_);
    if (!supply_->regions().contains(name)) return nullptr;
  }
  const std::string key = fmt::format("r{}", name);
  return answers_->Get(key, freshness, [&](std::string_view etag_before) {
    const absl::ReaderMutexLock lock(&mutex_);
    const SupplyRegion& region = supply_->regions().find(name)->second;
    std::string etag = EtagOf(log_id_, key, region.changed);
    if (etag == etag_before) return std::shared_ptr<const ReadyAnswer>();
    return std::make_shared<const ReadyAnswer>(
        ReadyAnswer{.body = WriteRegion(name, region),
                    .etag = std::move(etag),
                    .position = PositionOf(*supply_)});
  });
}

std::shared_ptr<const ReadyAnswer> Availability::Slots(
    SiteId site_id, Freshness freshness) const {
  {
    const absl::ReaderMutexLock lock(&mutex_);
    if (!supply_->sites().contains(site_id.value)) return nullptr;
  }
  const std::string key = fmt::format("s{}", site_id.value);
  return answers_->Get(key, freshness, [&](std::string_view etag_before) {
    const absl::ReaderMutexLock lock(&mutex_);
    const SupplySite& site = supply_->sites().find(site_id.value)->second;
    std::string etag = EtagOf(log_id_, key, {site.changed});
    if (etag == etag_before) return std::shared_ptr<const ReadyAnswer>();
    return std::make_shared<const ReadyAnswer>(ReadyAnswer{
        .body = WriteSlots(site_id.value, site),
        .etag = std::move(etag),
        .position = {{site.shard, supply_->sequences()[site.shard.value]}}});
  });
}

// --- Figures ---

Stock Availability::StockLeft() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return {.capacity = supply_->sum().capacity,
          .seats_left = supply_->sum().seats_left};
}

Stock Availability::StockLeft(std::string_view name) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto region = supply_->regions().find(name);
  if (region == supply_->regions().end()) return {};
  return {.capacity = region->second.sum.capacity,
          .seats_left = region->second.sum.seats_left};
}

std::vector<SiteAvailability> Availability::Sites(
    std::optional<std::string_view> region_name, std::string_view after,
    size_t max) const {
  const absl::ReaderMutexLock lock(&mutex_);
  std::vector<SiteAvailability> sites;
  if (!region_name.has_value()) {
    for (auto site = supply_->sites().upper_bound(after);
         site != supply_->sites().end() && sites.size() < max; ++site) {
      sites.push_back(AvailabilityOf(site->first, site->second));
    }
    return sites;
  }
  const auto region = supply_->regions().find(*region_name);
  if (region == supply_->regions().end()) return sites;
  const auto& of_region = region->second.sites;
  for (auto site = of_region.upper_bound(after);
       site != of_region.end() && sites.size() < max; ++site) {
    sites.push_back(AvailabilityOf(std::string(site->first), *site->second));
  }
  return sites;
}

std::optional<std::vector<SlotAvailability>> Availability::SlotsOf(
    SiteId site_id) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto site = supply_->sites().find(site_id.value);
  if (site == supply_->sites().end()) return std::nullopt;
  std::vector<SlotAvailability> slots;
  for (const auto& [slot_id, slot] : site->second.slots) {
    slots.push_back({.slot_id = slot_id,
                     .start = absl::FromUnixMillis(slot.start_unix_ms),
                     .end = absl::FromUnixMillis(slot.end_unix_ms),
                     .day_yyyymmdd = slot.day_yyyymmdd,
                     .product = slot.product,
                     .capacity = slot.capacity,
                     .seats_left = slot.SeatsLeft(),
                     .is_open = slot.IsOpen()});
  }
  std::stable_sort(
      slots.begin(), slots.end(),
      [](const auto& a, const auto& b) { return a.start < b.start; });
  return slots;
}

std::optional<SiteAvailability> Availability::FindSite(SiteId site_id) const {
  const absl::ReaderMutexLock lock(&mutex_);
  const auto site = supply_->sites().find(site_id.value);
  if (site == supply_->sites().end()) return std::nullopt;
  return AvailabilityOf(site->first, site->second);
}

}  // namespace slotlog
