// The oracle: were all promises kept? An independent and naive model of the
// rules, written from the design and the contract and not from the code: plain
// maps, one event after the other. It reads the log as a client could, takes
// the events as what was stated, and asks of each whether it was right, whether
// everybody was told, and whether at the end all fits together.
//
//   auto broken = oracle::Judge(log, oracle::Moment::kAtRest);
//
// It knows of services/ nothing (the names in this namespace are its own: a
// Claim here is what a citizen was told, and no row). Which file promises what:
//   frame           numbered without gaps, every input decided once
//   answers         every command answered once, word for word as decided
//   command_ids     a command id has one answer
//   citizen_rules   yes only to what he may have, no only for true reasons
//   campaigns       who may have a seat when, by which version's words
//   seat_rules      never oversold, never refused without cause
//   supply          what a campaign may take of a site
//   operation_rules the same for operators
//   campaign_rules  versions in order, the same in every shard
//   conversations   both sides of a conversation tell the same
//
// Threads: one.

#pragma once

#include <string>
#include <vector>

#include "events/log/log.h"

namespace slotlog::oracle {

enum class Moment {
  /// Something is in flight: only what can be judged at any time.
  kRunning,
  /// Nothing is in flight.
  kAtRest,
  /// And so much time has passed that every slot is over.
  kOver,
};

/// What is wrong, in words; empty: nothing.
std::vector<std::string> Judge(Log& log, Moment moment);

}  // namespace slotlog::oracle
