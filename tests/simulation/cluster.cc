#include "tests/simulation/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "events/invariant.h"

namespace slotlog {
namespace {

std::string TextOf(const absl::Status& status) {
  return std::string(status.ToString());
}

}  // namespace

std::string ProducerOf(Shard shard) {
  return fmt::format("slotlog-{}", shard.value);
}

/// A process that owns a shard, or thinks so. What uses stands after what it
/// uses, so that it is gone first.
struct Cluster::Owner {
  Shard shard;
  size_t machine;
  Process process;
  Connection connection;
  /// The connection, unless a test stands in between.
  std::unique_ptr<Log> decorated_log;
  StoreFactory stores;
  std::unique_ptr<ShardLoop> loop;
  /// Its disk was made to fail: it may stop.
  bool may_stop = false;

  Owner(Cluster& cluster, Shard its_shard, size_t its_machine)
      : shard(its_shard),
        machine(its_machine),
        connection(process, cluster.log_, cluster.clock_, cluster.old_answers_,
                   cluster.deadly_records_) {}
  Log& log() { return decorated_log ? *decorated_log : connection; }
};

Cluster::Cluster(MemoryLog& log, Clock& clock, ClusterOptions options,
                 Seams seams)
    : log_(log),
      clock_(clock),
      options_(std::move(options)),
      seams_(std::move(seams)),
      old_answers_(seams_.old_answers) {
  for (const absl::Duration skew : options_.skews) {
    machines_.push_back({.skew = skew, .disk = {}});
  }
  INVARIANT(machines_.size() > 1, "a shard can be taken over");
}

Cluster::~Cluster() = default;

absl::Status Cluster::Recover(Owner& owner) {
  Machine& machine = machines_[owner.machine];
  if (seams_.log) owner.decorated_log = seams_.log(owner.connection);
  owner.stores = {
      .open = [this, &owner, &machine](
                  Shard shard) -> absl::StatusOr<std::unique_ptr<Store>> {
        auto store = machine.disk.Open(shard, owner.process);
        return seams_.store ? seams_.store(std::move(store)) : std::move(store);
      },
      .destroy =
          [&owner, &machine](Shard shard) {
            return owner.process.Call([&] {
              machine.disk.Lose(shard);
              return absl::OkStatus();
            });
          }};
  auto loop = ShardLoop::Recover(
      owner.log(), owner.shard, owner.stores,
      {.memory_bytes = options_.memory_bytes,
       .checkpoint_events_max = options_.checkpoint_events_max,
       .clock = [this, &machine] { return clock_.now + machine.skew; },
       .executor = [](const std::function<void()>& work) { work(); }});
  if (!loop.ok()) return loop.status();
  owner.loop = *std::move(loop);
  return absl::OkStatus();
}

size_t Cluster::FreeMachineFor(Shard shard) const {
  const auto owner = owners_.find(shard);
  const auto sleepers = sleepers_.find(shard);
  for (size_t machine = 0; machine < machines_.size(); ++machine) {
    if (owner != owners_.end() && owner->second->machine == machine) continue;
    if (sleepers == sleepers_.end() ||
        std::none_of(
            sleepers->second.begin(), sleepers->second.end(),
            [&](const OwnerPtr& one) { return one->machine == machine; })) {
      return machine;
    }
  }
  return machines_.size();
}

void Cluster::TakeOver(Shard shard, size_t machine, uint64_t death_call,
                       Process::Death death) {
  std::list<OwnerPtr>& sleepers = sleepers_[shard];
  if (const auto owner = owners_.find(shard); owner != owners_.end()) {
    sleepers.push_back(std::move(owner->second));
    owners_.erase(owner);
  }
  // A machine's store belongs to one process at a time.
  sleepers.remove_if(
      [&](const OwnerPtr& sleeper) { return sleeper->machine == machine; });
  auto owner = std::make_shared<Owner>(*this, shard, machine);
  owner->process.DieAt(death_call, death);
  const absl::Status recovered = Recover(*owner);
  if (recovered.ok() && !owner->process.IsDead()) {
    owners_[shard] = std::move(owner);
  } else if (!recovered.ok()) {
    NoteFailure(*owner, recovered);
  }
}

bool Cluster::Step(Shard shard) {
  if (!HasOwner(shard)) {
    const size_t machine = FreeMachineFor(shard);
    TakeOver(shard, machine == machines_.size() ? 0 : machine);
    return true;
  }
  // It may lose the shard while it takes this very step.
  const OwnerPtr owner = owners_.at(shard);
  const auto outcome = owner->loop->Step();
  const bool goes_on = outcome.ok() &&
                       *outcome != ShardLoop::StepOutcome::kLost &&
                       !owner->process.IsDead();
  if (!outcome.ok()) NoteFailure(*owner, outcome.status());
  if (goes_on) return *outcome != ShardLoop::StepOutcome::kIdle;
  const auto current = owners_.find(shard);
  if (current != owners_.end() && current->second == owner) {
    owners_.erase(current);
  }
  return true;
}

void Cluster::Wake(Shard shard) {
  std::list<OwnerPtr>& sleepers = sleepers_[shard];
  if (sleepers.empty()) return;
  const OwnerPtr sleeper = sleepers.front();
  sleepers.pop_front();
  const auto outcome = sleeper->loop->Step();
  if (!outcome.ok()) return NoteFailure(*sleeper, outcome.status());
  const bool is_fenced =
      HasOwner(shard) && owners_.at(shard)->connection.HasOpenedProducer();
  if (is_fenced && *outcome == ShardLoop::StepOutcome::kDecided) {
    failures_.push_back(fmt::format(
        "shard {}: an owner that was fenced has committed", shard.value));
  }
}

void Cluster::Kill(Shard shard) {
  owners_.erase(shard);
  sleepers_.erase(shard);
}

void Cluster::PlanDeath(Shard shard, uint64_t call, Process::Death death) {
  const auto owner = owners_.find(shard);
  if (owner != owners_.end()) owner->second->process.DieAt(call, death);
}

void Cluster::InterruptNextCommit(Shard shard,
                                  std::function<void()> interrupt) {
  const auto owner = owners_.find(shard);
  if (owner == owners_.end()) return;
  owner->second->connection.InterruptNextCommit(std::move(interrupt));
}

void Cluster::FailNextCheckpoint(Shard shard, absl::Status error) {
  const auto owner = owners_.find(shard);
  if (owner == owners_.end()) return;
  owner->second->may_stop = true;
  owner->second->process.FailNextWrite(std::move(error));
}

size_t Cluster::MachineOf(Shard shard) const {
  return owners_.at(shard)->machine;
}

const State& Cluster::StateOf(Shard shard) const {
  return owners_.at(shard)->loop->state();
}

absl::Status Cluster::StepAnew(Shard shard) {
  Kill(shard);
  Owner owner(*this, shard, 0);
  if (absl::Status recovered = Recover(owner); !recovered.ok()) {
    return recovered;
  }
  return owner.loop->Step().status();
}

void Cluster::NoteFailure(const Owner& owner, const absl::Status& status) {
  if (owner.process.IsDead() || owner.may_stop) return;
  failures_.push_back(
      fmt::format("shard {} stopped: {}", owner.shard.value, TextOf(status)));
}

}  // namespace slotlog
