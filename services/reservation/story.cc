#include "services/reservation/story.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <absl/time/civil_time.h>
#include <fmt/format.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/digest.h"
#include "events/invariant.h"
#include "events/partitioner.h"
#include "services/reservation/batch.h"
#include "services/reservation/fold.h"
#include "services/reservation/memory_state.h"

namespace slotlog {

const std::string_view kOpening = R"(
  08:00 op campaign k 19620101 19661231 09:00-18:00  -> done
  08:00 op site s1                    -> done
  08:00 op slot s1/am 12:00-13:00 1   -> done
  08:00 op slot s1/pm 14:00-15:00 2   -> done
  08:00 op site s2                    -> done
  08:00 op slot s2/am 12:00-13:00 1   -> done
)";

namespace {

using Words = std::vector<std::string>;

absl::Time TimeOf(const std::string& clock) {
  const Words parts = absl::StrSplit(clock, ':');
  int hour = 0;
  int minute = 0;
  INVARIANT(parts.size() == 2 && absl::SimpleAtoi(parts[0], &hour) &&
                absl::SimpleAtoi(parts[1], &minute),
            "a story's time is HH:MM");
  return absl::FromCivil(absl::CivilMinute(2021, 7, 12, hour, minute),
                         absl::UTCTimeZone());
}

int32_t NumberOf(const std::string& digits) {
  int32_t number = 0;
  INVARIANT(absl::SimpleAtoi(digits, &number), "a story's number is digits");
  return number;
}

std::string WordAt(const Words& words, size_t index, std::string otherwise) {
  return index < words.size() ? words[index] : otherwise;
}

v1::Command CommandFrom(const Words& words) {
  v1::Command command;
  const Words who = absl::StrSplit(words[0], ':');
  command.set_citizen_id(who[0]);
  command.set_command_id(words[2]);
  command.mutable_profile()->set_birth_date_yyyymmdd(
      NumberOf(WordAt(who, 1, "19620712")));
  if (words[1] == "book") {
    const Words where = absl::StrSplit(words[3], '/');
    command.mutable_book()->set_site_id(where[0]);
    command.mutable_book()->set_slot_id(where[1]);
    command.mutable_book()->set_campaign_id(WordAt(words, 4, "k"));
  } else {
    INVARIANT(words[1] == "cancel", "a story's command is book or cancel");
    command.mutable_cancel()->set_campaign_id(WordAt(words, 3, "k"));
  }
  return command;
}

struct Interval {
  int64_t from_unix_ms;
  int64_t to_unix_ms;
};

Interval IntervalOf(const std::string& text) {
  const Words ends = absl::StrSplit(text, '-');
  return {absl::ToUnixMillis(TimeOf(ends[0])),
          absl::ToUnixMillis(TimeOf(ends[1]))};
}

v1::Operation OperationFrom(const Words& words, std::string& key) {
  v1::Operation operation;
  operation.set_operation_id("op");
  const Words where = absl::StrSplit(words[2], '/');
  key = where[0];
  if (words[1] == "site") {
    operation.mutable_define_site()->set_site_id(key);
    operation.mutable_define_site()->set_name(WordAt(words, 3, ""));
  } else if (words[1] == "slot") {
    v1::OpenSlots& open = *operation.mutable_open_slots();
    open.set_site_id(key);
    v1::Slot& slot = *open.add_slots();
    const Interval interval = IntervalOf(words[3]);
    slot.set_slot_id(where[1]);
    slot.set_start_unix_ms(interval.from_unix_ms);
    slot.set_end_unix_ms(interval.to_unix_ms);
    slot.set_capacity(NumberOf(words[4]));
  } else if (words[1] == "capacity") {
    v1::ChangeCapacity& change = *operation.mutable_change_capacity();
    change.set_site_id(key);
    change.set_slot_id(where[1]);
    change.set_capacity(NumberOf(words[3]));
  } else if (words[1] == "close") {
    operation.mutable_close_slot()->set_site_id(key);
    operation.mutable_close_slot()->set_slot_id(where[1]);
  } else {
    INVARIANT(words[1] == "campaign", "a story's operation is unknown");
    const Interval window = IntervalOf(words[5]);
    v1::Campaign& campaign =
        *operation.mutable_define_campaign()->mutable_campaign();
    campaign.set_campaign_id(key);
    campaign.set_born_from_yyyymmdd(NumberOf(words[3]));
    campaign.set_born_to_yyyymmdd(NumberOf(words[4]));
    campaign.set_opens_unix_ms(window.from_unix_ms);
    campaign.set_closes_unix_ms(window.to_unix_ms);
  }
  return operation;
}

std::string TextOf(const v1::Confirmation& answer) {
  std::string text;
  switch (answer.outcome()) {
    case v1::OUTCOME_BOOKED:
      text = "booked";
      break;
    case v1::OUTCOME_CANCELLED:
      text = "cancelled";
      break;
    case v1::OUTCOME_DONE:
      text = "done";
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

/// Where a line's answer will come from.
struct Ticket {
  Shard shard;
  Topic topic;
  Offset offset;
  friend auto operator<=>(const Ticket&, const Ticket&) = default;
};

/// Shards of the pure core; their messages are carried by hand.
class Shards {
 public:
  explicit Shards(ShardCount count) : count_(count), inboxes_(count.value) {
    for (Shard shard{0}; shard.value < count.value; ++shard) {
      states_.push_back(std::make_unique<MemoryState>(Head::Of(shard, count)));
    }
  }

  template <typename Message>
  Ticket Publish(Topic topic, const std::string& key, const Message& message,
                 absl::Time stamp) {
    const Shard shard = ShardOf(key, count_);
    Inbox& inbox = inboxes_[shard.value];
    Offset& next =
        topic == Topic::kCommands ? inbox.next_command : inbox.next_operation;
    const Ticket ticket{shard, topic, next};
    ++next;
    auto kept = std::make_unique<Message>(message);
    inbox.inputs.push_back({.cause = {.topic = topic, .offset = ticket.offset},
                            .asked_at = stamp,
                            .digest = Digest64(Encode(message)),
                            .body = static_cast<const Message*>(kept.get())});
    kept_.push_back(std::move(kept));
    return ticket;
  }

  void RunUntilIdle() {
    for (bool is_busy = true; is_busy;) {
      is_busy = false;
      for (Shard shard{0}; shard.value < count_.value; ++shard) {
        is_busy |= DecideAll(shard);
      }
    }
  }

  std::string AnswerTo(const Ticket& ticket) const {
    auto found = answers_.find(ticket);
    return found == answers_.end() ? "nothing" : found->second;
  }

 private:
  struct Inbox {
    std::vector<Input> inputs;
    Offset next_command;
    Offset next_operation;
    Offset next_internal;
  };

  bool DecideAll(Shard shard) {
    std::vector<Input> inputs = std::exchange(inboxes_[shard.value].inputs, {});
    if (inputs.empty()) return false;
    State& state = *states_[shard.value];
    google::protobuf::Arena arena;
    absl::Time decided_at = state.head().decided_at;
    for (const Input& input : inputs) {
      decided_at = std::max(decided_at, input.asked_at);
    }
    Batch batch(state, Epoch{1}, decided_at, arena);
    for (const Input& input : inputs) batch.Decide(input);
    batch.Finish();
    const absl::Status continues = CheckContinues(state.head(), batch.events());
    INVARIANT(continues.ok(), "a batch does not continue the one before");
    Fold(batch.events(), batch.digest(), state);
    for (const NewRecord& record : batch.records()) Carry(shard, record);
    return true;
  }

  void Carry(Shard from, const NewRecord& record) {
    if (record.to.topic == Topic::kInternal) {
      auto internal = std::make_unique<v1::InternalRecord>();
      INVARIANT(Decode(record.value, kRecordBytesMax, *internal) ==
                    v1::UNDECODABLE_UNSPECIFIED,
                "a shard wrote what is no message");
      Deliver(from, inboxes_[record.to.shard.value], *internal);
      kept_.push_back(std::move(internal));
    } else if (record.to.topic == Topic::kConfirmations) {
      v1::ConfirmationRecord confirmation;
      INVARIANT(confirmation.ParseFromArray(
                    record.value.data(), static_cast<int>(record.value.size())),
                "a shard wrote what is no confirmation");
      const v1::Confirmation& answer = confirmation.confirmation();
      const bool is_first =
          answers_
              .emplace(Ticket{from, static_cast<Topic>(answer.topic()),
                              Offset{answer.offset()}},
                       TextOf(answer))
              .second;
      INVARIANT(is_first, "a record was confirmed twice");
    }
  }

  static void Deliver(Shard from, Inbox& inbox,
                      const v1::InternalRecord& internal) {
    uint32_t index = 0;
    for (const v1::Message& message : internal.messages()) {
      inbox.inputs.push_back(
          {.cause = {.topic = Topic::kInternal,
                     .offset = inbox.next_internal,
                     .index = index++},
           .asked_at = absl::FromUnixMillis(message.asked_at_unix_ms()),
           .body = MessageFrom{from, &message}});
    }
    ++inbox.next_internal;
  }

  const ShardCount count_;
  std::vector<std::unique_ptr<MemoryState>> states_;
  std::vector<Inbox> inboxes_;
  std::vector<std::unique_ptr<google::protobuf::MessageLite>> kept_;
  std::map<Ticket, std::string> answers_;
};

/// One line: what stands before `->`, and the ticket it got.
struct Told {
  std::string text;
  Ticket ticket;
};

}  // namespace

std::string TellStory(std::string_view story, ShardCount shards) {
  Shards world(shards);
  std::vector<Told> told;
  absl::Time now = absl::UnixEpoch();
  const std::string all = std::string(kOpening) + std::string(story);
  const Words lines = absl::StrSplit(all, '\n', absl::SkipWhitespace());
  for (const std::string& line : lines) {
    const Words sides = absl::StrSplit(line, "->");
    const std::string text(absl::StripAsciiWhitespace(sides[0]));
    Words words = absl::StrSplit(text, ' ', absl::SkipWhitespace());
    if (words[0] != "+") {
      world.RunUntilIdle();
      now = TimeOf(words[0]);
    }
    words.erase(words.begin());
    std::string key;
    Ticket ticket;
    if (words[0] == "op") {
      const v1::Operation operation = OperationFrom(words, key);
      ticket = world.Publish(Topic::kOperations, key, operation, now);
    } else {
      const v1::Command command = CommandFrom(words);
      ticket =
          world.Publish(Topic::kCommands, command.citizen_id(), command, now);
    }
    told.push_back({text, ticket});
  }
  world.RunUntilIdle();

  std::string answered;
  for (const Told& line : told) {
    answered +=
        fmt::format("  {} -> {}\n", line.text, world.AnswerTo(line.ticket));
  }
  return answered;
}

}  // namespace slotlog
