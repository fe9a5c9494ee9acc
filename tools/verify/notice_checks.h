// News to citizens (invariant 3): every event that is news has exactly one
// notice, numbered with the confirmations, and every notice says what its event
// says. Not thread-safe.

#pragma once

#include <string>
#include <vector>

#include "tools/verify/decided_batch.h"
#include "tools/verify/findings.h"

namespace slotlog::verify {

class NoticeChecks {
 public:
  explicit NoticeChecks(Findings& findings) : findings_(findings) {}

  void Check(const DecidedBatch& batch);

 private:
  void CheckNotice(const DecidedBatch& batch,
                   const WrittenConfirmation& written,
                   std::vector<bool>& noticed);
  void Violated(const Place& place, std::string what);

  Findings& findings_;
};

}  // namespace slotlog::verify
