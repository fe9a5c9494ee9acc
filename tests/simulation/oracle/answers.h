// What callers must have been told: one confirmation for each event that
// answers a command or an operation, one notice for each that is news, in the
// order of the events and word for word as they say.

#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "slotlog/v1/confirmations.pb.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/record.h"

namespace slotlog::oracle {

class Answers {
 public:
  Answers(const ShardRecord& record, Findings& findings)
      : record_(record), findings_(findings) {}

  /// Topic and offset say what is answered.
  void Expect(const v1::EventBatch& batch, const v1::Event& event,
              v1::Confirmation confirmation);
  void Expect(v1::Notice notice);

  bool IsAnswered(v1::Topic topic, int64_t offset) const {
    return answered_.contains({topic, offset});
  }

  /// After the last event.
  void Check(bool is_at_rest) const;

 private:
  void CheckDeadLetters() const;
  void CheckEverybodyIsAnswered() const;

  const ShardRecord& record_;
  Findings& findings_;
  std::vector<v1::ConfirmationRecord> expected_;
  std::set<std::pair<v1::Topic, int64_t>> answered_;
};

}  // namespace slotlog::oracle
