// The small world of a simulation: how large it is, what people in it are like,
// and who and what can be named in it. Callers know what callers know: what
// they sent, what confirmations said and which seats are taken.
//
// Threads: one. The dice outlive it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "tests/simulation/dice.h"

namespace slotlog {

struct WorldSize {
  ShardCount shards;
  uint32_t campaigns = 1;
  uint32_t citizens = 1;
  uint32_t sites = 1;
  uint32_t slots = 1;
  uint32_t capacity_max = 1;
  /// How many wishes of a hundred are for the first site's first slot.
  uint32_t hot_percent = 0;
  /// How many commands of a hundred are no honest wish.
  uint32_t odd_percent = 0;
  /// How many operations of a hundred close or narrow something.
  uint32_t closing_percent = 0;
  uint32_t burst_max = 1;
  /// How many commands of a hundred are by whoever sent the last one.
  uint32_t again_percent = 0;
  /// How many rules of a hundred let only some through.
  uint32_t strict_percent = 0;
  /// The reception desk knows a seat as soon as it is taken, and may see its
  /// citizen before he was told of it.
  bool desk_is_early = false;

  static WorldSize Of(Dice& dice);
};

/// A record to be appended.
struct Letter {
  TopicPartition to;
  std::string key;
  std::string bytes;
};

/// A seat, and whose it is.
struct KnownSeat {
  std::string citizen_id;
  std::string campaign_id;
  std::string site_id;
  std::string slot_id;
  uint32_t seat = 0;
};

class World {
 public:
  World(const WorldSize& size, Dice& dice) : size_(size), dice_(dice) {}

  const WorldSize& size() const { return size_; }

  /// Some that are there, and now and then one that is not.
  std::string AnyCitizen();
  std::string AnyCampaign();
  std::string AnySite();
  std::string AnySlot();
  /// Mostly one that a citizen was told of; else one that nobody has.
  KnownSeat AnySeat();

  /// An id for a command or an operation.
  std::string NewId();
  /// The key's partition; now and then a wrong one.
  Shard AddressOf(const std::string& key);

  /// Somebody has this seat.
  template <typename Body>
  void RememberSeat(const Body& named);
  /// The log lost its tail: a seat that was known may be somebody else's.
  void ForgetSeats() { known_seats_.clear(); }
  const std::vector<KnownSeat>& known_seats() const { return known_seats_; }

  /// Keeps the latest few, without an order that anybody relies on.
  template <typename T>
  void Remember(T one, std::vector<T>& all);

 private:
  static constexpr size_t kRemembered = 24;

  const WorldSize size_;
  Dice& dice_;
  uint64_t next_id_ = 0;
  std::vector<KnownSeat> known_seats_;
};

template <typename T>
void World::Remember(T one, std::vector<T>& all) {
  if (all.size() < kRemembered) {
    all.push_back(std::move(one));
  } else {
    all[dice_.Below(all.size())] = std::move(one);
  }
}

template <typename Body>
void World::RememberSeat(const Body& named) {
  Remember(KnownSeat{.citizen_id = named.citizen_id(),
                     .campaign_id = named.campaign_id(),
                     .site_id = named.site_id(),
                     .slot_id = named.slot_id(),
                     .seat = named.seat()},
           known_seats_);
}

}  // namespace slotlog
