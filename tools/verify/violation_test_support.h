// What the tables of violations are made of: one change to a small day, and the
// line that must name it. For tests.

#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tools/verify/handmade_history.h"
#include "tools/verify/verify.h"

namespace slotlog::verify {

inline VerifyReport VerifyLog(Log& log) {
  auto report = Verify(log, {.threads = 2});
  EXPECT_TRUE(report.ok()) << report.status().ToString();
  return report.ok() ? *std::move(report) : VerifyReport{};
}

/// "1 events/1 at 4, event 9: what", one for each offence.
inline std::vector<std::string> OffencesOf(const VerifyReport& report) {
  std::vector<std::string> lines;
  for (Invariant invariant : kInvariants) {
    for (const Offence& offence : report.findings.Of(invariant).offences) {
      lines.push_back(std::to_string(static_cast<int>(invariant)) + " " +
                      DebugString(offence.place) + ": " + offence.what);
    }
  }
  return lines;
}

using MakeViolation = std::function<void(HandmadeHistory&)>;

/// A day in which something is wrong. A transaction takes two offsets of
/// a topic: its record and its marker.
struct Violation {
  std::string name;
  MakeViolation make;
  /// Part of the line of one of its offences.
  std::string offence;
  /// Writes the day.
  std::function<void(HandmadeHistory&)> day = WriteSmallDay;
};

/// Violations of another day.
inline std::vector<Violation> OnDay(void (*day)(HandmadeHistory&),
                                    std::vector<Violation> violations) {
  for (Violation& violation : violations) violation.day = day;
  return violations;
}

inline void PrintTo(const Violation& violation, std::ostream* out) {
  *out << violation.name;
}

inline std::string NameOfCase(const testing::TestParamInfo<Violation>& info) {
  return info.param.name;
}

class ViolationTest : public testing::TestWithParam<Violation> {
 protected:
  void ExpectFound() {
    HandmadeHistory history;
    GetParam().make(history);
    GetParam().day(history);
    const VerifyReport report = VerifyLog(history.log());
    EXPECT_FALSE(report.findings.Hold());
    EXPECT_THAT(OffencesOf(report),
                testing::Contains(testing::HasSubstr(GetParam().offence)));
  }
};

/// Changes a transaction.
inline MakeViolation Change(const std::string& transaction,
                            std::function<void(HandmadeTransaction&)> change) {
  return [=](HandmadeHistory& history) {
    history.ChangeTransaction(transaction, change);
  };
}

/// Changes one event of a transaction, counted from 0.
inline MakeViolation Event(const std::string& transaction, int index,
                           std::function<void(v1::Event&)> change) {
  return Change(transaction, [=](HandmadeTransaction& t) {
    change(*t.batch.mutable_events(index));
  });
}

/// One event of a transaction does not happen.
inline MakeViolation Without(const std::string& transaction, int index) {
  return Event(transaction, index,
               [](v1::Event& event) { event.clear_body(); });
}

/// Changes the transaction's first confirmation.
inline MakeViolation Confirmation(
    const std::string& transaction,
    std::function<void(v1::Confirmation&)> change) {
  return Change(transaction, [=](HandmadeTransaction& t) {
    change(*t.confirmations[0].mutable_confirmation());
  });
}

}  // namespace slotlog::verify
