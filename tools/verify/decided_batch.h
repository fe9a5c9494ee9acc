// A batch of events beside everything its transaction stands for: the inputs it
// decided and the answers it gave, decoded. It names what the reader that made
// it owns; see history_reader.h for how long that lives.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tools/verify/findings.h"

namespace slotlog::verify {

/// A decided input. At most one of command, operation and message is set: none
/// is if the bytes were no message.
struct DecidedInput {
  Topic topic = Topic::kCommands;
  Offset offset;
  /// Within a packed `internal` record.
  uint32_t index = 0;
  /// The record's own; for a message, that of the command it started from.
  absl::Time asked_at;
  /// Digest64 of the record's bytes; 0 for a message.
  uint64_t digest = 0;
  const v1::Command* command = nullptr;
  const v1::Operation* operation = nullptr;
  const v1::Message* message = nullptr;
  v1::Undecodable undecodable = v1::UNDECODABLE_UNSPECIFIED;
};

/// In the order of their offsets, topic by topic.
struct DecidedInputs {
  std::vector<DecidedInput> commands;
  std::vector<DecidedInput> operations;
  std::vector<DecidedInput> messages;
  /// What stood before these is no longer kept by the log.
  Offset commands_low;
  Offset operations_low;
  Offset internal_low;

  /// Null if it is not one of these.
  const DecidedInput* Find(Topic topic, Offset offset, uint32_t index) const;
  /// Whether the log still keeps this record.
  bool Keeps(Topic topic, Offset offset) const;
};

struct WrittenConfirmation {
  Offset offset;
  const v1::ConfirmationRecord* record;
};

struct WrittenDeadLetter {
  Offset offset;
  const v1::DeadLetter* letter;
};

struct DecidedBatch {
  Shard shard;
  /// Of the record of `events`.
  Offset offset;
  const v1::EventBatch* batch;
  DecidedInputs inputs;
  std::vector<WrittenConfirmation> confirmations;
  /// As many as the batch has events about them, if that many are there.
  std::vector<WrittenDeadLetter> dead_letters;
  /// False: the log no longer keeps all of them.
  bool keeps_confirmations = true;
  bool keeps_dead_letters = true;

  Place PlaceOf(const v1::Event& event) const {
    return {{Topic::kEvents, shard}, offset, Sequence{event.sequence()}};
  }
};

}  // namespace slotlog::verify
