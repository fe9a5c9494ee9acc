#include "services/reservation/story.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <fmt/format.h>

#include <algorithm>
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
#include "services/reservation/agenda.h"
#include "services/reservation/batch.h"
#include "services/reservation/fold.h"
#include "services/reservation/limits.h"
#include "services/reservation/memory_state.h"
#include "services/reservation/story_campaign.h"
#include "services/reservation/story_line.h"

namespace slotlog {

const std::string_view kOpening = R"(
  08:00 op campaign k 19620101 19661231 09:00-18:00 hold=900 -> done
  08:00 op site s1                    -> done
  08:00 op slot s1/am 12:00-13:00 1   -> done
  08:00 op slot s1/pm 14:00-15:00 2   -> done
  08:00 op site s2                    -> done
  08:00 op slot s2/am 12:00-13:00 1   -> done
)";

namespace {

using Words = StoryWords;

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
  Shards(ShardCount count, StoryListener on_batch)
      : count_(count), on_batch_(std::move(on_batch)), inboxes_(count.value) {
    for (Shard shard{0}; shard.value < count.value; ++shard) {
      states_.push_back(std::make_unique<MemoryState>(Head::Of(shard, count)));
    }
  }

  template <typename Message>
  Ticket Publish(Topic topic, const std::string& key, const Message& message,
                 absl::Time stamp) {
    return PublishTo(ShardOf(key, count_), topic, message, stamp);
  }

  template <typename Message>
  Ticket PublishTo(Shard shard, Topic topic, const Message& message,
                   absl::Time stamp) {
    Inbox& inbox = inboxes_[shard.value];
    Offset& next =
        topic == Topic::kCommands ? inbox.next_command : inbox.next_operation;
    const Ticket ticket{shard, topic, next};
    asked_at_[ticket] = stamp;
    ++next;
    auto kept = std::make_unique<Message>(message);
    inbox.inputs.push_back({.cause = {.topic = topic, .offset = ticket.offset},
                            .asked_at = stamp,
                            .digest = Digest64(Encode(message)),
                            .body = static_cast<const Message*>(kept.get())});
    kept_.push_back(std::move(kept));
    return ticket;
  }

  /// Bytes that are no command.
  Ticket PublishNonsense(absl::Time stamp) {
    Inbox& inbox = inboxes_[0];
    const Ticket ticket{Shard{0}, Topic::kCommands, inbox.next_command};
    ++inbox.next_command;
    inbox.inputs.push_back(
        {.cause = {.topic = ticket.topic, .offset = ticket.offset},
         .asked_at = stamp,
         .body = UndecodableInput{v1::UNDECODABLE_MALFORMED, "nonsense"}});
    return ticket;
  }

  /// The time passes, on every shard.
  void Tick(absl::Time stamp) {
    v1::Command tick;
    tick.mutable_tick();
    for (Shard shard{0}; shard.value < count_.value; ++shard) {
      PublishTo(shard, Topic::kCommands, tick, stamp);
    }
  }

  /// The news since the last call, sorted: "c1 HOLD_EXPIRED s1/am".
  std::string TakeNotices() {
    std::sort(notices_.begin(), notices_.end());
    const std::string all = absl::StrJoin(notices_, ", ");
    notices_.clear();
    return all.empty() ? "nothing" : all;
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
    State& state = *states_[shard.value];
    if (inputs.empty() && !IsDue(state.head())) return false;
    google::protobuf::Arena arena;
    absl::Time decided_at = state.head().decided_at;
    for (const Input& input : inputs) {
      decided_at = std::max(decided_at, input.asked_at);
    }
    Batch batch(state, Epoch{1}, decided_at, arena);
    for (const Input& input : inputs) batch.Decide(input);
    batch.DecideAgenda(kAgendaStepsMax);
    batch.Finish();
    const absl::Status continues = CheckContinues(state.head(), batch.events());
    INVARIANT(continues.ok(), "a batch does not continue the one before");
    Fold(batch.events(), batch.digest(), state);
    for (const NewRecord& record : batch.records()) Carry(shard, record);
    return true;
  }

  void Carry(Shard from, const NewRecord& record) {
    if (record.to.topic == Topic::kEvents) {
      on_batch_(from, record.value);
    } else if (record.to.topic == Topic::kInternal) {
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
      if (confirmation.has_notice()) {
        const v1::Notice& notice = confirmation.notice();
        notices_.push_back(fmt::format("{} {} {}/{}", notice.citizen_id(),
                                       NameOf(notice.kind()), notice.site_id(),
                                       notice.slot_id()));
        return;
      }
      const v1::Confirmation& answer = confirmation.confirmation();
      const Ticket ticket{from, static_cast<Topic>(answer.topic()),
                          Offset{answer.offset()}};
      const bool is_first =
          answers_.emplace(ticket, StoryTextOf(answer)).second;
      INVARIANT(is_first, "a record was confirmed twice");
      INVARIANT(
          absl::ToUnixMillis(asked_at_.at(ticket)) == answer.asked_at_unix_ms(),
          "an answer bears another stamp than its command");
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
  const StoryListener on_batch_;
  std::vector<std::unique_ptr<MemoryState>> states_;
  std::vector<Inbox> inboxes_;
  std::vector<std::unique_ptr<google::protobuf::MessageLite>> kept_;
  std::map<Ticket, absl::Time> asked_at_;
  std::map<Ticket, std::string> answers_;
  std::vector<std::string> notices_;
};

/// One line: what stands before `->`, and the ticket it got.
struct Told {
  std::string text;
  Ticket ticket;
  /// A tick's answer, which has no ticket.
  std::string notices;
};

}  // namespace

std::string TellStory(std::string_view story, ShardCount shards) {
  return TellStory(story, shards, [](Shard, std::string_view) {});
}

std::string TellStory(std::string_view story, ShardCount shards,
                      StoryListener on_batch) {
  Shards world(shards, std::move(on_batch));
  std::vector<Told> told;
  absl::Time now = absl::UnixEpoch();
  const std::string all = std::string(kOpening) + std::string(story);
  const Words lines = absl::StrSplit(all, '\n', absl::SkipWhitespace());
  for (const std::string& line : lines) {
    const Words sides = absl::StrSplit(line, "->");
    const std::string text(absl::StripAsciiWhitespace(sides[0]));
    Words words = absl::StrSplit(text, ' ', absl::SkipWhitespace());
    const bool is_same_batch = words[0].front() == '+';
    if (!is_same_batch) world.RunUntilIdle();
    const std::string clock = words[0].substr(is_same_batch ? 1 : 0);
    if (!clock.empty()) now = StoryTimeOf(clock);
    words.erase(words.begin());
    std::string key;
    Ticket ticket;
    if (words[0] == "tick") {
      world.Tick(now);
      world.RunUntilIdle();
      told.push_back({text, {}, world.TakeNotices()});
      continue;
    }
    if (words[0] == "nonsense") {
      ticket = world.PublishNonsense(now);
    } else if (words[0] == "op") {
      const v1::Operation operation = StoryOperationFrom(words, key);
      ticket = world.Publish(Topic::kOperations, key, operation, now);
    } else {
      const v1::Command command = StoryCommandFrom(words);
      ticket =
          world.Publish(Topic::kCommands, command.citizen_id(), command, now);
    }
    told.push_back({text, ticket, ""});
  }
  world.RunUntilIdle();

  std::string answered;
  for (const Told& line : told) {
    answered += fmt::format(
        "  {} -> {}\n", line.text,
        line.notices.empty() ? world.AnswerTo(line.ticket) : line.notices);
  }
  return answered;
}

}  // namespace slotlog
