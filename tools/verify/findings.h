// What a verification found: for each of the six invariants how much was
// checked, how often it was violated and where first. Not thread-safe: each
// shard's checks write to one of their own, and they are added up at the end.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"

namespace slotlog::verify {

/// The promises of the design, by their numbers there.
enum class Invariant : uint8_t {
  kCapacity = 1,
  kOneClaim = 2,
  kOneAnswer = 3,
  kSeatsMatchClaims = 4,
  kContiguous = 5,
  kWindow = 6,
};
inline constexpr Invariant kInvariants[] = {
    Invariant::kCapacity,         Invariant::kOneClaim,   Invariant::kOneAnswer,
    Invariant::kSeatsMatchClaims, Invariant::kContiguous, Invariant::kWindow,
};

/// The promise in a sentence.
std::string_view PromiseOf(Invariant invariant);
/// What its checks are counted in: "changes of seats".
std::string_view UnitOf(Invariant invariant);

/// A record of the log and, if it is about one, the event in it.
struct Place {
  TopicPartition partition;
  Offset offset;
  /// 0: no single event.
  Sequence sequence;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// "events/2 at 17, event 4711".
std::string DebugString(const Place& place);

struct Offence {
  Place place;
  /// What is wrong and why, in words.
  std::string what;
};

class Findings {
 public:
  /// Of each invariant so many offences are kept, the rest are counted.
  static constexpr size_t kOffencesKeptMax = 5;

  struct Finding {
    uint64_t checked = 0;
    uint64_t violations = 0;
    /// The first ones.
    std::vector<Offence> offences;
  };

  void Checked(Invariant invariant, uint64_t more = 1) {
    At(invariant).checked += more;
  }
  void Violated(Invariant invariant, const Place& place, std::string what);
  void Add(const Findings& others);

  const Finding& Of(Invariant invariant) const {
    return findings_[static_cast<size_t>(invariant) - 1];
  }
  /// Nothing was violated.
  bool Hold() const;

 private:
  Finding& At(Invariant invariant) {
    return findings_[static_cast<size_t>(invariant) - 1];
  }

  std::array<Finding, std::size(kInvariants)> findings_;
};

}  // namespace slotlog::verify
