#include "tests/simulation/oracle/faults.h"

namespace slotlog::oracle {
namespace {

constexpr size_t kIdBytes = 128;
constexpr size_t kNameBytes = 64;
constexpr size_t kTextBytes = 512;
constexpr int32_t kSeats = 1'000'000;
constexpr uint32_t kFirstDate = 18500101;
constexpr int64_t kEndOf9999UnixMs = 253'402'300'800'000;

bool IsDate(uint32_t yyyymmdd) {
  const uint32_t year = yyyymmdd / 10000;
  const uint32_t month = yyyymmdd / 100 % 100;
  const uint32_t day = yyyymmdd % 100;
  if (yyyymmdd < kFirstDate || year > 9999 || month < 1 || month > 12) {
    return false;
  }
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const uint32_t days[] = {
      31, leap ? 29u : 28u, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day >= 1 && day <= days[month - 1];
}

}  // namespace

bool IsFault(v1::Refusal refusal) {
  return refusal >= v1::REFUSAL_ACTION_MISSING &&
         refusal < v1::REFUSAL_WRONG_PARTITION;
}

void Faults::LookAtIds(std::initializer_list<std::string> ids) {
  for (const std::string& id : ids) {
    AddIf(id.empty(), v1::REFUSAL_ID_MISSING);
    AddIf(id.size() > kIdBytes, v1::REFUSAL_ID_TOO_LONG);
  }
}

void Faults::LookAtName(const std::string& name) {
  AddIf(name.size() > kNameBytes, v1::REFUSAL_TEXT_TOO_LONG);
}

void Faults::LookAtText(const std::string& text) {
  AddIf(text.size() > kTextBytes, v1::REFUSAL_TEXT_TOO_LONG);
}

void Faults::LookAtDate(uint32_t yyyymmdd) {
  AddIf(!IsDate(yyyymmdd), v1::REFUSAL_DATE_OUT_OF_RANGE);
}

void Faults::LookAtInstant(int64_t unix_ms) {
  AddIf(unix_ms < 0 || unix_ms >= kEndOf9999UnixMs,
        v1::REFUSAL_DATE_OUT_OF_RANGE);
}

void Faults::LookAtInterval(int64_t from_unix_ms, int64_t to_unix_ms) {
  LookAtInstant(from_unix_ms);
  LookAtInstant(to_unix_ms);
  AddIf(to_unix_ms <= from_unix_ms, v1::REFUSAL_INTERVAL_NOT_POSITIVE);
}

void Faults::LookAtCapacity(int32_t capacity) {
  AddIf(capacity < 0 || capacity > kSeats, v1::REFUSAL_CAPACITY_OUT_OF_RANGE);
}

}  // namespace slotlog::oracle
