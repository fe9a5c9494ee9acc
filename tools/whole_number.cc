#include "tools/whole_number.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <string>

namespace slotlog {

CLI::Validator WholeNumber(uint64_t min, uint64_t max) {
  const auto check = [min, max](std::string& text) -> std::string {
    uint64_t number = 0;
    const char* const text_end = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), text_end, number);
    if (error != std::errc() || end != text_end || number < min ||
        number > max) {
      return fmt::format("must be a whole number from {} to {}, not \"{}\"",
                         min, max, text);
    }
    text = std::to_string(number);
    return "";
  };
  // A range that is only the type's would tell the help's reader nothing.
  const bool is_worth_telling = max <= std::numeric_limits<uint32_t>::max();
  return CLI::Validator(
      check, is_worth_telling ? fmt::format("{} to {}", min, max) : "");
}

}  // namespace slotlog
