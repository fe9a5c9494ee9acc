// One thing for a shard to decide, and where it came from.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

/// Where an input stands; the index is that within a packed `internal` record.
/// Without a topic: a step of the shard's agenda, and the offset is its number.
struct Cause {
  std::optional<Topic> topic;
  Offset offset;
  uint32_t index = 0;
};

struct MessageFrom {
  Shard source;
  const v1::Message* message;
};

/// The next step of the shard's own agenda (agenda.h).
struct AgendaStep {};

/// Bytes of `commands` or `operations` that are no message.
struct UndecodableInput {
  v1::Undecodable reason;
  std::string_view payload;
};

/// Names a decoded message and does not own it.
struct Input {
  Cause cause;
  /// The stamp of the command or operation that started it.
  absl::Time asked_at;
  /// Digest64 of that record's bytes; 0 for a message.
  uint64_t digest = 0;
  /// Carried on with what is answered (events/trace_parent.h); empty: none.
  std::string_view traceparent = {};
  std::variant<const v1::Command*, const v1::Operation*, MessageFrom,
               UndecodableInput, AgendaStep>
      body;
};

}  // namespace slotlog
