// What an event answers: the command or the operation whose end it is, and how.
// One place for all read models, so that they agree. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "events/ids.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

/// The views are the event's.
struct CommandAnswer {
  Offset offset = {};
  std::string_view citizen_id = {};
  std::string_view command_id = {};
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
  std::string_view field = {};
  bool is_repeated = false;
  /// The command has a seat now that it did not have: it is no confirm.
  bool gives_seat = false;
  std::string_view campaign_id = {};
  std::string_view site_id = {};
  std::string_view slot_id = {};
  uint32_t seat = 0;
  /// 0: none.
  int64_t deadline_unix_ms = 0;
  /// The slot's event behind it; sequence 0: none.
  uint32_t slot_shard = 0;
  uint64_t slot_sequence = 0;
};

/// None: the event ends no command.
std::optional<CommandAnswer> CommandAnswerIn(const v1::Event& event);

struct OperationAnswer {
  Offset offset = {};
  std::string_view operation_id = {};
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
  std::string_view field = {};
};

/// None: the event ends no operation. With one shard a campaign is known
/// everywhere at once.
std::optional<OperationAnswer> OperationAnswerIn(const v1::Event& event,
                                                 ShardCount shards);

}  // namespace slotlog
