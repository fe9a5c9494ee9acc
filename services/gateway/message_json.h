// Reads a command or an operation out of JSON: proto3's JSON mapping, taken
// strictly, because what a caller means must not be guessed. Names of fields
// are the contract's (snake_case); a field that the contract does not have, one
// that stands there twice, a second action, null, a text that is no UTF-8, a
// number that does not fit are each refused by name, with the field's path.
// 64-bit numbers may be written as digits in quotes, as the mapping writes
// them, because JavaScript's numbers are shorter.
//
// How deep it is nested is counted before anything is parsed.
//
// Threads: pure functions.

#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

namespace slotlog {

/// Deeper nesting is refused: the contract needs six.
inline constexpr int kJsonDepthMax = 8;

enum class JsonFault {
  kMalformed,
  kTooDeep,
  kFieldUnknown,
  kFieldRepeated,
  kSecondAction,
  kWrongType,
  kOutOfRange,
};

struct JsonError {
  JsonFault fault;
  /// Its path, as in "define_campaign.campaign.cohorts[1].rank"; empty: the
  /// whole.
  std::string field;
  /// What is wrong, for people.
  std::string detail;
};

/// Into `message`, which is empty; none: it went well. After an error its
/// content is unspecified.
std::optional<JsonError> ReadJson(std::string_view json,
                                  google::protobuf::Message& message);

}  // namespace slotlog
