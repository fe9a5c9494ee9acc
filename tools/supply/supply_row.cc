#include "tools/supply/supply_row.h"

#include <absl/strings/numbers.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <iterator>
#include <string_view>
#include <utility>

#include "events/ids.h"
#include "services/reservation/limits.h"

namespace slotlog::supply {
namespace {

constexpr std::string_view kOfSites[] = {"site_id", "name", "region"};
constexpr std::string_view kOfSlots[] = {
    "slot_id",     "start", "end",          "capacity", "start_unix_ms",
    "end_unix_ms", "day",   "day_yyyymmdd", "product"};

constexpr int64_t kUnixMillisMax = 253'402'300'799'999;  // the end of 9999
constexpr int kYearMin = 1970;
constexpr size_t kDayTextBytes = 10;

template <typename Names>
bool IsOneOf(std::string_view name, const Names& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// Bytes that are no UTF-8 would make of the whole operation no message.
bool IsUtf8(std::string_view text) {
  using Traits = boost::locale::utf::utf_traits<char>;
  for (auto at = text.begin(); at != text.end();) {
    const auto point = Traits::decode(at, text.end());
    if (point == boost::locale::utf::illegal ||
        point == boost::locale::utf::incomplete) {
      return false;
    }
  }
  return true;
}

/// NUL, line feeds, escapes: two ids would look the same, or disturb whoever
/// shows them.
bool HasControlCharacters(std::string_view text) {
  using Traits = boost::locale::utf::utf_traits<char>;
  for (auto at = text.begin(); at != text.end();) {
    const auto point = Traits::decode(at, text.end());
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return true;
  }
  return false;
}

/// "2021-07-26" or "20210726"; none: no such day.
std::optional<uint32_t> DayIn(std::string_view text) {
  std::string digits(text);
  if (digits.size() == kDayTextBytes && digits[4] == '-' && digits[7] == '-') {
    digits.erase(7, 1).erase(4, 1);
  }
  uint32_t yyyymmdd = 0;
  const bool are_digits =
      digits.size() == 8 &&
      digits.find_first_not_of("0123456789") == std::string::npos &&
      absl::SimpleAtoi(digits, &yyyymmdd);
  if (!are_digits) return std::nullopt;
  const int year = static_cast<int>(yyyymmdd / 10000);
  const int month = static_cast<int>(yyyymmdd / 100 % 100);
  const int day = static_cast<int>(yyyymmdd % 100);
  const absl::CivilDay civil(year, month, day);  // 30 February becomes 2 March
  if (civil.month() != month || civil.day() != day || year < kYearMin) {
    return std::nullopt;
  }
  return yyyymmdd;
}

/// Takes the fields of one row, and notes what is wrong with them.
class FieldReader {
 public:
  FieldReader(const Row& row, SupplyReading& reading)
      : row_(row), reading_(reading) {}

  std::string Id(std::string_view field) {
    const std::string* text = Required(field);
    if (text == nullptr) return "";
    const std::string expected = fmt::format("1 to {} bytes", kIdBytesMax);
    if (text->empty()) return Fault("ID_MISSING", field, *text, expected);
    if (text->size() > kIdBytesMax) {
      return Fault("ID_TOO_LONG", field, *text, expected);
    }
    if (HasControlCharacters(*text)) {
      return Fault("ID_NOT_PRINTABLE", field, *text, "no control characters");
    }
    return Utf8(field, *text);
  }

  std::string Text(std::string_view field) {
    const std::string* text = row_.Find(field);
    if (text == nullptr) return "";
    if (text->size() > kTextBytesMax) {
      return Fault("TEXT_TOO_LONG", field, *text,
                   fmt::format("at most {} bytes", kTextBytesMax));
    }
    return Utf8(field, *text);
  }

  /// An instant in milliseconds; 0 after a fault.
  int64_t Instant(std::string_view field) {
    const std::string in_millis = fmt::format("{}_unix_ms", field);
    if (HasBoth(field, in_millis)) return 0;
    if (const std::string* text = row_.Find(in_millis)) {
      int64_t millis = 0;
      if (!absl::SimpleAtoi(*text, &millis)) {
        Fault("NOT_A_NUMBER", in_millis, *text, "milliseconds since 1970");
        return 0;
      }
      return InRange(in_millis, *text, millis);
    }
    const std::string* text = Required(field);
    if (text == nullptr) return 0;
    absl::Time time;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, *text, &time, &error) ||
        time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
      Fault("NOT_A_TIME", field, *text,
            "a time with its offset, as 2021-07-26T09:00:00+09:00");
      return 0;
    }
    const int64_t millis = absl::ToUnixMillis(time);
    if (absl::FromUnixMillis(millis) != time) {
      Fault("NOT_A_TIME", field, *text, "whole milliseconds");
      return 0;
    }
    return InRange(field, *text, millis);
  }

