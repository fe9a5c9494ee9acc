// What a command asks for, and what is wrong with its words: read from the
// contract alone.

#pragma once

#include <set>
#include <string>

#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"

namespace slotlog::oracle {

enum class Verb {
  kNone,
  kTick,
  kBook,
  kHold,
  kConfirm,
  kCancel,
  kReschedule,
  kJoin,
  kLeave
};

struct Wish {
  Verb verb = Verb::kNone;
  std::string campaign_id;
  std::string site_id;
  std::string slot_id;
};

Wish WishOf(const v1::Command& command);

/// Every true reason to say that it makes no sense; none: it does.
std::set<v1::Refusal> FaultsOf(const v1::Command& command);

}  // namespace slotlog::oracle
