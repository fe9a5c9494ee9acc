#include "services/reservation/fold.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/invariant.h"
#include "services/reservation/rules.h"

namespace slotlog {
namespace {

// --- The citizen's rows ---

Citizen& CitizenOf(State& state, const std::string& citizen_id) {
  return state.citizens().Mutable(RowKey::Of(CitizenId{citizen_id}));
}

Claim& ClaimOf(Citizen& citizen, const std::string& campaign_id) {
  if (Claim* claim = citizen.FindClaim(CampaignId{campaign_id})) return *claim;
  Claim& claim = citizen.claims.emplace_back();
  claim.campaign_id = campaign_id;
  return claim;
}

/// The conversation is kept for as long as somebody needs it.
void DropIfUnused(Claim& claim) {
  if (claim.conversation == nullptr || claim.IsOpen()) return;
  if (claim.conversation->parked.empty()) claim.conversation.reset();
}

/// The command is parked no longer, if it was.
void Unpark(Claim& claim, int64_t command_offset) {
  if (claim.conversation == nullptr) return;
  auto& parked = claim.conversation->parked;
  std::erase_if(parked, [&](const ParkedCommand& command) {
    return command.offset.value == command_offset;
  });
}

void KeepAnswer(Citizen& citizen, const std::string& command_id,
                uint64_t command_digest, const v1::Event& event,
                v1::Outcome outcome, v1::Refusal refusal) {
  citizen.answers.push_back({.command_id_digest = Digest64(command_id),
                             .command_digest = command_digest,
                             .sequence = Sequence{event.sequence()},
                             .outcome = outcome,
                             .refusal = refusal});
}

/// The conversation that this event answers ends, with the claim as `after`.
template <typename Body>
void EndConversation(const v1::Event& event, const Body& body,
                     v1::Outcome outcome, v1::Refusal refusal, ClaimState after,
                     Citizen& citizen, Claim& claim) {
  KeepAnswer(citizen, body.command_id(), claim.conversation->command_digest,
             event, outcome, refusal);
  claim.state = after;
  if (after == ClaimState::kIdle) {
    claim.site_id.clear();
    claim.slot_id.clear();
    claim.seat_turn = {};
  }
  DropIfUnused(claim);
}

void OpenConversation(const v1::Event& event, const std::string& command_id,
                      int64_t command_offset, Claim& claim) {
  Unpark(claim, command_offset);
  if (claim.conversation == nullptr) {
    claim.conversation = std::make_unique<Conversation>();
  }
  claim.conversation->command_id = command_id;
  claim.conversation->command_offset = Offset{command_offset};
  claim.conversation->command_digest = event.command_digest();
}

/// The command's parked copy, if there is one, is answered.
void UnparkAnswered(const std::string& citizen_id,
                    const std::string& campaign_id, int64_t command_offset,
                    State& state) {
  const RowKey key = RowKey::Of(CitizenId{citizen_id});
  const CampaignId campaign{campaign_id};
  const Citizen* known = state.citizens().Find(key);
  if (known == nullptr) return;
  const Claim* parked_in = known->FindClaim(campaign);
  if (parked_in == nullptr || parked_in->conversation == nullptr) return;
  Claim& claim = *state.citizens().Mutable(key).FindClaim(campaign);
  Unpark(claim, command_offset);
  DropIfUnused(claim);
}

void Apply(const v1::Event& event, const v1::CommandRefused& refused,
           State& state) {
  if (!IsKept(refused.refusal())) {
    // Without a campaign, what was refused made no sense, and its ids may be of
    // any length; with one, it may still be nobody's citizen here.
    if (refused.campaign_id().empty()) return;
    return UnparkAnswered(refused.citizen_id(), refused.campaign_id(),
                          refused.command_offset(), state);
  }
  Citizen& citizen = CitizenOf(state, refused.citizen_id());
  Claim* claim = citizen.FindClaim(CampaignId{refused.campaign_id()});
  if (claim != nullptr && claim->IsOpen() &&
      claim->conversation->command_offset.value == refused.command_offset()) {
    EndConversation(event, refused, v1::OUTCOME_REFUSED, refused.refusal(),
                    ClaimState::kIdle, citizen, *claim);
    return;
  }
  KeepAnswer(citizen, refused.command_id(), event.command_digest(), event,
             v1::OUTCOME_REFUSED, refused.refusal());
  if (claim != nullptr) {
    Unpark(*claim, refused.command_offset());
    DropIfUnused(*claim);
  }
}

void Apply(const v1::CommandRepeated& repeated, State& state) {
  UnparkAnswered(repeated.citizen_id(), repeated.campaign_id(),
                 repeated.command_offset(), state);
}

void Apply(const v1::Event& event, const v1::CommandParked& parked,
           State& state) {
  const v1::Command& command = parked.command();
  Claim& claim = ClaimOf(CitizenOf(state, command.citizen_id()),
                         command.has_book() ? command.book().campaign_id()
                                            : command.cancel().campaign_id());
  claim.conversation->parked.push_back(
      {.offset = Offset{event.cause_offset()},
       .asked_at = absl::FromUnixMillis(event.asked_at_unix_ms()),
       .command_digest = event.command_digest(),
       .command_id_digest = Digest64(command.command_id()),
       .command = command.SerializeAsString()});
}

void Apply(const v1::Event& event, const v1::SeatAsked& asked, State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, asked.citizen_id()), asked.campaign_id());
  OpenConversation(event, asked.command_id(), asked.command_offset(), claim);
  claim.state = ClaimState::kAsked;
  claim.turn = Turn{asked.turn()};
  claim.site_id = asked.site_id();
  claim.slot_id = asked.slot_id();
}

