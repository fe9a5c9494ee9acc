// What citizens send in a simulation: a stream of records for `commands`, most
// of them sensible and some of them not. They send again what they sent before,
// use an id twice, choose the site that all want, ask the wrong shard.
//
// Threads: one. The world and the dice outlive it.

#pragma once

#include <string>
#include <vector>

#include "slotlog/v1/commands.pb.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/world.h"

namespace slotlog {

class Citizens {
 public:
  Citizens(World& world, Dice& dice) : world_(world), dice_(dice) {}

  /// What one citizen, or a crowd, sends now.
  std::vector<Letter> Commands();

 private:
  Letter Post(const v1::Command& command);

  v1::Command NextCommand();
  v1::Command CommandOf(const std::string& citizen_id);
  /// By somebody who was told of a seat, about that seat.
  v1::Command ActOnSeat();
  /// Two who have seats at one site want each other's slots; none: there are
  /// no such two.
  std::vector<Letter> WishToSwap();
  v1::Command Reschedule(const KnownSeat& from, const std::string& site_id,
                         const std::string& slot_id);
  /// Somebody stands in a list while he wishes for more.
  std::vector<Letter> WishWhileWaiting();
  void Join(v1::JoinWaitlist& join);
  void MakeOdd(v1::Command& command);
  template <typename Wish>
  void Choose(const std::string& campaign, Wish& wish);

  World& world_;
  Dice& dice_;
  std::string last_citizen_;
  std::string last_campaign_;
  /// The last few, for sending again.
  std::vector<Letter> sent_;
};

}  // namespace slotlog
