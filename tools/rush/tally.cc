#include "tools/rush/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "events/codec.h"
#include "events/invariant.h"

namespace slotlog {
namespace {

constexpr double kTicksInMs = 10;

absl::Status Wrong(Shard shard, const v1::Confirmation& confirmation,
                   std::string_view why) {
  return absl::DataLossError(fmt::format(
      "the confirmation of command {} of citizen {} (commands/{} offset {}) {}",
      confirmation.command_id(), confirmation.citizen_id(), shard.value,
      confirmation.offset(), why));
}

}  // namespace

Tally::Tally(const Places& places, Population& population, ShardCount shards)
    : places_(places),
      population_(population),
      ledger_(shards),
      fairness_(population.People(), population.CommandsMax()),
      operations_(places.OperationCount()) {}

void Tally::OperationPublished(uint32_t number) {
  operations_[number].is_published = true;
}

absl::Status Tally::TakeFromHistory(Shard shard, absl::Time stamp,
                                    const v1::Confirmation& confirmation) {
  if (confirmation.topic() == v1::TOPIC_OPERATIONS) {
    return TakeOperation(confirmation);
  }
  const auto asked = TakeCommand(shard, confirmation);
  if (!asked.ok()) return asked.status();
  if (confirmation.repeated()) return absl::OkStatus();
  const auto milliseconds = static_cast<double>(
      absl::ToUnixMillis(stamp) - confirmation.asked_at_unix_ms());
  figures_.confirmation.AddMilliseconds(milliseconds);
  figures_.wait.AddMilliseconds(milliseconds);
  return absl::OkStatus();
}

absl::Status Tally::TakeLive(Shard shard, absl::Time now, Tick tick,
                             const v1::Confirmation& confirmation) {
  if (confirmation.topic() == v1::TOPIC_OPERATIONS) {
    return TakeOperation(confirmation);
  }
  const auto asked = TakeCommand(shard, confirmation);
  if (!asked.ok()) return asked.status();
  // What was published by an earlier start has waited for this one, too.
  if (!asked->has_value() || **asked == Tick{0}) return absl::OkStatus();
  const double milliseconds =
      (static_cast<double>(tick.value) - (*asked)->value) / kTicksInMs;
  figures_.confirmation.AddMilliseconds(milliseconds);
  recent_.AddMilliseconds(milliseconds);
  figures_.wait.AddMilliseconds(static_cast<double>(
      absl::ToUnixMillis(now) - confirmation.asked_at_unix_ms()));
  return absl::OkStatus();
}

absl::Status Tally::TakeOperation(const v1::Confirmation& confirmation) {
  const auto number = places_.NumberOf(confirmation.command_id());
  if (!number.has_value()) {
    return absl::DataLossError(
        fmt::format("operation {} was confirmed, which is none of this "
                    "rehearsal",
                    confirmation.command_id()));
  }
  if (confirmation.outcome() != v1::OUTCOME_DONE) {
    return absl::FailedPreconditionError(fmt::format(
        "the rehearsal cannot be set up: operation {} was refused: {} {}",
        confirmation.command_id(), NameOf(confirmation.refusal()),
        confirmation.field()));
  }
  OperationState& operation = operations_[*number];
  if (operation.is_answered) {
    return absl::DataLossError(fmt::format("operation {} was confirmed twice",
                                           confirmation.command_id()));
  }
  operation.is_answered = true;
  ++operations_answered_;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Tick>> Tally::TakeCommand(
    Shard shard, const v1::Confirmation& confirmation) {
  if (auto status = ledger_.Answered(shard, Offset{confirmation.offset()});
      !status.ok()) {
    return status;
  }
  if (auto status = Count(shard, confirmation); !status.ok()) return status;
  if (confirmation.repeated()) return std::optional<Tick>();

  const auto person = PersonOf(CitizenId{confirmation.citizen_id()});
  const auto number = CommandNumberOf(CommandId{confirmation.command_id()});
  if (!person.has_value() || person->value >= population_.People() ||
      !number.has_value()) {
    return Wrong(shard, confirmation, "names nobody of this rehearsal");
  }
  const SlotNumber slot = population_.SlotOf(*person);
  if (confirmation.outcome() != v1::OUTCOME_REFUSED &&
      (confirmation.site_id() != places_.SiteOf(slot).value ||
       confirmation.slot_id() != places_.SlotIdOf(slot).value)) {
    return Wrong(
        shard, confirmation,
        fmt::format("names {} at {}, but the wish was {} at {}",
                    confirmation.slot_id(), confirmation.site_id(),
                    places_.SlotIdOf(slot).value, places_.SiteOf(slot).value));
  }
  fairness_.Answered(*person, *number, Offset{confirmation.offset()},
                     confirmation.outcome());
  return population_.Answered(*person, *number, confirmation.outcome(),
                              confirmation.refusal());
}

absl::Status Tally::Count(Shard shard, const v1::Confirmation& confirmation) {
  if (confirmation.topic() != v1::TOPIC_COMMANDS) {
    return Wrong(shard, confirmation, "names no topic that it could answer");
  }
  if (confirmation.repeated()) {
    ++figures_.repeated;
    return absl::OkStatus();
  }
  if (confirmation.outcome() == v1::OUTCOME_BOOKED) {
    ++figures_.bookings;
  } else if (confirmation.outcome() == v1::OUTCOME_HELD) {
    ++figures_.holds;
  } else if (confirmation.outcome() == v1::OUTCOME_CANCELLED) {
    ++figures_.cancellations;
  } else if (confirmation.outcome() == v1::OUTCOME_REFUSED) {
    ++figures_.refusals[confirmation.refusal()];
  } else {
    return Wrong(shard, confirmation,
                 fmt::format("has outcome {}, which no command has",
                             static_cast<int>(confirmation.outcome())));
  }
  return absl::OkStatus();
}

absl::Status Tally::TakeNotice(Shard shard, absl::Time stamp,
                               const v1::Notice& notice) {
  if (notice.kind() != v1::NOTICE_KIND_HOLD_EXPIRED) return absl::OkStatus();
  const auto person = PersonOf(CitizenId{notice.citizen_id()});
  const auto wrong = [&](std::string_view why) {
    return absl::DataLossError(fmt::format(
        "the notice of shard {} that a hold of citizen {} ran out {}",
        shard.value, notice.citizen_id(), why));
  };
  if (!person.has_value() || person->value >= population_.People()) {
    return wrong("names nobody of this rehearsal");
  }
  const SlotNumber slot = population_.SlotOf(*person);
  if (notice.site_id() != places_.SiteOf(slot).value ||
      notice.slot_id() != places_.SlotIdOf(slot).value) {
    return wrong(fmt::format("names {} at {}, which was not asked for",
                             notice.slot_id(), notice.site_id()));
  }
  if (!population_.HoldExpired(*person)) return wrong("names no hold");
  ++figures_.holds_expired;
  figures_.first_expired = std::min(figures_.first_expired, stamp);
  figures_.last_expired = std::max(figures_.last_expired, stamp);
  return absl::OkStatus();
}

absl::Status Tally::CheckComplete() const {
  if (auto status = ledger_.CheckComplete(); !status.ok()) return status;
  if (population_.HoldsOpen() > 0) {
    return absl::DataLossError(
        fmt::format("{} holds were neither confirmed nor ran out",
                    population_.HoldsOpen()));
  }
  for (SlotNumber slot{0}; slot.value < places_.SlotCount(); ++slot) {
    const int32_t left = population_.page().SeatsLeft(slot);
    if (left >= 0) continue;
    return absl::DataLossError(
        fmt::format("slot {} at {} was sold beyond its capacity of {}, by {}",
                    places_.SlotIdOf(slot).value, places_.SiteOf(slot).value,
                    places_.CapacityOf(slot), -left));
  }
  return absl::OkStatus();
}

Figures Tally::figures() const {
  Figures figures = figures_;
  figures.commands_published = ledger_.published();
  figures.commands_answered = ledger_.answered();
  return figures;
}

LatencyHistogram Tally::TakeRecent() {
  LatencyHistogram recent = recent_;
  recent_.Clear();
  return recent;
}

}  // namespace slotlog
