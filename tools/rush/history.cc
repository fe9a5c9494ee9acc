#include "tools/rush/history.h"

#include <absl/functional/function_ref.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "events/codec.h"
#include "events/log/record_stream.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {
namespace {

/// So long in all, without a record.
constexpr absl::Duration kWait = absl::Milliseconds(20);
constexpr int kWaitsMax = 1'500;

using RecordVisitor =
    absl::FunctionRef<absl::Status(TopicPartition at, const Record& record)>;

absl::Status ForEachRecord(Log& log, Topic topic, RecordVisitor visit) {
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    const TopicPartition at{topic, shard};
    const Position start{at, Offset{0}};
    auto consumer = log.OpenConsumer({&start, 1});
    if (!consumer.ok()) return consumer.status();
    RecordStream stream(log, **consumer, at, start.offset);
    while (true) {
      const auto record = stream.Peek();
      if (!record.ok()) return record.status();
      if (*record == nullptr) break;
      if (auto status = visit(at, **record); !status.ok()) return status;
      stream.Take();
      stream.Forget();
    }
  }
  return absl::OkStatus();
}

absl::Status Foreign(TopicPartition at, const Record& record) {
  return absl::DataLossError(
      fmt::format("{} offset {} is none of this rehearsal: somebody else wrote "
                  "to its log",
                  DebugString(at), record.offset.value));
}

/// The wish that became this command; none if it is none of ours.
std::optional<Wish> WishIn(const v1::Command& command, const Places& places) {
  const auto person = PersonOf(CitizenId{command.citizen_id()});
  const auto number = CommandNumberOf(CommandId{command.command_id()});
  if (!person.has_value() || !number.has_value()) return std::nullopt;
  const auto in_slot = [&](Action action,
                           const auto& seat_wish) -> std::optional<Wish> {
    const auto slot =
        places.Find(SiteId{seat_wish.site_id()}, SlotId{seat_wish.slot_id()});
    if (!slot.has_value()) return std::nullopt;
    return Wish{*person, *number, action, *slot};
  };
  switch (command.action_case()) {
    case v1::Command::kBook:
      return in_slot(Action::kBook, command.book());
    case v1::Command::kHold:
      return in_slot(Action::kHold, command.hold());
    case v1::Command::kConfirm:
      return Wish{*person, *number, Action::kConfirm, SlotNumber{0}};
    case v1::Command::kCancel:
      return Wish{*person, *number, Action::kCancel, SlotNumber{0}};
    case v1::Command::kReschedule:
    case v1::Command::kJoinWaitlist:
    case v1::Command::kLeaveWaitlist:
    case v1::Command::kTick:
    case v1::Command::ACTION_NOT_SET:
      break;
  }
  return std::nullopt;
}

struct Stamps {
  absl::Time first = absl::InfiniteFuture();
  absl::Time last = absl::InfinitePast();
};

absl::Status ReadCommands(Log& log, const Places& places,
                          Population& population, Tally& tally,
                          Stamps& stamps) {
  v1::Command command;
  auto visit = [&](TopicPartition at, const Record& record) -> absl::Status {
    if (Decode(record.value, kInputBytesMax, command) !=
        v1::UNDECODABLE_UNSPECIFIED) {
      return Foreign(at, record);
    }
    if (command.has_tick()) return absl::OkStatus();
    const auto wish = WishIn(command, places);
    if (!wish.has_value() || !population.Sent(*wish)) {
      return Foreign(at, record);
    }
    tally.CommandPublished(at.shard, record.offset);
    stamps.first = std::min(stamps.first, record.timestamp);
    stamps.last = std::max(stamps.last, record.timestamp);
    return absl::OkStatus();
  };
  return ForEachRecord(log, Topic::kCommands, visit);
}

/// Up to what is committed now. A log of another process hands it over by and
/// by.
absl::Status ReadConfirmations(Log& log, ConfirmationReader& confirmations,
                               ConfirmationReader::Visitor visit,
                               ConfirmationReader::NoticeVisitor visit_notice) {
  std::vector<Offset> ends;
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    const auto watermarks = log.WatermarksOf({Topic::kConfirmations, shard});
    if (!watermarks.ok()) return watermarks.status();
    ends.push_back(watermarks->last_stable);
  }
  for (int waits = 0; !confirmations.HasReached(ends);) {
    const auto read = confirmations.ReadSome(visit, visit_notice);
    if (!read.ok()) return read.status();
    if (*read > 0) {
      waits = 0;
      continue;
    }
    if (++waits > kWaitsMax) {
      return absl::UnavailableError(
          "the log does not give the confirmations that it holds; the same "
          "command continues the rehearsal");
    }
    confirmations.Await(kWait);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<absl::Time>> ReadOperations(Log& log,
                                                         const Places& places,
                                                         Tally& tally) {
  v1::Operation operation;
  std::optional<absl::Time> first_opening;
  auto visit = [&](TopicPartition at, const Record& record) -> absl::Status {
    if (Decode(record.value, kInputBytesMax, operation) !=
        v1::UNDECODABLE_UNSPECIFIED) {
      return Foreign(at, record);
    }
    const auto number = places.NumberOf(operation.operation_id());
    if (!number.has_value()) return Foreign(at, record);
    tally.OperationPublished(*number);
    if (*number == places.SiteOperationCount()) {
      first_opening = absl::FromUnixMillis(
          operation.define_campaign().campaign().rounds(0).opens_unix_ms());
    }
    return absl::OkStatus();
  };
  if (auto status = ForEachRecord(log, Topic::kOperations, visit);
      !status.ok()) {
    return status;
  }
  return first_opening;
}

absl::StatusOr<History> ReadHistory(Log& log, const Places& places,
                                    ConfirmationReader& confirmations,
                                    Population& population, Tally& tally) {
  Stamps stamps;
  const auto first_opening = ReadOperations(log, places, tally);
  if (!first_opening.ok()) return first_opening.status();
  // All commands first: an answer then counts for its person only if no later
  // command was sent.
  if (auto status = ReadCommands(log, places, population, tally, stamps);
      !status.ok()) {
    return status;
  }
  population.Resume();

  auto visit = [&](Shard shard, absl::Time stamp,
                   const v1::Confirmation& confirmation) {
    if (confirmation.topic() == v1::TOPIC_COMMANDS) {
      stamps.last = std::max(stamps.last, stamp);
    }
    return tally.TakeFromHistory(shard, stamp, confirmation);
  };
  auto visit_notice = [&](Shard shard, absl::Time stamp,
                          const v1::Notice& notice) {
    stamps.last = std::max(stamps.last, stamp);
    return tally.TakeNotice(shard, stamp, notice);
  };
  if (auto status = ReadConfirmations(log, confirmations, visit, visit_notice);
      !status.ok()) {
    return status;
  }
  return History{std::max(stamps.last - stamps.first, absl::ZeroDuration()),
                 *first_opening};
}

}  // namespace slotlog
