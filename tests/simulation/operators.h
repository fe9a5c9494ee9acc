// What operators send in a simulation: a stream of records for `operations`.
// They open, widen, narrow and close, change campaigns while the day runs, run
// an import again; and the reception desk sees people.
//
// Threads: one. The world and the dice outlive it.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "slotlog/v1/operations.pb.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/world.h"

namespace slotlog {

class Operators {
 public:
  Operators(World& world, Dice& dice) : world_(world), dice_(dice) {}

  /// The day's campaigns, sites and slots.
  std::vector<Letter> Opening();
  /// What an operator sends now.
  Letter NextOperation(absl::Time now);
  /// Bytes that are no message, for a shard of either topic.
  Letter Nonsense();

 private:
  Letter Post(const std::string& key, v1::Operation operation);
  Letter NewOperation(absl::Time now);

  Letter DefineSite(const std::string& site_id);
  Letter OpenSlots(const std::string& site_id);
  Letter DefineCampaign(uint32_t number);
  Letter ChangeCampaign(absl::Time now);
  Letter Widen();
  Letter Narrow();
  Letter Visit();

  World& world_;
  Dice& dice_;
  /// As somebody wanted it last, by its id.
  std::map<std::string, v1::Campaign> campaigns_;
  /// The last few, for sending again.
  std::vector<Letter> sent_;
};

}  // namespace slotlog
