#include "services/reservation/story_line.h"

#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <absl/time/time.h>

#include <string>

#include "events/codec.h"
#include "events/invariant.h"

namespace slotlog {
namespace {

using Words = StoryWords;

std::string WordAt(const Words& words, size_t index, std::string otherwise) {
  return index < words.size() ? words[index] : otherwise;
}

template <typename Wish>
void SetWish(const Words& words, Wish& wish) {
  const Words where = absl::StrSplit(words[3], '/');
  wish.set_site_id(where[0]);
  wish.set_slot_id(where[1]);
  wish.set_campaign_id(WordAt(words, 4, "k"));
}

/// `SITE`, `SITE/SLOT` or `=REGION`, and perhaps `TIME-TIME`.
void SetWait(const Words& words, v1::JoinWaitlist& join) {
  join.set_campaign_id("k");
  for (size_t i = 4; i < words.size(); ++i) {
    if (words[i].find('-') == std::string::npos) {
      join.set_campaign_id(words[i]);
      continue;
    }
    const StoryInterval interval = StoryIntervalOf(words[i]);
    join.set_from_unix_ms(interval.from_unix_ms);
    join.set_to_unix_ms(interval.to_unix_ms);
  }
  if (words[3].front() == '=') {
    join.set_region(words[3].substr(1));
    return;
  }
  const Words where = absl::StrSplit(words[3], '/');
  join.set_site_id(where[0]);
  join.set_slot_id(WordAt(where, 1, ""));
}

template <typename Visit>
void SetVisit(const Words& words, const Words& where, Visit& visit) {
  visit.set_site_id(where[0]);
  visit.set_slot_id(where[1]);
  visit.set_seat(StoryNumberOf(where[2]));
  visit.set_citizen_id(words[3]);
}

}  // namespace

v1::Command StoryCommandFrom(const Words& words) {
  v1::Command command;
  const Words who = absl::StrSplit(words[0], absl::MaxSplits(':', 1));
  command.set_citizen_id(who[0]);
  command.set_command_id(words[2]);
  SetStoryProfile(WordAt(who, 1, "19620712"), *command.mutable_profile());
  if (words[1] == "book") {
    SetWish(words, *command.mutable_book());
  } else if (words[1] == "hold") {
    SetWish(words, *command.mutable_hold());
  } else if (words[1] == "reschedule") {
    SetWish(words, *command.mutable_reschedule());
  } else if (words[1] == "wait") {
    SetWait(words, *command.mutable_join_waitlist());
  } else if (words[1] == "leave") {
    command.mutable_leave_waitlist()->set_campaign_id(WordAt(words, 3, "k"));
  } else if (words[1] == "confirm") {
    command.mutable_confirm()->set_campaign_id(WordAt(words, 3, "k"));
  } else {
    INVARIANT(words[1] == "cancel", "a story's command is unknown");
    command.mutable_cancel()->set_campaign_id(WordAt(words, 3, "k"));
  }
  return command;
}

v1::Operation StoryOperationFrom(const Words& words, std::string& key) {
  v1::Operation operation;
  operation.set_operation_id("op");
  const Words where = absl::StrSplit(words[2], '/');
  key = where[0];
  if (words[1] == "site") {
    operation.mutable_define_site()->set_site_id(key);
    operation.mutable_define_site()->set_name(WordAt(words, 3, ""));
    operation.mutable_define_site()->set_region(WordAt(words, 4, ""));
  } else if (words[1] == "slot") {
    v1::OpenSlots& open = *operation.mutable_open_slots();
    open.set_site_id(key);
    v1::Slot& slot = *open.add_slots();
    const StoryInterval interval = StoryIntervalOf(words[3]);
    slot.set_slot_id(where[1]);
    slot.set_start_unix_ms(interval.from_unix_ms);
    slot.set_end_unix_ms(interval.to_unix_ms);
    slot.set_capacity(StoryNumberOf(words[4]));
    slot.set_day_yyyymmdd(StoryNumberOf(WordAt(words, 5, "0")));
    slot.set_product(WordAt(words, 6, ""));
  } else if (words[1] == "capacity") {
    v1::ChangeCapacity& change = *operation.mutable_change_capacity();
    change.set_site_id(key);
    change.set_slot_id(where[1]);
    change.set_capacity(StoryNumberOf(words[3]));
    change.set_release_excess(WordAt(words, 4, "") == "release");
  } else if (words[1] == "close" && where.size() == 1) {
    operation.mutable_close_site()->set_site_id(key);
  } else if (words[1] == "close") {
    v1::CloseSlot& close = *operation.mutable_close_slot();
    close.set_site_id(key);
    close.set_slot_id(where[1]);
    close.set_withdraw(WordAt(words, 3, "") == "withdraw");
  } else if (words[1] == "checkin") {
    SetVisit(words, where, *operation.mutable_check_in());
  } else if (words[1] == "dose") {
    SetVisit(words, where, *operation.mutable_give_dose());
    operation.mutable_give_dose()->set_lot(words[4]);
  } else if (words[1] == "change") {
    v1::ChangeCampaign& change = *operation.mutable_change_campaign();
    *change.mutable_campaign() = StoryCampaignOf(key, words, 4);
    change.set_effective_unix_ms(absl::ToUnixMillis(StoryTimeOf(words[3])));
  } else {
    INVARIANT(words[1] == "campaign", "a story's operation is unknown");
    *operation.mutable_define_campaign()->mutable_campaign() =
        StoryCampaignOf(key, words, 3);
  }
  return operation;
}

std::string StoryTextOf(const v1::Confirmation& answer) {
  std::string text;
  switch (answer.outcome()) {
    case v1::OUTCOME_BOOKED:
      text = "booked";
      break;
    case v1::OUTCOME_HELD:
      text = absl::FormatTime("held until %H:%M:%S",
                              absl::FromUnixMillis(answer.deadline_unix_ms()),
                              absl::UTCTimeZone());
      break;
    case v1::OUTCOME_RESCHEDULED:
      text = "rescheduled";
      break;
    case v1::OUTCOME_CANCELLED:
      text = "cancelled";
      break;
    case v1::OUTCOME_DONE:
      text = "done";
      break;
    case v1::OUTCOME_WAITING:
      text = "waiting";
      break;
    case v1::OUTCOME_LEFT_WAITLIST:
      text = "left";
      break;
    case v1::OUTCOME_REFUSED:
      text = "refused " + NameOf(answer.refusal());
      break;
    case v1::OUTCOME_UNSPECIFIED:
    case v1::Outcome_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Outcome_INT_MAX_SENTINEL_DO_NOT_USE_:
      text = "unspecified";
      break;
  }
  if (!answer.field().empty()) text += " " + answer.field();
  if (answer.repeated()) text += " again";
  return text;
}

}  // namespace slotlog