  int32_t Capacity(std::string_view field) {
    const std::string* text = Required(field);
    if (text == nullptr) return 0;
    int32_t capacity = 0;
    const std::string expected =
        fmt::format("a whole number from 0 to {}", kSlotCapacityMax);
    if (!absl::SimpleAtoi(*text, &capacity)) {
      Fault("NOT_A_NUMBER", field, *text, expected);
    } else if (capacity < 0 || capacity > kSlotCapacityMax) {
      Fault("CAPACITY_OUT_OF_RANGE", field, *text, expected);
    } else if (capacity == 0) {
      reading_.doubts.push_back({"CAPACITY_ZERO", std::string(field), *text,
                                 "a slot that somebody can book"});
    }
    return capacity;
  }

  /// 0: the row does not tell.
  uint32_t Day() {
    if (HasBoth("day", "day_yyyymmdd")) return 0;
    const std::string_view field =
        row_.Find("day_yyyymmdd") != nullptr ? "day_yyyymmdd" : "day";
    const std::string* text = row_.Find(field);
    if (text == nullptr || text->empty() || *text == "0") return 0;
    const auto day = DayIn(*text);
    if (!day.has_value()) {
      Fault("NOT_A_DAY", field, *text, "a day, as 2021-07-26");
    }
    return day.value_or(0);
  }

  uint32_t DayOfStart() const {
    const std::string* start = row_.Find("start");
    if (start == nullptr) return 0;
    return DayIn(start->substr(0, kDayTextBytes)).value_or(0);
  }

  /// Notes a fault; what stands there is nothing.
  std::string Fault(std::string_view reason, std::string_view field,
                    std::string_view found, std::string_view expected) {
    reading_.faults.push_back({std::string(reason), std::string(field),
                               std::string(found), std::string(expected)});
    return "";
  }

 private:
  /// One field told in two ways: noted as a fault.
  bool HasBoth(std::string_view field, std::string_view other) {
    const std::string* text = row_.Find(field);
    const std::string* other_text = row_.Find(other);
    if (text == nullptr || other_text == nullptr) return false;
    Fault("FIELD_REPEATED", other, fmt::format("{} and {}", *text, *other_text),
          fmt::format("{} or {}, not both", field, other));
    return true;
  }

  const std::string* Required(std::string_view field) {
    const std::string* text = row_.Find(field);
    if (text == nullptr) Fault("FIELD_MISSING", field, "nothing", "a value");
    return text;
  }

  std::string Utf8(std::string_view field, const std::string& text) {
    return IsUtf8(text) ? text : Fault("NOT_UTF8", field, text, "UTF-8");
  }

  int64_t InRange(std::string_view field, std::string_view text,
                  int64_t millis) {
    if (millis >= 0 && millis <= kUnixMillisMax) return millis;
    Fault("DATE_OUT_OF_RANGE", field, text, "from 1970 to 9999");
    return 0;
  }

  const Row& row_;
  SupplyReading& reading_;
};

v1::DefineSite SiteIn(FieldReader& fields) {
  v1::DefineSite site;
  site.set_site_id(fields.Id("site_id"));
  site.set_name(fields.Text("name"));
  site.set_region(fields.Text("region"));
  return site;
}

SlotRow SlotIn(FieldReader& fields, const Row& row, const RowRules& rules,
               const SupplyReading& reading) {
  SlotRow read;
  read.site_id = fields.Id("site_id");
  read.slot.set_slot_id(fields.Id("slot_id"));
  const size_t faults = reading.faults.size();
  read.slot.set_start_unix_ms(fields.Instant("start"));
  read.slot.set_end_unix_ms(fields.Instant("end"));
  if (reading.faults.size() == faults &&
      read.slot.end_unix_ms() <= read.slot.start_unix_ms()) {
    const std::string* end = row.Find("end");
    fields.Fault("INTERVAL_NOT_POSITIVE", "end", end == nullptr ? "" : *end,
                 "a time after the start");
  }
  read.slot.set_capacity(fields.Capacity("capacity"));
  read.slot.set_day_yyyymmdd(fields.Day());
  if (read.slot.day_yyyymmdd() == 0 && rules.takes_day_of_start) {
    read.slot.set_day_yyyymmdd(fields.DayOfStart());
  }
  read.slot.set_product(fields.Text("product"));
  return read;
}

}  // namespace

SupplyReading ReadSupplyRow(const Row& row, const RowRules& rules) {
  SupplyReading reading;
  FieldReader fields(row, reading);
  bool is_slot = false;
  for (const auto& [name, value] : row.fields) {
    is_slot = is_slot || IsOneOf(name, kOfSlots);
    if (IsOneOf(name, kOfSlots) || IsOneOf(name, kOfSites)) continue;
    fields.Fault("FIELD_UNKNOWN", name, value,
                 "a field of a site or a slot; --columns leaves others out");
  }
  SupplyRow read = is_slot ? SupplyRow(SlotIn(fields, row, rules, reading))
                           : SupplyRow(SiteIn(fields));
  if (reading.faults.empty()) reading.row = std::move(read);
  return reading;
}

}  // namespace slotlog::supply
