// A record of any topic as people and machines read it. Bytes that are no
// message are shown as such: nothing here fails. Pure.

#pragma once

#include <string>

#include "events/log/log.h"

namespace slotlog {

/// "commands/0 5 2021-07-12T00:00:00.000Z ann  command_id: ...": one line; a
/// batch of events is its header's line and one indented line for each event.
std::string FormatAsText(TopicPartition partition, const Record& record);

/// One line with one JSON object: the message's under "message", its fields
/// named as in the contract; 64-bit numbers are strings, as protobuf has them.
std::string FormatAsJson(TopicPartition partition, const Record& record);

}  // namespace slotlog
