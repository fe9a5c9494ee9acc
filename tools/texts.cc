#include "tools/texts.h"

#include <fmt/format.h>

#include <iterator>

namespace slotlog {
namespace {

/// Three digits that count: "1.23", "12.3", "123".
std::string ThreeDigits(double number) {
  const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}", number, decimals);
}

}  // namespace

std::string Grouped(uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string grouped;
  for (size_t at = 0; at < digits.size(); ++at) {
    if (at > 0 && (digits.size() - at) % 3 == 0) grouped += ',';
    grouped += digits[at];
  }
  return grouped;
}

std::string Short(uint64_t number) {
  constexpr uint64_t kShownInFull = 100'000;
  if (number < kShownInFull) return std::to_string(number);
  const auto value = static_cast<double>(number);
  if (value < 999.5e3) return ThreeDigits(value / 1e3) + "k";
  if (value < 999.5e6) return ThreeDigits(value / 1e6) + "M";
  return ThreeDigits(value / 1e9) + "G";
}

std::string InWords(absl::Duration duration) {
  if (duration < absl::Seconds(1)) {
    return ThreeDigits(absl::ToDoubleMilliseconds(duration)) + " ms";
  }
  if (duration < absl::Seconds(600)) {
    return ThreeDigits(absl::ToDoubleSeconds(duration)) + " s";
  }
  const int64_t minutes = absl::ToInt64Minutes(duration + absl::Seconds(30));
  if (minutes < 60) return fmt::format("{} min", minutes);
  return minutes % 60 == 0
             ? fmt::format("{} h", minutes / 60)
             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string BytesInWords(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1023.5 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes)
                   : fmt::format("{} {}", ThreeDigits(value), kUnits[unit]);
}

}  // namespace slotlog
