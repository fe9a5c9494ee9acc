// Do the two sides of a conversation tell the same? The citizen's shard says
// which event of a slot's shard answered it, and what it heard there; notices
// say what became of a seat. Both are compared with what the slot's shard says
// itself, when all shards are read.

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "slotlog/v1/events.pb.h"
#include "tests/simulation/oracle/claims.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/sites.h"

namespace slotlog::oracle {

/// What a citizen's shard says that it heard.
struct Heard {
  uint32_t slot_shard = 0;
  uint64_t slot_sequence = 0;
  ClaimName claim;
  /// Any of these; UNSPECIFIED is a yes.
  std::set<v1::Refusal> answers;
  /// The seat that was given, or asked for in vain (without a number).
  SeatName seat;
};

/// What a citizen was told of a seat.
struct ToldOfSeat {
  SeatName seat;
  ClaimName claim;
  std::set<SeatState> states;
  v1::NoticeKind reason = v1::NOTICE_KIND_UNSPECIFIED;
  /// It was taken back, and he is to have another one.
  bool waits = false;
};

class Conversations {
 public:
  explicit Conversations(Findings& findings) : findings_(findings) {}

  void Hear(Heard heard) { heard_.push_back(std::move(heard)); }
  void Tell(ToldOfSeat told) { told_.push_back(std::move(told)); }
  /// An event of a slot's shard.
  void Say(uint32_t shard, const v1::Event& event);

  /// When all is read and nothing is in flight; `sites` are all there are.
  void Check(Sites& sites) const;

 private:
  struct Said {
    ClaimName claim;
    v1::Refusal refusal;
    SeatName seat;
  };
  bool IsSaid(const Heard& heard) const;

  Findings& findings_;
  std::map<std::pair<uint32_t, uint64_t>, std::vector<Said>> said_;
  std::vector<Heard> heard_;
  std::vector<ToldOfSeat> told_;
};

}  // namespace slotlog::oracle
