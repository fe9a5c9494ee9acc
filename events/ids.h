// Names and numbers that must not be mistaken for each other.
//
// An id (CitizenId, SiteId, ...) is a view, like std::string_view: it names and
// does not own, so that looking up costs no allocation. Whoever keeps one keeps
// a std::string. A number (Offset, Sequence, ...) is a value.

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace slotlog {

template <typename Tag>
struct Id {
  std::string_view value;
  friend auto operator<=>(const Id&, const Id&) = default;
};

using CitizenId = Id<struct CitizenTag>;
using CampaignId = Id<struct CampaignTag>;
using SiteId = Id<struct SiteTag>;
using SlotId = Id<struct SlotTag>;
using CommandId = Id<struct CommandTag>;

/// An id has one to so many bytes of UTF-8; a name that is no id (of a region,
/// a list, a time zone) at most so many.
inline constexpr size_t kIdBytesMax = 128;
inline constexpr size_t kNameBytesMax = 64;

template <typename Tag, typename T>
struct Number {
  T value = 0;
  friend auto operator<=>(const Number&, const Number&) = default;
  Number& operator++() {
    ++value;
    return *this;
  }
  Number operator+(T more) const { return Number{value + more}; }
  template <typename H>
  friend H AbslHashValue(H h, const Number& n) {
    return H::combine(std::move(h), n.value);
  }
};

/// A shard: partition p of every topic and the state folded from it.
using Shard = Number<struct ShardTag, uint32_t>;
/// How many shards there are.
using ShardCount = Number<struct ShardCountTag, uint32_t>;
/// A record's place in its partition.
using Offset = Number<struct OffsetTag, int64_t>;
/// An event's place in its shard's history, from 1.
using Sequence = Number<struct SequenceTag, uint64_t>;
/// A conversation's number, counted from 1 for a citizen and campaign.
using Turn = Number<struct TurnTag, uint32_t>;
/// A seat's number within its slot, from 1; 0: none.
using SeatNumber = Number<struct SeatNumberTag, uint32_t>;
/// An owner's number: greater than every earlier owner's.
using Epoch = Number<struct EpochTag, uint64_t>;

}  // namespace slotlog
