// How people and their commands are called in a rehearsal, and back: the
// citizen id "c0000001234" is person 1234, the command id "0000001234-003" that
// person's third command. Thread-safe.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "events/ids.h"

namespace slotlog {

/// A person among all people of a rehearsal, from 0.
using PersonNumber = Number<struct PersonTag, uint32_t>;
/// A command among all commands of a person, from 1; sent again it keeps it.
using CommandNumber = Number<struct CommandNumberTag, uint16_t>;

inline constexpr CommandNumber kCommandNumberMax{999};

/// Holds an id's bytes; the view lives as long as it.
template <size_t kBytes>
class ShortName {
 public:
  std::string_view value() const { return {bytes_.data(), bytes_.size()}; }

 private:
  friend ShortName<11> CitizenNameOf(PersonNumber);
  friend ShortName<14> CommandNameOf(PersonNumber, CommandNumber);
  std::array<char, kBytes> bytes_;
};

ShortName<11> CitizenNameOf(PersonNumber person);
/// REQUIRES: number <= kCommandNumberMax.
ShortName<14> CommandNameOf(PersonNumber person, CommandNumber number);

/// None: no name of ours.
std::optional<PersonNumber> PersonOf(CitizenId citizen_id);
std::optional<CommandNumber> CommandNumberOf(CommandId command_id);

}  // namespace slotlog
