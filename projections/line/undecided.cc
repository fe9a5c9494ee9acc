#include "projections/line/undecided.h"

#include "events/digest.h"
#include "projections/keys.h"

namespace slotlog {

Undecided::Undecided(ShardCount shards, size_t commands_max)
    : commands_max_(commands_max), shards_(shards.value) {}

Undecided::Key Undecided::KeyOf(CitizenId citizen, CommandId command) {
  return DigestOfBatch(
      KeyWriter('u').Id(citizen.value).Id(command.value).Take());
}

std::optional<UndecidedCommand> Undecided::Find(CitizenId citizen,
                                                CommandId command) const {
  const Key key = KeyOf(citizen, command);
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

bool Undecided::Add(Ticket ticket, CitizenId citizen, CommandId command,
                    uint64_t command_digest) {
  const Key key = KeyOf(citizen, command);
  const absl::MutexLock lock(&mutex_);
  ShardLine& line = shards_.at(ticket.shard.value);
  if (ticket.offset < line.decided) return true;
  const auto known = entries_.find(key);
  if (known == entries_.end() && entries_.size() >= commands_max_) {
    return false;
  }
  if (known == entries_.end()) {
    entries_.emplace(key, UndecidedCommand{.ticket = ticket,
                                           .command_digest = command_digest});
    line.keys.emplace(ticket.offset, key);
    return true;
  }
  // The first record counts, whoever has heard of which first.
  UndecidedCommand& first = known->second;
  if (first.ticket.shard != ticket.shard ||
      first.ticket.offset <= ticket.offset) {
    return true;
  }
  line.keys.erase(first.ticket.offset);
  line.keys.emplace(ticket.offset, key);
  first = {.ticket = ticket, .command_digest = command_digest};
  return true;
}

void Undecided::Decide(Shard shard, Offset decided) {
  const absl::MutexLock lock(&mutex_);
  ShardLine& line = shards_.at(shard.value);
  if (decided <= line.decided) return;
  line.decided = decided;
  const auto end = line.keys.lower_bound(decided);
  for (auto key = line.keys.begin(); key != end; ++key) {
    entries_.erase(key->second);
  }
  line.keys.erase(line.keys.begin(), end);
}

size_t Undecided::size() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return entries_.size();
}

}  // namespace slotlog
