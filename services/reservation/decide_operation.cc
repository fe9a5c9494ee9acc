// What operators set up: sites, slots, capacity, campaigns. Asking for what is
// so already is done at once, so that an import can be run again.

#include "events/invariant.h"
#include "events/partitioner.h"
#include "services/reservation/decide.h"
#include "services/reservation/rules.h"
#include "services/reservation/validate.h"

namespace slotlog {
namespace {

using google::protobuf::Arena;

struct OperationContext {
  const State& state;
  const v1::Operation& operation;
  Arena& arena;
};

v1::Event* NewEvent(const OperationContext& c) {
  return Arena::CreateMessage<v1::Event>(&c.arena);
}

v1::Event* Refuse(const OperationContext& c, v1::Refusal refusal,
                  std::string_view field = "") {
  v1::Event* event = NewEvent(c);
  v1::OperationRefused& refused = *event->mutable_operation_refused();
  refused.set_operation_id(c.operation.operation_id());
  refused.set_refusal(refusal);
  refused.set_field(field.data(), field.size());
  return event;
}

v1::Event* Repeat(const OperationContext& c) {
  v1::Event* event = NewEvent(c);
  event->mutable_operation_repeated()->set_operation_id(
      c.operation.operation_id());
  return event;
}

// --- The operations, one function each ---

v1::Event* DecideDefineSite(const OperationContext& c,
                            const v1::DefineSite& define) {
  const Site* site = c.state.sites().Find(RowKey::Of(SiteId{define.site_id()}));
  if (site != nullptr) {
    return *site == SiteFrom(define) ? Repeat(c)
                                     : Refuse(c, v1::REFUSAL_SITE_EXISTS);
  }

  v1::Event* event = NewEvent(c);
  v1::SiteDefined& defined = *event->mutable_site_defined();
  defined.set_operation_id(c.operation.operation_id());
  *defined.mutable_site() = define;
  return event;
}

v1::Event* DecideOpenSlots(const OperationContext& c,
                           const v1::OpenSlots& open) {
  const SiteId site{open.site_id()};
  if (c.state.sites().Find(RowKey::Of(site)) == nullptr) {
    return Refuse(c, v1::REFUSAL_SITE_UNKNOWN, "open_slots.site_id");
  }

  v1::Event* event = NewEvent(c);
  v1::SlotsOpened& opened = *event->mutable_slots_opened();
  opened.set_operation_id(c.operation.operation_id());
  opened.set_site_id(open.site_id());
  for (const v1::Slot& wanted : open.slots()) {
    const Slot* slot =
        c.state.slots().Find(RowKey::Of(site, SlotId{wanted.slot_id()}));
    if (slot == nullptr) {
      *opened.add_slots() = wanted;
    } else if (!StandsAs(*slot, wanted)) {
      return Refuse(c, v1::REFUSAL_SLOT_EXISTS, wanted.slot_id());
    }
  }
  return opened.slots().empty() ? Repeat(c) : event;
}

v1::Event* DecideChangeCapacity(const OperationContext& c,
                                const v1::ChangeCapacity& change) {
  const Slot* slot = c.state.slots().Find(
      RowKey::Of(SiteId{change.site_id()}, SlotId{change.slot_id()}));
  if (slot == nullptr) return Refuse(c, v1::REFUSAL_SLOT_UNKNOWN);
  if (slot->capacity == change.capacity()) return Repeat(c);
  if (change.capacity() < slot->taken) {
    return Refuse(c, v1::REFUSAL_CAPACITY_BELOW_SEATS_TAKEN);
  }

  v1::Event* event = NewEvent(c);
  v1::CapacityChanged& changed = *event->mutable_capacity_changed();
  changed.set_operation_id(c.operation.operation_id());
  changed.set_site_id(change.site_id());
  changed.set_slot_id(change.slot_id());
  changed.set_capacity(change.capacity());
  return event;
}

v1::Event* DecideCloseSlot(const OperationContext& c,
                           const v1::CloseSlot& close) {
  const Slot* slot = c.state.slots().Find(
      RowKey::Of(SiteId{close.site_id()}, SlotId{close.slot_id()}));
  if (slot == nullptr) return Refuse(c, v1::REFUSAL_SLOT_UNKNOWN);
  if (slot->closed) return Repeat(c);

  v1::Event* event = NewEvent(c);
  v1::SlotClosed& closed = *event->mutable_slot_closed();
  closed.set_operation_id(c.operation.operation_id());
  closed.set_site_id(close.site_id());
  closed.set_slot_id(close.slot_id());
  return event;
}

v1::Event* DecideDefineCampaign(const OperationContext& c,
                                const v1::DefineCampaign& define) {
  const v1::Campaign& wanted = define.campaign();
  const Campaign* campaign =
      c.state.campaigns().Find(RowKey::Of(CampaignId{wanted.campaign_id()}));
  if (campaign != nullptr) {
    if (!StandsAs(*campaign, wanted)) {
      return Refuse(c, v1::REFUSAL_CAMPAIGN_EXISTS);
    }
    // Not every shard knows it yet: the one who asked first is answered then.
    return campaign->awaited.empty() ? Repeat(c) : Refuse(c, v1::REFUSAL_BUSY);
  }

  v1::Event* event = NewEvent(c);
  v1::CampaignDefined& defined = *event->mutable_campaign_defined();
  defined.set_operation_id(c.operation.operation_id());
  *defined.mutable_campaign() = wanted;
  return event;
}

/// Sites and slots are at home with their site, campaigns with their id.
std::string_view HomeKeyOf(const v1::Operation& operation) {
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return operation.define_site().site_id();
    case v1::Operation::kOpenSlots:
      return operation.open_slots().site_id();
    case v1::Operation::kChangeCapacity:
      return operation.change_capacity().site_id();
    case v1::Operation::kCloseSlot:
      return operation.close_slot().site_id();
    case v1::Operation::kDefineCampaign:
      return operation.define_campaign().campaign().campaign_id();
    case v1::Operation::ACTION_NOT_SET:
      break;
  }
  return "";
}

}  // namespace

