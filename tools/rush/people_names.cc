#include "tools/rush/people_names.h"

#include "events/invariant.h"

namespace slotlog {
namespace {

constexpr size_t kPersonDigits = 10;
constexpr size_t kCommandDigits = 3;

void WriteDigits(uint64_t number, char* begin, size_t digits) {
  for (size_t at = digits; at > 0; --at) {
    begin[at - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

std::optional<uint64_t> ReadDigits(std::string_view digits) {
  uint64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

}  // namespace

ShortName<11> CitizenNameOf(PersonNumber person) {
  ShortName<11> name;
  name.bytes_[0] = 'c';
  WriteDigits(person.value, &name.bytes_[1], kPersonDigits);
  return name;
}

ShortName<14> CommandNameOf(PersonNumber person, CommandNumber number) {
  INVARIANT(number <= kCommandNumberMax, "a person has sent too many commands");
  ShortName<14> name;
  WriteDigits(person.value, &name.bytes_[0], kPersonDigits);
  name.bytes_[kPersonDigits] = '-';
  WriteDigits(number.value, &name.bytes_[kPersonDigits + 1], kCommandDigits);
  return name;
}

std::optional<PersonNumber> PersonOf(CitizenId citizen_id) {
  const std::string_view name = citizen_id.value;
  if (name.size() != 1 + kPersonDigits || name[0] != 'c') return std::nullopt;
  const auto number = ReadDigits(name.substr(1));
  if (!number.has_value() || *number > UINT32_MAX) return std::nullopt;
  return PersonNumber{static_cast<uint32_t>(*number)};
}

std::optional<CommandNumber> CommandNumberOf(CommandId command_id) {
  const std::string_view name = command_id.value;
  if (name.size() != kPersonDigits + 1 + kCommandDigits ||
      name[kPersonDigits] != '-') {
    return std::nullopt;
  }
  const auto number = ReadDigits(name.substr(kPersonDigits + 1));
  if (!number.has_value()) return std::nullopt;
  return CommandNumber{static_cast<uint16_t>(*number)};
}

}  // namespace slotlog
