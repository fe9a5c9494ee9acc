// Ten days on which people book by the last digit of their day of birth, each
// from 20:00 to 18:00 of the next day, and after them a round for everybody. A
// rehearsal lays the days one behind the other in real time, each a few seconds
// long: eleven twelfths of it the window stands open, then it is closed.
//
// Immutable; thread-safe.

#pragma once

#include <absl/time/time.h>

#include <cstdint>

#include "slotlog/v1/operations.pb.h"
#include "tools/rush/scenario.h"

namespace slotlog {

inline constexpr uint32_t kRotationRounds = 10;

/// Where in the rotation one stands.
struct RotationMoment {
  /// From 0, kRotationRounds: the round for everybody. While none is open: the
  /// next one.
  uint32_t round = 0;
  bool is_open = false;

  bool IsForAll() const { return round == kRotationRounds; }
  friend bool operator==(const RotationMoment&,
                         const RotationMoment&) = default;
};

class Rotation {
 public:
  explicit Rotation(const Scenario& scenario);

  bool Exists() const { return day_ > absl::ZeroDuration(); }
  /// From the campaign's definition to the first opening: some come too early.
  absl::Duration Ahead() const;
  RotationMoment At(absl::Duration since_first_opening) const;
  /// In which those with this last digit of their day of birth may book.
  uint32_t RoundOf(uint32_t digit) const;
  /// Adds the rounds. Of each site's capacity every round may take a tenth, and
  /// what those before it left.
  void AddRounds(absl::Time first_opening, absl::Time closes,
                 v1::Campaign& campaign) const;

 private:
  const absl::Duration day_;
  const absl::Duration window_;
  const uint32_t first_digit_;
};

}  // namespace slotlog
