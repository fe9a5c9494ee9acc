#include "projections/availability/answers.h"

#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace slotlog {
namespace {

/// An answer is not looked at again for so long, unless it must be.
constexpr absl::Duration kRecent = absl::Milliseconds(100);

/// As JSON writes texts (RFC 8259, 7). The contract's texts are UTF-8.
void AppendText(std::string_view text, std::string& json) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}",
                     static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

void AppendTime(int64_t unix_ms, std::string& json) {
  json += '"';
  json += absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                           absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
  json += '"';
}

template <typename... Args>
void Append(std::string& json, fmt::format_string<Args...> format,
            Args&&... args) {
  fmt::format_to(std::back_inserter(json), format, std::forward<Args>(args)...);
}

void AppendSite(std::string_view site_id, const SupplySite& site,
                std::string& json) {
  json += R"({"site_id":)";
  AppendText(site_id, json);
  json += R"(,"name":)";
  AppendText(site.name, json);
  json += R"(,"region":)";
  AppendText(*site.region_name, json);
  Append(json, R"(,"is_open":{},"capacity":{},"seats_left":{},"slots":{}}})",
         !site.is_closed, site.sum.capacity, site.sum.seats_left,
         site.sum.slots);
}

/// Each with a comma behind it, where it is told.
void AppendDayAndProduct(uint32_t day, std::string_view product,
                         std::string& json) {
  if (day != 0) {
    Append(json, R"("day":"{:04}-{:02}-{:02}",)", day / 10000, day / 100 % 100,
           day % 100);
  }
  if (!product.empty()) {
    json += R"("product":)";
    AppendText(product, json);
    json += ',';
  }
}

void AppendSlot(std::string_view slot_id, const SupplySlot& slot,
                std::string& json) {
  json += R"({"slot_id":)";
  AppendText(slot_id, json);
  json += R"(,"start":)";
  AppendTime(slot.start_unix_ms, json);
  json += R"(,"end":)";
  AppendTime(slot.end_unix_ms, json);
  json += ',';
  AppendDayAndProduct(slot.day_yyyymmdd, slot.product, json);
  Append(json, R"("capacity":{},"seats_left":{},"is_open":{}}})", slot.capacity,
         slot.SeatsLeft(), slot.IsOpen());
}

/// Separates the elements of an array.
class Comma {
 public:
  void AppendTo(std::string& json) {
    if (std::exchange(is_first_, false)) return;
    json += ',';
  }

 private:
  bool is_first_ = true;
};

/// What is open.
void AppendByDay(const SumsByDay& by_day, std::string& json) {
  json += R"("by_day":[)";
  Comma comma;
  for (const auto& [kind, sum] : by_day) {
    if (sum.slots == 0) continue;
    comma.AppendTo(json);
    json += '{';
    AppendDayAndProduct(kind.first, kind.second, json);
    Append(json, R"("capacity":{},"seats_left":{},"slots":{}}})", sum.capacity,
           sum.seats_left, sum.slots);
  }
  json += ']';
}

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
  std::string json;
  Append(json, R"({{"capacity":{},"seats_left":{},"regions":[)",
         supply.sum().capacity, supply.sum().seats_left);
  Comma comma;
  for (const auto& [name, region] : supply.regions()) {
    comma.AppendTo(json);
    json += R"({"region":)";
    AppendText(name, json);
    Append(json, R"(,"capacity":{},"seats_left":{},"sites":{}}})",
           region.sum.capacity, region.sum.seats_left, region.sites.size());
  }
  json += "],";
  AppendByDay(supply.by_day(), json);
  json += "}\n";
  return json;
}

std::string WriteRegion(std::string_view name, const SupplyRegion& region) {
  std::string json = R"({"region":)";
  AppendText(name, json);
  Append(json, R"(,"capacity":{},"seats_left":{},"sites":[)",
         region.sum.capacity, region.sum.seats_left);
  Comma comma;
  for (const auto& [site_id, site] : region.sites) {
    comma.AppendTo(json);
    AppendSite(site_id, *site, json);
  }
  json += "],";
  AppendByDay(region.by_day, json);
  json += "}\n";
  return json;
}

std::string WriteSlots(std::string_view site_id, const SupplySite& site) {
  std::string json = R"({"site_id":)";
  AppendText(site_id, json);
  json += R"(,"name":)";
  AppendText(site.name, json);
  json += R"(,"region":)";
  AppendText(*site.region_name, json);
  Append(json, R"(,"is_open":{},"slots":[)", !site.is_closed);
  using Slot = std::pair<const std::string, SupplySlot>;
  std::vector<const Slot*> slots;
  for (const Slot& slot : site.slots) slots.push_back(&slot);
  std::stable_sort(slots.begin(), slots.end(),
                   [](const Slot* a, const Slot* b) {
                     return a->second.start_unix_ms < b->second.start_unix_ms;
                   });
  Comma comma;
  for (const Slot* slot : slots) {
    comma.AppendTo(json);
    AppendSlot(slot->first, slot->second, json);
  }
  json += "]}\n";
  return json;
}

}  // namespace slotlog
