// What an event makes known: the confirmation that answers a command or an
// operation, the message to another shard. Both follow from the event alone, so
// that whoever reads the events can tell what must have been said. Pure.

#pragma once

#include <google/protobuf/arena.h>

#include <string_view>

#include "events/ids.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"

namespace slotlog {

/// Takes what events make known, in order.
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// An empty confirmation to be filled in, and then to be given out, with the
  /// key of its record.
  virtual v1::Confirmation& NewConfirmation() = 0;
  virtual void Confirm(std::string_view key) = 0;
  /// The same for news that answers nothing.
  virtual v1::Notice& NewNotice() = 0;
  virtual void Notify(std::string_view key) = 0;
  /// To another shard or to this one.
  virtual void Send(Shard to, v1::Message* message) = 0;
};

/// REQUIRES: the event has its sequence and cause. Messages stand
/// on `arena`.
void Announce(const v1::Event& event, Shard shard, ShardCount shards,
              google::protobuf::Arena& arena, Outbox& outbox);

}  // namespace slotlog
