// The citizen's side of a booking: eligibility, one claim per campaign, one
// open conversation, and the same answer to the same command for ever.

#include "events/digest.h"
#include "events/invariant.h"
#include "events/partitioner.h"
#include "services/reservation/decide.h"
#include "services/reservation/limits.h"
#include "services/reservation/validate.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

/// A command that has passed the guards every command passes.
struct CommandContext {
  const State& state;
  const Input& input;
  const v1::Command& command;
  /// Null before the citizen's first command, or first in this campaign.
  const Citizen* citizen;
  const Claim* claim;
  Arena& arena;
};

/// Fills the fields that every event of a citizen's conversation begins with.
template <typename Body>
Body& NameCommand(Body& body, std::string_view citizen_id,
                  std::string_view command_id, Offset offset) {
  body.set_citizen_id(citizen_id.data(), citizen_id.size());
  body.set_command_id(command_id.data(), command_id.size());
  body.set_command_offset(offset.value);
  return body;
}

template <typename Body>
Body& NameCommand(Body& body, const Input& input, const v1::Command& command) {
  return NameCommand(body, command.citizen_id(), command.command_id(),
                     input.cause.offset);
}

/// What the command asks for, where it asks for something.
template <typename Body>
void NameWish(Body& body, const v1::Command& command) {
  switch (command.action_case()) {
    case v1::Command::kBook:
      body.set_campaign_id(command.book().campaign_id());
      body.set_site_id(command.book().site_id());
      body.set_slot_id(command.book().slot_id());
      return;
    case v1::Command::kCancel:
      body.set_campaign_id(command.cancel().campaign_id());
      return;
    case v1::Command::kTick:
    case v1::Command::ACTION_NOT_SET:
      return;
  }
}

v1::Event* Refuse(const Input& input, const v1::Command& command,
                  v1::Refusal refusal, std::string_view field, Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  auto& refused =
      NameCommand(*event->mutable_command_refused(), input, command);
  refused.set_refusal(refusal);
  refused.set_field(field.data(), field.size());
  if (field.empty()) NameWish(refused, command);
  return event;
}

v1::Event* Refuse(const CommandContext& c, v1::Refusal refusal) {
  return Refuse(c.input, c.command, refusal, "", c.arena);
}

// --- The commands, one function each ---

v1::Event* DecideBook(const CommandContext& c, const v1::Book& book) {
  const Date born{c.command.profile().birth_date_yyyymmdd()};
  const Campaign* campaign =
      c.state.campaigns().Find(RowKey::Of(CampaignId{book.campaign_id()}));
  if (campaign == nullptr) return Refuse(c, v1::REFUSAL_CAMPAIGN_UNKNOWN);
  if (born < campaign->born_from || born > campaign->born_to) {
    return Refuse(c, v1::REFUSAL_NOT_ELIGIBLE);
  }
  if (c.input.asked_at < campaign->opens) {
    return Refuse(c, v1::REFUSAL_WINDOW_NOT_OPEN);
  }
  if (c.input.asked_at >= campaign->closes) {
    return Refuse(c, v1::REFUSAL_WINDOW_OVER);
  }
  if (c.claim != nullptr && c.claim->state == ClaimState::kBooked) {
    return Refuse(c, v1::REFUSAL_ALREADY_BOOKED);
  }

  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  auto& asked = NameCommand(*event->mutable_seat_asked(), c.input, c.command);
  NameWish(asked, c.command);
  asked.set_turn((c.claim == nullptr ? Turn{0} : c.claim->turn).value + 1);
  return event;
}

v1::Event* DecideCancel(const CommandContext& c, const v1::Cancel& cancel) {
  if (c.claim == nullptr || c.claim->state != ClaimState::kBooked) {
    return Refuse(c, v1::REFUSAL_NOTHING_TO_CANCEL);
  }

  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  auto& asked =
      NameCommand(*event->mutable_release_asked(), c.input, c.command);
  asked.set_campaign_id(cancel.campaign_id());
  asked.set_site_id(c.claim->site_id);
  asked.set_slot_id(c.claim->slot_id);
  asked.set_turn(c.claim->turn.value + 1);
  asked.set_seat_turn(c.claim->seat_turn.value);
  return event;
}

// --- What every command passes first ---

std::optional<Fault> FaultInAction(const v1::Command& command) {
  switch (command.action_case()) {
    case v1::Command::kBook:
      if (auto fault = FaultIn(command.profile())) return fault;
      return FaultIn(command.book());
    case v1::Command::kCancel:
      return FaultIn(command.cancel());
    case v1::Command::kTick:
      return std::nullopt;
    case v1::Command::ACTION_NOT_SET:
      break;
  }
  return Fault{v1::REFUSAL_ACTION_MISSING, "action"};
}

CampaignId CampaignOf(const v1::Command& command) {
  return command.has_book() ? CampaignId{command.book().campaign_id()}
                            : CampaignId{command.cancel().campaign_id()};
}

v1::Event* Repeat(const CommandContext& c, const Answer& answer) {
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  auto& repeated =
      NameCommand(*event->mutable_command_repeated(), c.input, c.command);
  NameWish(repeated, c.command);
  repeated.set_outcome(answer.outcome);
  repeated.set_refusal(answer.refusal);
  repeated.set_first_sequence(answer.sequence.value);
  return event;
}

