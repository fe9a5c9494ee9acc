// A command id has one answer: sent again with the same bytes it gets its first
// answer, with others it is refused. Only answers that say nothing of the wish
// (nonsense, the wrong partition, busy) leave the id free.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tests/simulation/oracle/answers.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/record.h"

namespace slotlog::oracle {

/// Is it the id's answer for ever?
bool IsKept(v1::Refusal refusal);

class CommandIds {
 public:
  CommandIds(const ShardRecord& record, const Answers& answers,
             Findings& findings)
      : record_(record), answers_(answers), findings_(findings) {}

  /// The command gets this answer now, by the event of this sequence.
  void Answer(int64_t offset, v1::Outcome outcome, v1::Refusal refusal,
              uint64_t sequence);
  /// The command is told that it was answered before.
  void Repeat(int64_t offset, const v1::CommandRepeated& repeated);

 private:
  struct First {
    std::string bytes;
    v1::Outcome outcome;
    v1::Refusal refusal;
    uint64_t sequence;
  };
  /// Citizen and command id.
  using Name = std::pair<std::string, std::string>;

  /// Has an earlier command this id and other bytes, and is undecided still or
  /// has an answer that is kept?
  bool IsReused(int64_t offset, const Name& name) const;

  const ShardRecord& record_;
  const Answers& answers_;
  Findings& findings_;
  std::map<Name, First> first_;
};

}  // namespace slotlog::oracle
