#include "services/gateway/submissions.h"

#include <absl/status/status.h>

#include <utility>

#include "events/codec.h"
#include "events/digest.h"
#include "events/partitioner.h"
#include "services/reservation/rules.h"

namespace slotlog {
namespace {

absl::Status Reused() {
  return absl::AlreadyExistsError("the id was used for another command");
}

/// If not, the command is decided anew when it is sent again.
bool IsLasting(const CommandOutcome& outcome) {
  return !outcome.is_decided || outcome.refusal == v1::REFUSAL_UNSPECIFIED ||
         IsKept(outcome.refusal);
}

}  // namespace

Submissions::Submissions(Appender& appender, ReadModels& models,
                         ShardCount shards)
    : appender_(appender), models_(models), shards_(shards) {}

void Submissions::Submit(const v1::Command& command, std::string traceparent,
                         Done done) {
  std::string bytes = Encode(command);
  const uint64_t digest = Digest64(bytes);
  Key key{command.citizen_id(), command.command_id()};
  absl::Status refusal;
  {
    const absl::MutexLock lock(&mutex_);
    const auto [found, is_first] =
        on_their_way_.try_emplace(key, OnItsWay{.command_digest = digest});
    OnItsWay& other = found->second;
    if (!is_first && other.command_digest != digest) {
      refusal = Reused();
    } else if (!is_first && other.repetitions.size() < kRepetitionsWaitingMax) {
      other.repetitions.push_back(std::move(done));
      return;
    } else if (!is_first) {
      refusal = absl::UnavailableError("the same command is sent too often");
    }
  }
  if (!refusal.ok()) return done(refusal);

  // From here on it is on its way, so that no other one of the same id is.
  if (auto known = FindKnown(key, digest)) {
    return Finish(key, *std::move(known), std::move(done));
  }
  const Shard shard = ShardOf(key.citizen_id, shards_);
  // In one place for both of its ends.
  auto shared_done = std::make_shared<Done>(std::move(done));
  auto status = appender_.Append(
      {Topic::kCommands, shard}, key.citizen_id, std::move(bytes),
      [this, key, digest, shard, shared_done](absl::StatusOr<Offset> offset) {
        if (!offset.ok()) {
          return Finish(key, NotKnownToBeDurable(offset.status()),
                        std::move(*shared_done));
        }
        const Ticket ticket{shard, *offset};
        // Before it is not on its way any more: a repetition finds it here or
        // there.
        models_.line().Add(ticket, CitizenId{key.citizen_id},
                           CommandId{key.command_id}, digest);
        Finish(key, Accepted{.ticket = ticket}, std::move(*shared_done));
      },
      std::move(traceparent));
  if (!status.ok()) Finish(key, std::move(status), std::move(*shared_done));
}

std::optional<absl::StatusOr<Submissions::Accepted>> Submissions::FindKnown(
    const Key& key, uint64_t command_digest) const {
  if (!models_.feed().IsReady() || !models_.line().IsRead()) {
    return absl::UnavailableError("it is being read what stands in the log");
  }
  const CitizenId citizen{key.citizen_id};
  const CommandId command{key.command_id};
  // First the line: what leaves it meanwhile is found in the outcomes.
  if (const auto undecided = models_.line().FindUndecided(citizen, command)) {
    if (undecided->command_digest != command_digest) return Reused();
    return Accepted{.ticket = undecided->ticket, .is_repeated = true};
  }
  const auto outcomes = models_.outcomes().Get();
  if (outcomes == nullptr) {
    return absl::UnavailableError("it is being read what was answered");
  }
  const auto found = outcomes->Find(citizen, command);
  if (!found.ok()) return absl::UnavailableError(found.status().message());
  if (!found->has_value()) return std::nullopt;
  const CommandOutcome& outcome = **found;
  // Where it is not known what was answered, the core knows.
  if (!IsLasting(outcome) || outcome.command_digest == 0) return std::nullopt;
  if (outcome.command_digest != command_digest) return Reused();
  return Accepted{.ticket = outcome.ticket, .is_repeated = true};
}

void Submissions::Finish(const Key& key, absl::StatusOr<Accepted> accepted,
                         Done done) {
  std::vector<Done> repetitions;
  {
    const absl::MutexLock lock(&mutex_);
    const auto found = on_their_way_.find(key);
    repetitions = std::move(found->second.repetitions);
    on_their_way_.erase(found);
  }
  done(accepted);
  if (accepted.ok()) accepted->is_repeated = true;
  for (Done& repetition : repetitions) repetition(accepted);
}

}  // namespace slotlog