void Apply(const v1::Event& event, const v1::Booked& booked, State& state) {
  Citizen& citizen = CitizenOf(state, booked.citizen_id());
  Claim& claim = ClaimOf(citizen, booked.campaign_id());
  claim.seat_turn = Turn{booked.turn()};
  EndConversation(event, booked, v1::OUTCOME_BOOKED, v1::REFUSAL_UNSPECIFIED,
                  ClaimState::kBooked, citizen, claim);
}

void Apply(const v1::Event& event, const v1::ReleaseAsked& asked,
           State& state) {
  Claim& claim =
      ClaimOf(CitizenOf(state, asked.citizen_id()), asked.campaign_id());
  OpenConversation(event, asked.command_id(), asked.command_offset(), claim);
  claim.state = ClaimState::kReleasing;
  claim.turn = Turn{asked.turn()};
}

void Apply(const v1::Event& event, const v1::Cancelled& cancelled,
           State& state) {
  Citizen& citizen = CitizenOf(state, cancelled.citizen_id());
  EndConversation(event, cancelled, v1::OUTCOME_CANCELLED,
                  v1::REFUSAL_UNSPECIFIED, ClaimState::kIdle, citizen,
                  ClaimOf(citizen, cancelled.campaign_id()));
}

// --- The slot's rows ---

Slot& SlotOf(State& state, const std::string& site_id,
             const std::string& slot_id) {
  return state.slots().Mutable(RowKey::Of(SiteId{site_id}, SlotId{slot_id}));
}

template <typename Body>
RowKey SeatKeyOf(const Body& body) {
  return RowKey::Of(SiteId{body.site_id()}, SlotId{body.slot_id()},
                    CampaignId{body.campaign_id()},
                    CitizenId{body.citizen_id()});
}

void Apply(const v1::SeatTaken& taken, State& state) {
  ++SlotOf(state, taken.site_id(), taken.slot_id()).taken;
  state.seats().Put(SeatKeyOf(taken), {.turn = Turn{taken.turn()}});
}

void Apply(const v1::SeatReleased& released, State& state) {
  --SlotOf(state, released.site_id(), released.slot_id()).taken;
  state.seats().Erase(SeatKeyOf(released));
}

