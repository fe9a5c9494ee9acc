// The commands and operations of a shard that are decided but not answered yet:
// those of the batch at hand, the parked ones, and those in a conversation.
// What later events and confirmations must agree with is kept of each. Not
// thread-safe.

#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/events.pb.h"
#include "tools/verify/decided_batch.h"
#include "tools/verify/keys.h"

namespace slotlog::verify {

struct OpenInput {
  enum class Wait : uint8_t {
    /// Of the batch at hand: its answer is due.
    kNone,
    /// Behind another command's conversation.
    kParked,
    /// With a slot's shard or, to make a campaign known, with all shards.
    kConversation,
  };

  absl::Time asked_at;
  /// Digest64 of the record and of the ids in it.
  uint64_t digest = 0;
  uint64_t citizen_id_digest = 0;
  uint64_t command_id_digest = 0;
  v1::Profile profile;
  Wait wait = Wait::kNone;
  bool was_parked = false;
  /// Whose conversation it waits for.
  ClaimKey claim;
};

class OpenInputs {
 public:
  using Map = absl::flat_hash_map<Offset, OpenInput>;

  explicit OpenInputs(ShardCount shards) : shards_(shards) {}

  /// The batch's commands and operations: ticks and undecodable bytes have no
  /// answer.
  void Add(const DecidedBatch& batch);
  /// What the event makes of the input that it is about.
  void Follow(const v1::Event& event);
  /// It is answered.
  void Close(Topic topic, Offset offset);

  /// When an event should say that it was asked. What answers a command bears
  /// the command's time, also where the agenda or another's move let it go on;
  /// all else has its cause's. None: the command is not known.
  std::optional<absl::Time> AskedAt(const v1::Event& event,
                                    absl::Time of_cause) const;
  /// Null if it is not open.
  const OpenInput* Find(Topic topic, Offset offset) const;
  const Map& Commands() const { return commands_; }
  const Map& Operations() const { return operations_; }

 private:
  void SetWait(Map& map, Offset offset, OpenInput::Wait wait, ClaimKey claim);

  const ShardCount shards_;
  Map commands_;
  Map operations_;
};

}  // namespace slotlog::verify
