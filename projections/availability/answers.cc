#include "projections/availability/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "projections/json_writer.h"

namespace slotlog {
namespace {

/// An answer is not looked at again for so long, unless it must be.
constexpr absl::Duration kRecent = absl::Milliseconds(100);

/// What is left of it, told within an object.
void WriteSum(const SupplySum& sum, JsonWriter& json) {
  json.Field("capacity", sum.capacity).Field("seats_left", sum.seats_left);
}

void WriteSite(std::string_view site_id, const SupplySite& site,
               JsonWriter& json) {
  json.Begin('{')
      .Field("site_id", site_id)
      .Field("name", site.name)
      .Field("region", *site.region_name)
      .Field("is_open", !site.is_closed);
  WriteSum(site.sum, json);
  json.Field("slots", site.sum.slots).End('}');
}

/// Where they are told.
void WriteDayAndProduct(uint32_t day, std::string_view product,
                        JsonWriter& json) {
  if (day != 0) {
    json.Field("day", fmt::format("{:04}-{:02}-{:02}", day / 10000,
                                  day / 100 % 100, day % 100));
  }
  json.FieldUnlessEmpty("product", product);
}

void WriteSlot(std::string_view slot_id, const SupplySlot& slot,
               JsonWriter& json) {
  json.Begin('{')
      .Field("slot_id", slot_id)
      .Field("start", absl::FromUnixMillis(slot.start_unix_ms))
      .Field("end", absl::FromUnixMillis(slot.end_unix_ms));
  WriteDayAndProduct(slot.day_yyyymmdd, slot.product, json);
  json.Field("capacity", slot.capacity)
      .Field("seats_left", slot.SeatsLeft())
      .Field("is_open", slot.IsOpen())
      .End('}');
}

/// What is open.
void WriteByDay(const SumsByDay& by_day, JsonWriter& json) {
  json.Key("by_day").Begin('[');
  for (const auto& [kind, sum] : by_day) {
    if (sum.slots == 0) continue;
    json.Begin('{');
    WriteDayAndProduct(kind.first, kind.second, json);
    WriteSum(sum, json);
    json.Field("slots", sum.slots).End('}');
  }
  json.End(']');
}

/// A body is a line.
std::string LineOf(JsonWriter json) { return std::move(json).Text() + "\n"; }

}  // namespace

std::shared_ptr<const ReadyAnswer> Availability::Answers::Get(
    std::string_view name, Freshness freshness, const Make& make) {
  Entry& entry = EntryOf(name);
  const absl::Time now = clock_();
  std::string etag;
  {
    const absl::MutexLock lock(&entry.mutex);
    const bool will_do =
        entry.answer != nullptr && freshness == Freshness::kRecent &&
        (entry.is_being_made || now - entry.looked_at < kRecent);
    if (will_do) return entry.answer;
    entry.mutex.Await(absl::Condition(
        +[](bool* is_being_made) { return !*is_being_made; },
        &entry.is_being_made));
    entry.is_being_made = true;
    if (entry.answer != nullptr) etag = entry.answer->etag;
  }
  auto made = make(etag);
  const absl::MutexLock lock(&entry.mutex);
  entry.is_being_made = false;
  entry.looked_at = now;
  if (made != nullptr) entry.answer = std::move(made);
  return entry.answer;
}

Availability::Answers::Entry& Availability::Answers::EntryOf(
    std::string_view name) {
  {
    const absl::ReaderMutexLock lock(&mutex_);
    const auto entry = entries_.find(name);
    if (entry != entries_.end()) return *entry->second;
  }
  const absl::MutexLock lock(&mutex_);
  auto& entry = entries_[std::string(name)];
  if (entry == nullptr) entry = std::make_unique<Entry>();
  return *entry;
}

std::string WriteRegions(const Supply& supply) {
  JsonWriter json;
  json.Begin('{');
  WriteSum(supply.sum(), json);
  json.Key("regions").Begin('[');
  for (const auto& [name, region] : supply.regions()) {
    json.Begin('{').Field("region", name);
    WriteSum(region.sum, json);
    json.Field("sites", region.sites.size()).End('}');
  }
  json.End(']');
  WriteByDay(supply.by_day(), json);
  return LineOf(std::move(json.End('}')));
}

std::string WriteRegion(std::string_view name, const SupplyRegion& region) {
  JsonWriter json;
  json.Begin('{').Field("region", name);
  WriteSum(region.sum, json);
  json.Key("sites").Begin('[');
  for (const auto& [site_id, site] : region.sites) {
    WriteSite(site_id, *site, json);
  }
  json.End(']');
  WriteByDay(region.by_day, json);
  return LineOf(std::move(json.End('}')));
}

std::string WriteSlots(std::string_view site_id, const SupplySite& site) {
  using Slot = std::pair<const std::string, SupplySlot>;
  std::vector<const Slot*> slots;
  for (const Slot& slot : site.slots) slots.push_back(&slot);
  std::stable_sort(slots.begin(), slots.end(),
                   [](const Slot* a, const Slot* b) {
                     return a->second.start_unix_ms < b->second.start_unix_ms;
                   });
  JsonWriter json;
  json.Begin('{')
      .Field("site_id", site_id)
      .Field("name", site.name)
      .Field("region", *site.region_name)
      .Field("is_open", !site.is_closed)
      .Key("slots")
      .Begin('[');
  for (const Slot* slot : slots) WriteSlot(slot->first, slot->second, json);
  json.End(']');
  return LineOf(std::move(json.End('}')));
}

}  // namespace slotlog