// --- What operators set up ---

void Apply(const v1::SiteDefined& defined, State& state) {
  state.sites().Put(RowKey::Of(SiteId{defined.site().site_id()}),
                    SiteFrom(defined.site()));
}

void Apply(const v1::SlotsOpened& opened, State& state) {
  for (const v1::Slot& slot : opened.slots()) {
    state.slots().Put(
        RowKey::Of(SiteId{opened.site_id()}, SlotId{slot.slot_id()}),
        SlotFrom(slot));
  }
}

void Apply(const v1::Event& event, const v1::CampaignDefined& defined,
           State& state) {
  const Head& head = state.head();
  Campaign campaign = CampaignFrom(defined.campaign(), head.shard);
  if (head.shards.value > 1) {
    for (Shard shard{0}; shard.value < head.shards.value; ++shard) {
      if (shard != head.shard) campaign.awaited.push_back(shard);
    }
    campaign.operation_id = defined.operation_id();
    campaign.operation_offset = Offset{event.cause_offset()};
  }
  state.campaigns().Put(
      RowKey::Of(CampaignId{defined.campaign().campaign_id()}),
      std::move(campaign));
}

void Apply(const v1::CampaignAdopted& adopted, State& state) {
  state.campaigns().Put(
      RowKey::Of(CampaignId{adopted.campaign().campaign_id()}),
      CampaignFrom(adopted.campaign(), Shard{adopted.home_shard()}));
}

void Apply(const v1::CampaignAcknowledged& known, State& state) {
  Campaign& campaign =
      state.campaigns().Mutable(RowKey::Of(CampaignId{known.campaign_id()}));
  std::erase(campaign.awaited, Shard{known.shard()});
  if (known.complete()) {
    campaign.operation_id.clear();
    campaign.operation_offset = {};
  }
}

// --- The head ---

void Advance(InputPosition& position, const v1::InputRun& run) {
  switch (static_cast<Topic>(run.topic())) {
    case Topic::kCommands:
    case Topic::kOperations:
      position = {.offset = Offset{run.offset() + run.count()}, .index = 0};
      return;
    case Topic::kInternal:
      position = {.offset = Offset{run.offset()},
                  .index = run.index() + run.count()};
      return;
    case Topic::kEvents:
    case Topic::kConfirmations:
    case Topic::kDeadLetters:
      break;
  }
  INVARIANT(false, "an event batch names an input that is none");
}

InputPosition& PositionIn(Head& head, v1::Topic topic) {
  if (topic == v1::TOPIC_COMMANDS) return head.commands;
  if (topic == v1::TOPIC_OPERATIONS) return head.operations;
  return head.internal;
}

}  // namespace

void Apply(const v1::Event& event, State& state) {
  switch (event.body_case()) {
    case v1::Event::kInputDeadLettered:
    case v1::Event::kOperationRefused:
    case v1::Event::kOperationRepeated:
    case v1::Event::kSeatRefused:
      return;  // facts that change no row
    case v1::Event::kSiteDefined:
      return Apply(event.site_defined(), state);
    case v1::Event::kSlotsOpened:
      return Apply(event.slots_opened(), state);
    case v1::Event::kCapacityChanged: {
      const v1::CapacityChanged& changed = event.capacity_changed();
      SlotOf(state, changed.site_id(), changed.slot_id()).capacity =
          changed.capacity();
      return;
    }
    case v1::Event::kSlotClosed: {
      const v1::SlotClosed& closed = event.slot_closed();
      SlotOf(state, closed.site_id(), closed.slot_id()).closed = true;
      return;
    }
    case v1::Event::kCampaignDefined:
      return Apply(event, event.campaign_defined(), state);
    case v1::Event::kCampaignAdopted:
      return Apply(event.campaign_adopted(), state);
    case v1::Event::kCampaignAcknowledged:
      return Apply(event.campaign_acknowledged(), state);
    case v1::Event::kCommandRefused:
      return Apply(event, event.command_refused(), state);
    case v1::Event::kCommandRepeated:
      return Apply(event.command_repeated(), state);
    case v1::Event::kCommandParked:
      return Apply(event, event.command_parked(), state);
    case v1::Event::kSeatAsked:
      return Apply(event, event.seat_asked(), state);
    case v1::Event::kBooked:
      return Apply(event, event.booked(), state);
    case v1::Event::kReleaseAsked:
      return Apply(event, event.release_asked(), state);
    case v1::Event::kCancelled:
      return Apply(event, event.cancelled(), state);
    case v1::Event::kSeatTaken:
      return Apply(event.seat_taken(), state);
    case v1::Event::kSeatReleased:
      return Apply(event.seat_released(), state);
    case v1::Event::BODY_NOT_SET:
      break;
  }
  INVARIANT(false, "an event of an unknown type was let in");
}