v1::Event* Park(const CommandContext& c, bool is_repeat) {
  const size_t parked = c.claim->conversation->parked.size();
  if (parked >= (is_repeat ? kParkedWithRepeatsMax : kParkedCommandsMax)) {
    return Refuse(c, v1::REFUSAL_BUSY);
  }
  auto* event = Arena::CreateMessage<v1::Event>(&c.arena);
  *event->mutable_command_parked()->mutable_command() = c.command;
  return event;
}

/// A command that is undecided still: the one that opened a conversation, or
/// one that is parked behind it.
struct Undecided {
  uint64_t command_digest;
};

std::optional<Undecided> FindUndecided(const Citizen& citizen,
                                       Offset own_offset,
                                       uint64_t command_id_digest) {
  for (const Claim& claim : citizen.claims) {
    if (claim.conversation == nullptr) continue;
    const Conversation& open = *claim.conversation;
    if (claim.IsOpen() && Digest64(open.command_id) == command_id_digest) {
      return Undecided{open.command_digest};
    }
    for (const ParkedCommand& parked : open.parked) {
      if (parked.offset < own_offset &&
          parked.command_id_digest == command_id_digest) {
        return Undecided{parked.command_digest};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

v1::Event* DecideCommand(const State& state, const Input& input,
                         const v1::Command& command, Arena& arena) {
  if (command.has_tick()) return nullptr;
  if (auto fault = FaultInSender(command)) {
    return Refuse(input, command, fault->refusal, fault->field, arena);
  }
  const Head& head = state.head();
  if (ShardOf(command.citizen_id(), head.shards) != head.shard) {
    return Refuse(input, command, v1::REFUSAL_WRONG_PARTITION, "", arena);
  }
  if (auto fault = FaultInAction(command)) {
    return Refuse(input, command, fault->refusal, fault->field, arena);
  }

  const Citizen* citizen =
      state.citizens().Find(RowKey::Of(CitizenId{command.citizen_id()}));
  const Claim* claim =
      citizen == nullptr ? nullptr : citizen->FindClaim(CampaignOf(command));
  const CommandContext c{state, input, command, citizen, claim, arena};

  bool is_repeat = false;
  if (citizen != nullptr) {
    const uint64_t id = Digest64(command.command_id());
    if (const Answer* answer = citizen->FindAnswer(id)) {
      return answer->command_digest == input.digest
                 ? Repeat(c, *answer)
                 : Refuse(c, v1::REFUSAL_COMMAND_ID_REUSED);
    }
    if (auto undecided = FindUndecided(*citizen, input.cause.offset, id)) {
      if (undecided->command_digest != input.digest) {
        return Refuse(c, v1::REFUSAL_COMMAND_ID_REUSED);
      }
      is_repeat = true;
    }
    if (citizen->answers.size() >= kAnswersKeptMax) {
      return Refuse(c, v1::REFUSAL_TOO_MANY_COMMANDS);
    }
  }
  if (claim != nullptr && claim->IsOpen()) return Park(c, is_repeat);

  return command.has_book() ? DecideBook(c, command.book())
                            : DecideCancel(c, command.cancel());
}

// --- The slot's answers ---

namespace {

/// The claim whose conversation this answer belongs to, if it is still open.
const Claim* FindOpen(const State& state, std::string_view citizen_id,
                      std::string_view campaign_id, uint32_t turn,
                      ClaimState expected) {
  const Citizen* citizen =
      state.citizens().Find(RowKey::Of(CitizenId{citizen_id}));
  if (citizen == nullptr) return nullptr;
  const Claim* claim = citizen->FindClaim(CampaignId{campaign_id});
  if (claim == nullptr || claim->turn.value != turn) return nullptr;
  return claim->state == expected ? claim : nullptr;
}

/// The end of a conversation, in the words of the command that opened it.
template <typename Body, typename SlotAnswer>
Body& NameEnd(Body& body, const Claim& claim, const MessageFrom& from,
              const SlotAnswer& answer) {
  const Conversation& open = *claim.conversation;
  NameCommand(body, answer.citizen_id(), open.command_id, open.command_offset);
  body.set_campaign_id(claim.campaign_id);
  body.set_site_id(claim.site_id);
  body.set_slot_id(claim.slot_id);
  body.set_slot_shard(from.source.value);
  body.set_slot_sequence(from.message->event_sequence());
  return body;
}

}  // namespace

v1::Event* DecideSeatAnswer(const State& state, const MessageFrom& from,
                            const v1::SeatAnswer& answer, Arena& arena) {
  const Claim* claim =
      FindOpen(state, answer.citizen_id(), answer.campaign_id(), answer.turn(),
               ClaimState::kAsked);
  if (claim == nullptr) return nullptr;

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  if (answer.refusal() != v1::REFUSAL_UNSPECIFIED) {
    NameEnd(*event->mutable_command_refused(), *claim, from, answer)
        .set_refusal(answer.refusal());
    return event;
  }
  NameEnd(*event->mutable_booked(), *claim, from, answer)
      .set_turn(claim->turn.value);
  return event;
}

v1::Event* DecideReleaseAnswer(const State& state, const MessageFrom& from,
                               const v1::ReleaseAnswer& answer, Arena& arena) {
  const Claim* claim =
      FindOpen(state, answer.citizen_id(), answer.campaign_id(), answer.turn(),
               ClaimState::kReleasing);
  if (claim == nullptr) return nullptr;

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  NameEnd(*event->mutable_cancelled(), *claim, from, answer)
      .set_turn(claim->turn.value);
  return event;
}

}  // namespace slotlog
