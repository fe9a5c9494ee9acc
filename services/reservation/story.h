// A story is a table of who did what when, and what they were answered:
//
//   09:00 c1 book b1 s1/am   -> booked
//   09:01 c2 book b2 s1/am   -> refused SLOT_FULL
//   + c1 cancel x1           -> cancelled
//
// It is told to the pure core alone, on as many shards as asked, with messages
// carried by hand; so every story can be told on one shard (conversations
// within a batch) and on several (across shards) and must end the same.
//
// A line: a time on 12 July 2021 UTC (or `+`: in the same batch as the line
// before, at the same time), who, what, `->`, the answer. What:
//
//   CITIZEN[:BIRTH] book COMMAND_ID SITE/SLOT [CAMPAIGN]
//   CITIZEN cancel COMMAND_ID [CAMPAIGN]
//   op site SITE [NAME]          op slot SITE/SLOT HH:MM-HH:MM CAPACITY
//   op capacity SITE/SLOT N      op close SITE/SLOT
//   op campaign ID FROM TO HH:MM-HH:MM
//
// An answer: `booked`, `cancelled`, `done`, `refused REASON [FIELD]`, with
// `again` behind it if it repeats the first answer. BIRTH is YYYYMMDD, by
// default 19620712; the campaign is by default `k`.

#pragma once

#include <string>
#include <string_view>

#include "events/ids.h"

namespace slotlog {

/// What stands before every story: campaign k for those born 1962 to 1966, open
/// 09:00-18:00; site s1 with slots am (12:00-13:00, one seat) and pm
/// (14:00-15:00, two seats); site s2 with slot am (one seat).
extern const std::string_view kOpening;

/// Tells the story after kOpening. Returns it with the answers that were given;
/// they differ from the ones that stand in it where something is wrong.
std::string TellStory(std::string_view story, ShardCount shards);

}  // namespace slotlog
