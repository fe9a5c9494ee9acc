// One simulated day from one seed: a small world with its own mix of people and
// faults, workers on the real core, and an oracle that asks whether every
// promise was kept. Everything is on one thread, on a log in memory and a clock
// that nobody waits for, so that a seed gives the same day again, to the byte.
//
//   const Day day = Simulate({.seed = 7});
//   for (const std::string& broken : day.failures) ...
//
//   bazel test //tests/simulation:all
//   bazel run //tests/simulation -- --seed=7 --steps=1000
//   bazel run //tests/simulation -- --seed=1000000 --forever
//   bazel run //tests/simulation -- --seed=7 --history=c12
//
// A step is one thing: something is sent, something goes wrong, somebody reads
// what is new, or one shard is stepped. At the end all is well again, the world
// comes to rest, and after two days in which nobody asks for anything the
// oracle judges once more.
//
//   world, citizens, operators  who sends what (campaign_maker: who may book)
//   faults                      what goes wrong on the way
//   damage                      what a log cannot be read over
//   cluster                     the workers: which process owns which shard
//   process, connection, disk   a worker's life, its log and its store
//   oracle/                     were all promises kept?
//   retelling                   does the log tell the same once more?
//   defects                     mistakes on purpose, all of which it must find
//
// Threads: one.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/simulation/cluster.h"
#include "tests/simulation/faults.h"

namespace slotlog {

struct SimulationOptions {
  uint64_t seed = 1;
  /// How often something is sent, goes wrong or is stepped, before the day
  /// ends.
  uint64_t steps = 1'000;
  /// Keep Day::history.
  bool wants_history = false;
  /// Only the test of the test has some.
  Seams seams;
};

/// What came of it.
struct Day {
  /// Empty: all promises were kept.
  std::vector<std::string> failures;
  uint32_t shards = 0;
  uint64_t commands = 0;
  uint64_t operations = 0;
  /// What passed step by step: clocks that jump do not count.
  absl::Duration virtual_time;
  std::map<Fault, uint64_t> faults;
  /// Events and refusals by name, and how often they came.
  std::map<std::string, uint64_t> met;
  /// Every input and event, in words; shard by shard, in their order.
  std::vector<std::string> history;
  /// Of every record of the log.
  uint64_t digest = 0;
};

Day Simulate(const SimulationOptions& options);

}  // namespace slotlog
