// What an event answers: the confirmation that the contract asks for, worked
// out from the event alone. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog::verify {

/// Its texts are the event's.
struct Answer {
  Topic topic = Topic::kCommands;
  Offset offset;
  std::string_view citizen_id;
  std::string_view command_id;
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
  std::string_view field;
  bool repeated = false;
  /// The seat taken and, for a hold, its end.
  SeatNumber seat;
  int64_t deadline_unix_ms = 0;
};

/// None for an event that answers nobody.
std::optional<Answer> AnswerOf(const v1::Event& event, ShardCount shards);

/// The first field in which the confirmation is another answer; "" if none.
std::string_view FindDifference(const Answer& answer,
                                const v1::Confirmation& confirmation);

}  // namespace slotlog::verify
