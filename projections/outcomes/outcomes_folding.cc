#include "projections/outcomes/outcomes_folding.h"

#include <algorithm>

#include "events/codec.h"
#include "events/ids.h"
#include "projections/outcomes/outcome_rows.h"

namespace slotlog {
namespace {

/// With each batch so many rows may be forgotten, and as many more as it has
/// events: more than it can add.
constexpr int kForgottenMin = 16;
/// Ids of commands that make no sense may be of any length.
std::string IdOf(std::string_view id) {
  return std::string(id.size() <= kIdBytesMax ? id : std::string_view());
}

/// How an answer is found by its command's id.
enum class Naming {
  kNever,
  /// Only where nothing else is: the same command may be sent again, and is
  /// decided then.
  kIfUnnamed,
  kAlways,
};

Naming NamingOf(const CommandAnswer& answer) {
  if (answer.is_repeated) return Naming::kNever;
  const v1::Refusal refusal = answer.refusal;
  if (refusal == v1::REFUSAL_COMMAND_ID_REUSED ||
      refusal == v1::REFUSAL_WRONG_PARTITION ||
      refusal == v1::REFUSAL_ID_TOO_LONG) {
    return Naming::kNever;
  }
  const bool makes_no_sense = refusal != v1::REFUSAL_UNSPECIFIED &&
                              refusal < v1::REFUSAL_WRONG_PARTITION;
  const bool is_not_kept =
      refusal == v1::REFUSAL_BUSY || refusal == v1::REFUSAL_TOO_MANY_COMMANDS;
  return makes_no_sense || is_not_kept ? Naming::kIfUnnamed : Naming::kAlways;
}

}  // namespace

void OutcomesFolding::Fold() {
  for (const v1::Event& event : batch_.events()) Fold(event);
  Forget(Topic::kCommands);
  Forget(Topic::kOperations);
}

template <typename Row>
std::optional<Row> OutcomesFolding::GetRow(const std::string& key) {
  const auto bytes = rows_.Get(key);
  if (!bytes.has_value()) return std::nullopt;
  Row row;
  if (row.ParseFromString(*bytes)) return row;
  rows_.Fail(absl::DataLossError("an outcome's row cannot be read"));
  return std::nullopt;
}

void OutcomesFolding::Fold(const v1::Event& event) {
  if (const auto answer = CommandAnswerIn(event)) return Answer(event, *answer);
  if (const auto answer =
          OperationAnswerIn(event, ShardCount{batch_.shards()})) {
    return Answer(event, *answer);
  }
  switch (event.body_case()) {
    case v1::Event::kCommandParked:
      return Park(event, event.command_parked().command());
    case v1::Event::kSeatAsked:
      return Open(event, event.seat_asked());
    case v1::Event::kMoveAsked:
      return Open(event, event.move_asked());
    case v1::Event::kReleaseAsked:
      return Open(event, event.release_asked());
    case v1::Event::kWaitlistAsked:
      return Open(event, event.waitlist_asked());
    case v1::Event::kInputDeadLettered:
    case v1::Event::kSiteDefined:
    case v1::Event::kSlotsOpened:
    case v1::Event::kCapacityChanged:
    case v1::Event::kSlotClosed:
    case v1::Event::kCampaignDefined:
    case v1::Event::kCampaignAdopted:
    case v1::Event::kCampaignAcknowledged:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSiteClosed:
    case v1::Event::kCampaignChanged:
    case v1::Event::kCommandRefused:
    case v1::Event::kCommandRepeated:
    case v1::Event::kBooked:
    case v1::Event::kCancelled:
    case v1::Event::kHeld:
    case v1::Event::kHoldConfirmed:
    case v1::Event::kHoldExpired:
    case v1::Event::kHoldGivenBack:
    case v1::Event::kHoldDeferred:
    case v1::Event::kNewSeatTaken:
    case v1::Event::kNewSeatReturned:
    case v1::Event::kRescheduled:
    case v1::Event::kSeatLost:
    case v1::Event::kFulfilled:
    case v1::Event::kMissed:
    case v1::Event::kWaiting:
    case v1::Event::kWaitlistLeft:
    case v1::Event::kOffered:
    case v1::Event::kOfferParked:
    case v1::Event::kOfferDeclined:
    case v1::Event::kOfferWithdrawn:
    case v1::Event::kSeatTaken:
    case v1::Event::kSeatRefused:
    case v1::Event::kSeatReleased:
    case v1::Event::kSeatConfirmed:
    case v1::Event::kReleaseRefused:
    case v1::Event::kSeatMoved:
    case v1::Event::kSeatsSwapped:
    case v1::Event::kMoveDelayed:
    case v1::Event::kSeatWithdrawn:
    case v1::Event::kSeatCheckedIn:
    case v1::Event::kDoseGiven:
    case v1::Event::kSeatMissed:
    case v1::Event::kSlotEnded:
    case v1::Event::kWaitlistJoined:
    case v1::Event::kSeatOffered:
    case v1::Event::kAgendaPassed:
    case v1::Event::kWavePassed:
    case v1::Event::kSearchPassed:
    case v1::Event::BODY_NOT_SET:
      return;  // no command is taken from the line by it
  }
}

// --- Commands that are being decided ---

void OutcomesFolding::Park(const v1::Event& event, const v1::Command& command) {
  const Ticket ticket = TicketAt(event.cause_offset());
  std::string by_id = CommandKey(command.citizen_id(), command.command_id());
  projected::OutcomeRow row;
  row.set_citizen_id(command.citizen_id());
  row.set_command_id(command.command_id());
  row.set_command_digest(event.command_digest());
  row.set_asked_at_unix_ms(event.asked_at_unix_ms());
  if (!rows_.Get(by_id).has_value()) {
    rows_.Put(std::move(by_id), TicketBytes(ticket));
  }
  rows_.Put(OutcomeKey(ticket), Encode(row));
}

template <typename Body>
void OutcomesFolding::Open(const v1::Event& event, const Body& body) {
  const Ticket ticket = TicketAt(body.command_offset());
  std::string key = OutcomeKey(ticket);
  const bool is_cause = event.cause_topic() == v1::TOPIC_COMMANDS &&
                        event.cause_offset() == body.command_offset();
  projected::OutcomeRow row;
  // Where it is not the cause itself, it was parked.
  if (is_cause) {
    row.set_command_digest(event.command_digest());
  } else if (auto parked = GetRow<projected::OutcomeRow>(key)) {
    row.set_command_digest(parked->command_digest());
  }
  row.set_citizen_id(body.citizen_id());
  row.set_command_id(body.command_id());
  row.set_asked_at_unix_ms(event.asked_at_unix_ms());
  row.set_campaign_id(body.campaign_id());
  row.set_is_named(true);
  rows_.Put(CommandKey(body.citizen_id(), body.command_id()),
            TicketBytes(ticket));
  rows_.Put(std::move(key), Encode(row));
}

// --- Answers ---

void OutcomesFolding::Answer(const v1::Event& event,
                             const CommandAnswer& answer) {
  std::string key = OutcomeKey({shard_, answer.offset});
  const bool is_cause = event.cause_topic() == v1::TOPIC_COMMANDS &&
                        event.cause_offset() == answer.offset.value;
  projected::OutcomeRow row;
  if (!is_cause) {
    if (auto open = GetRow<projected::OutcomeRow>(key)) row = *std::move(open);
  } else if (auto open = GetRow<projected::OutcomeRow>(key)) {
    row = *std::move(open);
  } else {
    row.set_command_digest(event.command_digest());
  }
  row.set_citizen_id(IdOf(answer.citizen_id));
  row.set_command_id(IdOf(answer.command_id));
  row.set_asked_at_unix_ms(event.asked_at_unix_ms());
  row.set_campaign_id(IdOf(answer.campaign_id));
  row.set_is_decided(true);
  row.set_outcome(answer.outcome);
  row.set_refusal(answer.refusal);
  row.set_field(IdOf(answer.field));
  row.set_is_repeated(answer.is_repeated);
  row.set_site_id(IdOf(answer.site_id));
  row.set_slot_id(IdOf(answer.slot_id));
  row.set_seat(answer.seat);
  row.set_deadline_unix_ms(answer.deadline_unix_ms);
  row.set_decided_at_unix_ms(batch_.decided_at_unix_ms());
  row.set_sequence(event.sequence());
  row.set_slot_shard(answer.slot_shard);
  row.set_slot_sequence(answer.slot_sequence);
  Name(answer, row);
  rows_.Put(std::move(key), Encode(row));
}

void OutcomesFolding::Name(const CommandAnswer& answer,
                           const projected::OutcomeRow& row) {
  const Naming naming = NamingOf(answer);
  if (row.is_named() || naming == Naming::kNever) return;
  std::string by_id = CommandKey(answer.citizen_id, answer.command_id);
  if (naming == Naming::kIfUnnamed && rows_.Get(by_id).has_value()) return;
  rows_.Put(std::move(by_id), TicketBytes({shard_, answer.offset}));
}

void OutcomesFolding::Answer(const v1::Event& event,
                             const OperationAnswer& answer) {
  projected::OperationRow row;
  row.set_operation_id(IdOf(answer.operation_id));
  row.set_outcome(answer.outcome);
  row.set_refusal(answer.refusal);
  row.set_field(IdOf(answer.field));
  row.set_asked_at_unix_ms(event.asked_at_unix_ms());
  row.set_decided_at_unix_ms(batch_.decided_at_unix_ms());
  row.set_sequence(event.sequence());
  rows_.Put(OperationKey({shard_, answer.offset}), Encode(row));
}

// --- What was kept long enough ---

void OutcomesFolding::Forget(Topic topic) {
  std::string key = ForgottenKey(topic, shard_);
  auto row =
      GetRow<projected::ForgottenRow>(key).value_or(projected::ForgottenRow());
  for (const v1::InputRun& run : batch_.inputs()) {
    if (run.topic() != static_cast<int>(topic)) continue;
    row.set_taken(std::max(row.taken(), run.offset() + run.count()));
  }
  int64_t due_unix_ms = row.due_unix_ms();
  for (int i = 0; i < kForgottenMin + 2 * batch_.events_size(); ++i) {
    if (row.next() >= row.taken()) break;
    if (batch_.decided_at_unix_ms() < due_unix_ms) break;
    const Ticket ticket = TicketAt(row.next());
    const bool is_gone = topic == Topic::kCommands
                             ? ForgetCommand(ticket, due_unix_ms)
                             : ForgetOperation(ticket, due_unix_ms);
    if (!is_gone) break;
    row.set_next(row.next() + 1);
  }
  row.set_due_unix_ms(due_unix_ms);
  rows_.Put(std::move(key), Encode(row));
}

/// False: it is kept, until `due_unix_ms` at least.
bool OutcomesFolding::ForgetCommand(Ticket ticket, int64_t& due_unix_ms) {
  std::string key = OutcomeKey(ticket);
  const auto row = GetRow<projected::OutcomeRow>(key);
  if (!row.has_value()) return true;  // a tick, or no message
  if (!row->is_decided()) return false;
  if (!IsDue(row->decided_at_unix_ms(), due_unix_ms)) return false;
  rows_.Erase(std::move(key));
  std::string by_id = CommandKey(row->citizen_id(), row->command_id());
  const auto named = rows_.Get(by_id);
  if (named.has_value() && TicketFromBytes(*named) == ticket) {
    rows_.Erase(std::move(by_id));
  }
  return true;
}

bool OutcomesFolding::ForgetOperation(Ticket record, int64_t& due_unix_ms) {
  std::string key = OperationKey(record);
  const auto row = GetRow<projected::OperationRow>(key);
  // One of a campaign is answered later than it is taken.
  if (!row.has_value()) {
    return batch_.decided_at_unix_ms() >=
           due_unix_ms + absl::ToInt64Milliseconds(kept_for_);
  }
  if (!IsDue(row->decided_at_unix_ms(), due_unix_ms)) return false;
  rows_.Erase(std::move(key));
  return true;
}

bool OutcomesFolding::IsDue(int64_t decided_at_unix_ms,
                            int64_t& due_unix_ms) const {
  due_unix_ms = decided_at_unix_ms + absl::ToInt64Milliseconds(kept_for_);
  return batch_.decided_at_unix_ms() >= due_unix_ms;
}

}  // namespace slotlog
