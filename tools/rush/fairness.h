// Who got an appointment, and who did not: the success rate, people who have an
// appointment in the end of all who tried, by cohort, by region and by arrival.
// Counted from confirmations alone.
//
// Arrival is where a person's first command stands in the log, and a shard's
// n-th command stands beside the other shards' n-th. Two bytes a person: where
// more commands are expected than fit, neighbours share a place.
//
// One thread.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/ids.h"
#include "slotlog/v1/confirmations.pb.h"
#include "tools/rush/population.h"

namespace slotlog {

/// Of the people of one kind.
struct SuccessRate {
  std::string kind;
  uint64_t tried = 0;
  uint64_t booked = 0;
};

/// By arrival: ten rows, each of a tenth of the people. All but the cohorts are
/// of the eligible only.
struct FairnessReport {
  std::vector<SuccessRate> by_cohort;
  /// None where there is no rotation.
  std::vector<SuccessRate> by_birth_day_digit;
  /// None where the scenario names no regions.
  std::vector<SuccessRate> by_region;
  std::vector<SuccessRate> by_arrival;
};

class Fairness {
 public:
  /// `commands`: so many are published at most.
  Fairness(uint32_t people, uint64_t commands);

  /// A first answer, not a repeated one, to the command at this offset.
  void Answered(PersonNumber person, CommandNumber number, Offset offset,
                v1::Outcome outcome);

  /// Takes a moment: it looks at everybody. REQUIRES: these people.
  FairnessReport Report(const Population& population,
                        const Places& places) const;

 private:
  /// Where the first command stands, from 1; 0: none was answered.
  uint32_t PlaceOf(PersonNumber person) const {
    return people_[person.value] >> 1;
  }
  bool IsBooked(PersonNumber person) const {
    return (people_[person.value] & 1) != 0;
  }
  /// Of each place: in which tenth of the eligible it lies, from 0.
  std::vector<uint8_t> TenthsOf(const Population& population) const;

  /// The place, and in the lowest bit: has an appointment.
  std::vector<uint16_t> people_;
  const uint64_t commands_in_place_;
};

}  // namespace slotlog