absl::Status CheckContinues(const Head& head, const v1::EventBatch& batch) {
  const auto torn = [&](std::string_view what, uint64_t found,
                        uint64_t expected) {
    return absl::DataLossError(fmt::format(
        "events/{}: batch {} does not continue batch {}: {} is {}, not {}",
        head.shard.value, batch.number(), head.batch_number, what, found,
        expected));
  };
  if (batch.shard() != head.shard.value) {
    return torn("the shard", batch.shard(), head.shard.value);
  }
  if (batch.shards() != head.shards.value) {
    return torn("the number of shards", batch.shards(), head.shards.value);
  }
  if (batch.number() != head.batch_number + 1) {
    return torn("its number", batch.number(), head.batch_number + 1);
  }
  if (batch.previous_digest() != AsBytes(head.digest)) {
    return absl::DataLossError(
        fmt::format("events/{}: batch {} is chained to another history: its "
                    "previous_digest is not that of batch {}",
                    head.shard.value, batch.number(), head.batch_number));
  }
  if (batch.epoch() < head.epoch.value) {
    return torn("the owner's epoch", batch.epoch(), head.epoch.value);
  }
  uint64_t sequence = head.sequence.value + 1;
  if (batch.first_sequence() != sequence) {
    return torn("the first sequence", batch.first_sequence(), sequence);
  }
  for (const v1::Event& event : batch.events()) {
    if (event.sequence() != sequence) {
      return torn("an event's sequence", event.sequence(), sequence);
    }
    if (event.body_case() == v1::Event::BODY_NOT_SET) {
      return absl::UnimplementedError(fmt::format(
          "events/{}: event {} is of a type that this version does not know",
          head.shard.value, sequence));
    }
    ++sequence;
  }
  const int shards = static_cast<int>(head.shards.value);
  if (batch.messages_sent_size() != shards ||
      batch.messages_received_size() != shards) {
    return torn("the number of counters", batch.messages_sent_size(), shards);
  }
  return absl::OkStatus();
}

void FoldHead(const v1::EventBatch& batch, const BatchDigest& digest,
              Head& head) {
  head.epoch = Epoch{batch.epoch()};
  head.batch_number = batch.number();
  head.digest = digest;
  head.sequence = Sequence{batch.first_sequence() + batch.events_size() - 1};
  for (const v1::InputRun& run : batch.inputs()) {
    Advance(PositionIn(head, run.topic()), run);
  }
  head.now = absl::FromUnixMillis(batch.now_unix_ms());
  head.decided_at = absl::FromUnixMillis(batch.decided_at_unix_ms());
  std::copy(batch.messages_sent().begin(), batch.messages_sent().end(),
            head.messages_sent.begin());
  std::copy(batch.messages_received().begin(), batch.messages_received().end(),
            head.messages_received.begin());
  head.confirmations_sent = batch.confirmations_sent();
}

void Fold(const v1::EventBatch& batch, const BatchDigest& digest,
          State& state) {
  for (const v1::Event& event : batch.events()) Apply(event, state);
  FoldHead(batch, digest, state.head());
}

}  // namespace slotlog
