// What an operation's words say: where it is at home, and what is wrong with
// it. Read from the contract alone.

#pragma once

#include <set>
#include <string>

#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog::oracle {

/// The id whose shard decides it; "" without an action.
std::string KeyOf(const v1::Operation& operation);

/// Every true reason to say that it makes no sense; none: it does.
std::set<v1::Refusal> FaultsOf(const v1::Operation& operation);

}  // namespace slotlog::oracle