v1::Event* DecideOperation(const State& state, const v1::Operation& operation,
                           Arena& arena) {
  const OperationContext c{state, operation, arena};
  if (auto fault = FaultIn(operation)) {
    return Refuse(c, fault->refusal, fault->field);
  }
  const Head& head = state.head();
  if (ShardOf(HomeKeyOf(operation), head.shards) != head.shard) {
    return Refuse(c, v1::REFUSAL_WRONG_PARTITION);
  }
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return DecideDefineSite(c, operation.define_site());
    case v1::Operation::kOpenSlots:
      return DecideOpenSlots(c, operation.open_slots());
    case v1::Operation::kChangeCapacity:
      return DecideChangeCapacity(c, operation.change_capacity());
    case v1::Operation::kCloseSlot:
      return DecideCloseSlot(c, operation.close_slot());
    case v1::Operation::kDefineCampaign:
      return DecideDefineCampaign(c, operation.define_campaign());
    case v1::Operation::ACTION_NOT_SET:
      break;
  }
  INVARIANT(false, "an operation without an action passed its guards");
  return nullptr;
}

// --- A campaign on its way to every shard ---

v1::Event* DecideCampaignAnnouncement(const v1::CampaignAnnouncement& announced,
                                      Arena& arena) {
  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::CampaignAdopted& adopted = *event->mutable_campaign_adopted();
  *adopted.mutable_campaign() = announced.campaign();
  adopted.set_home_shard(announced.home_shard());
  return event;
}

v1::Event* DecideCampaignAdoption(const State& state, const MessageFrom& from,
                                  const v1::CampaignAdoption& adoption,
                                  Arena& arena) {
  const Campaign* campaign =
      state.campaigns().Find(RowKey::Of(CampaignId{adoption.campaign_id()}));
  // Read by an owner that was fenced: its successor has defined the campaign.
  if (campaign == nullptr) return nullptr;

  auto* event = Arena::CreateMessage<v1::Event>(&arena);
  v1::CampaignAcknowledged& known = *event->mutable_campaign_acknowledged();
  known.set_campaign_id(adoption.campaign_id());
  known.set_shard(from.source.value);
  known.set_complete(campaign->awaited.size() == 1);
  known.set_operation_id(campaign->operation_id);
  known.set_operation_offset(campaign->operation_offset.value);
  return event;
}

}  // namespace slotlog
