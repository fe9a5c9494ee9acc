// Names for what a reader asks about: a command's ticket, which is its place on
// the log, and how far a shard has been read.
//
// Values. Thread-safe, as values are.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"

namespace slotlog {

/// A command's record in `commands`.
struct Ticket {
  Shard shard;
  Offset offset;
  friend auto operator<=>(const Ticket&, const Ticket&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Ticket& ticket) {
    return H::combine(std::move(h), ticket.shard, ticket.offset);
  }
};

/// "3-18211".
std::string FormatTicket(Ticket ticket);
/// None: it is no ticket, or one that is written otherwise than FormatTicket
/// writes it.
std::optional<Ticket> ParseTicket(std::string_view text);

/// This shard's events are known up to this one.
struct ShardPosition {
  Shard shard;
  Sequence sequence;
  friend bool operator==(const ShardPosition&, const ShardPosition&) = default;
};

/// "3:991,1:22".
std::string FormatPosition(const std::vector<ShardPosition>& position);
/// None: it is none, or one of more than `shards_max` shards.
std::optional<std::vector<ShardPosition>> ParsePosition(std::string_view text,
                                                        size_t shards_max);

}  // namespace slotlog
