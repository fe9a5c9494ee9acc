// What the two halves of a citizen's command share: decide_command.cc, the
// guards that every command passes, and decide_citizen.cc, the commands.

#pragma once

#include <google/protobuf/arena.h>

#include <string_view>

#include "services/reservation/input.h"
#include "services/reservation/state.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

/// A command that has passed the guards every command passes.
struct CommandContext {
  const State& state;
  const Input& input;
  const v1::Command& command;
  /// Null before the citizen's first command, or first in this campaign.
  const Citizen* citizen;
  const Claim* claim;
  google::protobuf::Arena& arena;
};

/// Fills the fields that every event of a citizen's conversation begins with.
template <typename Body>
Body& NameCommand(Body& body, std::string_view citizen_id,
                  std::string_view command_id, Offset offset) {
  body.set_citizen_id(citizen_id.data(), citizen_id.size());
  body.set_command_id(command_id.data(), command_id.size());
  body.set_command_offset(offset.value);
  return body;
}

template <typename Body>
Body& NameCommand(Body& body, const Input& input, const v1::Command& command) {
  return NameCommand(body, command.citizen_id(), command.command_id(),
                     input.cause.offset);
}

/// What the command asks for, where it asks for something.
template <typename Body>
void NameWish(Body& body, const v1::Command& command) {
  switch (command.action_case()) {
    case v1::Command::kBook:
      body.set_campaign_id(command.book().campaign_id());
      body.set_site_id(command.book().site_id());
      body.set_slot_id(command.book().slot_id());
      return;
    case v1::Command::kHold:
      body.set_campaign_id(command.hold().campaign_id());
      body.set_site_id(command.hold().site_id());
      body.set_slot_id(command.hold().slot_id());
      return;
    case v1::Command::kReschedule:
      body.set_campaign_id(command.reschedule().campaign_id());
      body.set_site_id(command.reschedule().site_id());
      body.set_slot_id(command.reschedule().slot_id());
      return;
    case v1::Command::kConfirm:
      body.set_campaign_id(command.confirm().campaign_id());
      return;
    case v1::Command::kCancel:
      body.set_campaign_id(command.cancel().campaign_id());
      return;
    case v1::Command::kJoinWaitlist:
      body.set_campaign_id(command.join_waitlist().campaign_id());
      body.set_site_id(command.join_waitlist().site_id());
      body.set_slot_id(command.join_waitlist().slot_id());
      return;
    case v1::Command::kLeaveWaitlist:
      body.set_campaign_id(command.leave_waitlist().campaign_id());
      return;
    case v1::Command::kTick:
    case v1::Command::ACTION_NOT_SET:
      return;
  }
}

/// With the field at fault, where the command makes no sense.
v1::Event* Refuse(const Input& input, const v1::Command& command,
                  v1::Refusal refusal, std::string_view field,
                  google::protobuf::Arena& arena);

inline v1::Event* Refuse(const CommandContext& c, v1::Refusal refusal) {
  return Refuse(c.input, c.command, refusal, "", c.arena);
}

/// The command itself, once the guards have let it pass. REQUIRES: it has an
/// action, and the claim is not busy with another command.
v1::Event* DecideAction(const CommandContext& c);

}  // namespace slotlog
