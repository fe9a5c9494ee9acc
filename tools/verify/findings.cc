#include "tools/verify/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace slotlog::verify {

std::string_view PromiseOf(Invariant invariant) {
  switch (invariant) {
    case Invariant::kCapacity:
      return "seats taken never exceed a slot's capacity";
    case Invariant::kOneClaim:
      return "a citizen has at most one claim in a campaign";
    case Invariant::kOneAnswer:
      return "every command has exactly one answer";
    case Invariant::kSeatsMatchClaims:
      return "every seat has its claim, every claim its seat";
    case Invariant::kContiguous:
      return "sequences, digests and counters have no gaps";
    case Invariant::kWindow:
      return "nobody is booked outside their window, nor told so within it";
  }
  return "";
}

std::string_view UnitOf(Invariant invariant) {
  switch (invariant) {
    case Invariant::kCapacity:
      return "changes of slots and seats";
    case Invariant::kOneClaim:
      return "changes of claims";
    case Invariant::kOneAnswer:
      return "commands and operations";
    case Invariant::kSeatsMatchClaims:
      return "seats and claims";
    case Invariant::kContiguous:
      return "events";
    case Invariant::kWindow:
      return "wishes";
  }
  return "";
}

std::string DebugString(const Place& place) {
  std::string text =
      fmt::format("{} at {}", DebugString(place.partition), place.offset.value);
  if (place.sequence.value != 0) {
    text += fmt::format(", event {}", place.sequence.value);
  }
  return text;
}

void Findings::Violated(Invariant invariant, const Place& place,
                        std::string what) {
  Finding& finding = At(invariant);
  ++finding.violations;
  if (finding.offences.size() < kOffencesKeptMax) {
    finding.offences.push_back(Offence{place, std::move(what)});
  }
}

void Findings::Add(const Findings& others) {
  for (Invariant invariant : kInvariants) {
    Finding& finding = At(invariant);
    const Finding& other = others.Of(invariant);
    finding.checked += other.checked;
    finding.violations += other.violations;
    for (const Offence& offence : other.offences) {
      if (finding.offences.size() == kOffencesKeptMax) break;
      finding.offences.push_back(offence);
    }
  }
}

bool Findings::Hold() const {
  return std::all_of(
      findings_.begin(), findings_.end(),
      [](const Finding& finding) { return finding.violations == 0; });
}

}  // namespace slotlog::verify
