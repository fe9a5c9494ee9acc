#include "services/reservation/validate_fields.h"

#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include "events/ids.h"
#include "services/reservation/limits.h"

namespace slotlog {
namespace {

constexpr Date kFirstDate{18500101};
constexpr Date kLastDate{99991231};
constexpr int64_t kLastUnixMillis = 253'402'300'799'999;  // the end of 9999

}  // namespace

MaybeFault FaultInId(const std::string& id, std::string_view field) {
  if (id.empty()) return Fault{v1::REFUSAL_ID_MISSING, std::string(field)};
  if (id.size() > kIdBytesMax) {
    return Fault{v1::REFUSAL_ID_TOO_LONG, std::string(field)};
  }
  return std::nullopt;
}

MaybeFault FaultInText(const std::string& text, std::string_view field) {
  if (text.size() > kTextBytesMax) {
    return Fault{v1::REFUSAL_TEXT_TOO_LONG, std::string(field)};
  }
  return std::nullopt;
}

MaybeFault FaultInNames(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    std::string_view field) {
  for (int i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      return Fault{v1::REFUSAL_ID_MISSING, fmt::format("{}[{}]", field, i)};
    }
    if (names[i].size() > kNameBytesMax) {
      return Fault{v1::REFUSAL_TEXT_TOO_LONG, fmt::format("{}[{}]", field, i)};
    }
  }
  return std::nullopt;
}

MaybeFault FaultInDate(uint32_t yyyymmdd, std::string_view field) {
  const int year = static_cast<int>(yyyymmdd / 10000);
  const int month = static_cast<int>(yyyymmdd / 100 % 100);
  const int day = static_cast<int>(yyyymmdd % 100);
  const Date date{yyyymmdd};
  const absl::CivilDay civil(year, month, day);  // 30 February becomes 2 March
  const bool exists = civil.month() == month && civil.day() == day;
  if (date < kFirstDate || date > kLastDate || !exists) {
    return Fault{v1::REFUSAL_DATE_OUT_OF_RANGE, std::string(field)};
  }
  return std::nullopt;
}

MaybeFault FaultInInstant(int64_t unix_ms, std::string_view field) {
  if (unix_ms < 0 || unix_ms > kLastUnixMillis) {
    return Fault{v1::REFUSAL_DATE_OUT_OF_RANGE, std::string(field)};
  }
  return std::nullopt;
}

MaybeFault FaultInInterval(int64_t from_unix_ms, int64_t to_unix_ms,
                           const std::string& from, const std::string& to) {
  if (auto fault = FaultInInstant(from_unix_ms, from)) return fault;
  if (auto fault = FaultInInstant(to_unix_ms, to)) return fault;
  if (to_unix_ms <= from_unix_ms) {
    return Fault{v1::REFUSAL_INTERVAL_NOT_POSITIVE, to};
  }
  return std::nullopt;
}

MaybeFault FaultInCapacity(int32_t capacity, std::string_view field) {
  if (capacity < 0 || capacity > kSlotCapacityMax) {
    return Fault{v1::REFUSAL_CAPACITY_OUT_OF_RANGE, std::string(field)};
  }
  return std::nullopt;
}

MaybeFault FaultInNumber(uint32_t number, uint32_t max,
                         std::string_view field) {
  if (number > max) {
    return Fault{v1::REFUSAL_NUMBER_OUT_OF_RANGE, std::string(field)};
  }
  return std::nullopt;
}

}  // namespace slotlog
