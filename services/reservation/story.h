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
// A line: a time, who, what, `->`, the answer. A time is
// [[YYYY]MMDDT]HH:MM[:SS[.mmm]][+HH], by default on 12 July 2021, in UTC; with
// a
// `+` before it, in the same batch as the line before; `+` alone: at its time,
// too. What:
//
//   CITIZEN[:PROFILE] book|hold COMMAND_ID SITE/SLOT [CAMPAIGN]
//   CITIZEN reschedule COMMAND_ID SITE/SLOT [CAMPAIGN]
//   CITIZEN confirm|cancel|leave COMMAND_ID [CAMPAIGN]
//   CITIZEN[:PROFILE] wait COMMAND_ID PLACE [CAMPAIGN] [TIME-TIME]
//   op site SITE [NAME [REGION]]
//   op slot SITE/SLOT TIME-TIME CAPACITY [DAY]
//   op capacity SITE/SLOT N [release]
//   op close SITE/SLOT [withdraw]      op close SITE
//   op checkin SITE/SLOT/SEAT CITIZEN  op dose SITE/SLOT/SEAT CITIZEN LOT
//   op campaign ID RULES         op change ID EFFECTIVE RULES
//   tick                         nonsense
//
//   PLACE:   SITE/SLOT, SITE or =REGION
//   PROFILE: BIRTH[,region=R][,list=A|B][,doses=N][,last=YYYYMMDD]
//   RULES:   BORN_FROM BORN_TO TIME-TIME and some of, or only some of
//            cohort=FROM-TO[,region:A|B][,list:A|B][,dose:N][,days:N][,rank:N]
//            round=TIME-TIME[,digits:A|B][,cohorts:A|B][,share:N][,words:LOCAL]
//            zone= offset= dose= daily= hold= second= offer= chances=
//            next=CAMPAIGN,DAYS,offered|booked
//
// An answer: `booked`, `held until HH:MM:SS`, `rescheduled`, `cancelled`,
// `waiting`, `left`, `done`, `refused REASON [FIELD]`, with `again` behind it
// if it repeats the first answer. A tick is answered by the notices since the
// last one, sorted: `c1 HOLD_EXPIRED s1/am, c2 SITE_CLOSED s1/pm`, or
// `nothing`. Nonsense is bytes that are no command, and gets no answer:
// `nothing`. BIRTH is YYYYMMDD, by default 19620712; the campaign is by default
// `k`.

#pragma once

#include <functional>
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

/// The same; `on_batch` is called with each record of `events`.
using StoryListener = std::function<void(Shard shard, std::string_view record)>;
std::string TellStory(std::string_view story, ShardCount shards,
                      StoryListener on_batch);

}  // namespace slotlog
