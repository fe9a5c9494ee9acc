// A line of a story (story.h) to the command or operation that it tells, and an
// answer to the words in which it is told. For tests.

#pragma once

#include <string>

#include "services/reservation/story_campaign.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

/// The words from who on.
v1::Command StoryCommandFrom(const StoryWords& words);

/// The words behind `op`'s time; sets the key of the operation's record.
v1::Operation StoryOperationFrom(const StoryWords& words, std::string& key);

std::string StoryTextOf(const v1::Confirmation& answer);

}  // namespace slotlog
