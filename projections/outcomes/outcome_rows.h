// The keys of the outcomes' rows. Thread-safe.
//
//   "t" shard offset    -> OutcomeRow, by the command's ticket
//   "c" citizen command -> the ticket of the id's answer: shard, offset
//   "o" shard offset    -> OperationRow, by the operation's record
//   "f" topic shard     -> ForgottenRow

#pragma once

#include <string>
#include <string_view>

#include "events/log/log.h"
#include "projections/keys.h"
#include "projections/ticket.h"

namespace slotlog {

inline std::string OutcomeKey(Ticket ticket) {
  return KeyWriter('t').Of(ticket.shard).Of(ticket.offset).Take();
}
inline std::string CommandKey(std::string_view citizen_id,
                              std::string_view command_id) {
  return KeyWriter('c').Id(citizen_id).Id(command_id).Take();
}
inline std::string OperationKey(Ticket record) {
  return KeyWriter('o').Of(record.shard).Of(record.offset).Take();
}
inline std::string ForgottenKey(Topic topic, Shard shard) {
  return KeyWriter('f')
      .Number(static_cast<uint64_t>(topic), 1)
      .Of(shard)
      .Take();
}

inline std::string TicketBytes(Ticket ticket) { return OutcomeKey(ticket); }
inline Ticket TicketFromBytes(std::string_view bytes) {
  KeyReader numbers(bytes);
  const auto shard = static_cast<uint32_t>(numbers.Number(4));
  return {Shard{shard}, Offset{static_cast<int64_t>(numbers.Number(8))}};
}

}  // namespace slotlog
