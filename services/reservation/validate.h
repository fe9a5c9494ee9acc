// What makes no sense is refused by name before anything is looked up. Each
// function finds the first fault of a message, most basic first. Thread-safe.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/reservation/state.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

struct Fault {
  v1::Refusal refusal;
  /// The field at fault, as in the proto: "book.slot_id".
  std::string field;
};

/// The ids that a command needs to be answered at all.
std::optional<Fault> FaultInSender(const v1::Command& command);
std::optional<Fault> FaultIn(const v1::Profile& profile);
std::optional<Fault> FaultIn(const v1::Book& book);
std::optional<Fault> FaultIn(const v1::Hold& hold);
std::optional<Fault> FaultIn(const v1::Confirm& confirm);
std::optional<Fault> FaultIn(const v1::Cancel& cancel);
std::optional<Fault> FaultIn(const v1::Reschedule& reschedule);
std::optional<Fault> FaultIn(const v1::JoinWaitlist& join);
std::optional<Fault> FaultIn(const v1::LeaveWaitlist& leave);
/// Of these, the one that the command has, with the profile where it is looked
/// at.
std::optional<Fault> FaultInAction(const v1::Command& command);

/// The operation's id and its action, field by field.
std::optional<Fault> FaultIn(const v1::Operation& operation);

/// The key of the operation's record, and so its shard: sites and slots are at
/// home with their site, campaigns with their id. Empty: there is no action.
std::string_view HomeKeyOf(const v1::Operation& operation);

}  // namespace slotlog
