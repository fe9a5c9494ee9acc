#include "tests/simulation/oracle/operation_rules.h"

#include "events/partitioner.h"
#include "tests/simulation/oracle/order.h"

namespace slotlog::oracle {
namespace {

template <typename Message>
bool AreAlike(const Message& a, const Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

std::string DoseOf(const v1::GiveDose& visit) {
  return visit.product() + "/" + visit.lot();
}

Right Refused(v1::Refusal refusal) { return {.refusals = {refusal}}; }
Right SoAlready() { return {.refusals = {}, .is_so = true}; }

/// Is it the event that does an operation of this kind?
bool DoesIt(const v1::Event& event, const v1::Operation& operation) {
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return event.has_site_defined() &&
             AreAlike(event.site_defined().site(), operation.define_site());
    case v1::Operation::kOpenSlots:
      return event.has_slots_opened() &&
             event.slots_opened().site_id() == operation.open_slots().site_id();
    case v1::Operation::kChangeCapacity: {
      const v1::CapacityChanged& is = event.capacity_changed();
      const v1::ChangeCapacity& should = operation.change_capacity();
      return event.has_capacity_changed() && is.site_id() == should.site_id() &&
             is.slot_id() == should.slot_id() &&
             is.capacity() == should.capacity();
    }
    case v1::Operation::kCloseSlot: {
      const v1::SlotClosed& is = event.slot_closed();
      const v1::CloseSlot& should = operation.close_slot();
      return event.has_slot_closed() && is.site_id() == should.site_id() &&
             is.slot_id() == should.slot_id() &&
             is.withdraw() == should.withdraw();
    }
    case v1::Operation::kCloseSite:
      return event.has_site_closed() &&
             event.site_closed().site_id() == operation.close_site().site_id();
    case v1::Operation::kCheckIn:
      return event.has_seat_checked_in() &&
             event.seat_checked_in().seat() == operation.check_in().seat() &&
             event.seat_checked_in().citizen_id() ==
                 operation.check_in().citizen_id();
    case v1::Operation::kGiveDose:
      return event.has_dose_given() &&
             event.dose_given().seat() == operation.give_dose().seat() &&
             event.dose_given().citizen_id() ==
                 operation.give_dose().citizen_id() &&
             event.dose_given().lot() == operation.give_dose().lot();
    case v1::Operation::kDefineCampaign:
      return event.has_campaign_defined() &&
             AreAlike(event.campaign_defined().campaign(),
                      operation.define_campaign().campaign());
    case v1::Operation::kChangeCampaign: {
      const v1::CampaignChanged& is = event.campaign_changed();
      const v1::ChangeCampaign& should = operation.change_campaign();
      return event.has_campaign_changed() &&
             AreAlike(is.campaign(), should.campaign()) &&
             is.stated_unix_ms() == should.effective_unix_ms();
    }
    case v1::Operation::ACTION_NOT_SET:
      break;
  }
  return false;
}

}  // namespace

void OperationRules::Judge(const v1::EventBatch& batch,
                           const v1::Event& event) {
  if (event.has_campaign_acknowledged()) return Acknowledge(batch, event);
  if (event.has_campaign_adopted()) {
    return campaigns_.Adopt(event.campaign_adopted(),
                            batch.decided_at_unix_ms());
  }
  if (event.cause_topic() != v1::TOPIC_OPERATIONS) return;
  const auto asked = record_.operations.find(event.cause_offset());
  if (asked == record_.operations.end() || !asked->second.is_readable) return;
  const v1::Operation& operation = asked->second.message;
  if (event.has_operation_refused()) {
    const v1::OperationRefused& refused = event.operation_refused();
    JudgeAnswer(event, asked->second);
    return Tell(batch, event, event.cause_offset(), v1::OUTCOME_REFUSED,
                refused.refusal(), refused.field());
  }
  // What an operation leads to within the shard has the same cause.
  if (!event.has_operation_repeated() && !DoesIt(event, operation)) return;
  JudgeAnswer(event, asked->second);
  if (!event.has_operation_repeated()) Do(batch, event, operation);
  const bool is_answered_later =
      (event.has_campaign_defined() || event.has_campaign_changed()) &&
      record_.shards.value > 1;
  if (is_answered_later) return;
  Tell(batch, event, event.cause_offset(), v1::OUTCOME_DONE,
       v1::REFUSAL_UNSPECIFIED, "");
}

void OperationRules::Tell(const v1::EventBatch& batch, const v1::Event& event,
                          int64_t offset, v1::Outcome outcome,
                          v1::Refusal refusal, const std::string& field) {
  const auto asked = record_.operations.find(offset);
  if (asked == record_.operations.end()) {
    return findings_.Add("operation {} is answered and was never asked",
                         offset);
  }
  v1::Confirmation told;
  told.set_topic(v1::TOPIC_OPERATIONS);
  told.set_offset(offset);
  told.set_command_id(asked->second.message.operation_id());
  told.set_outcome(outcome);
  told.set_refusal(refusal);
  told.set_field(field);
  answers_.Expect(batch, event, std::move(told));
}

/// The operation is done when the last shard knows the campaign.
void OperationRules::Acknowledge(const v1::EventBatch& batch,
                                 const v1::Event& event) {
  const v1::CampaignAcknowledged& known = event.campaign_acknowledged();
  campaigns_.Acknowledge(known);
  if (!known.complete()) return;
  Tell(batch, event, known.operation_offset(), v1::OUTCOME_DONE,
       v1::REFUSAL_UNSPECIFIED, "");
}

void OperationRules::JudgeAnswer(const v1::Event& event,
                                 const AskedOperation& asked) const {
  const v1::Refusal refusal = event.operation_refused().refusal();
  const Right right = RightAnswer(asked);
  const bool is_right = event.has_operation_refused()
                            ? right.refusals.contains(refusal)
                            : right.refusals.empty() &&
                                  right.is_so == event.has_operation_repeated();
  if (is_right) return;
  std::string reasons;
  for (const v1::Refusal one : right.refusals) {
    reasons += " " + v1::Refusal_Name(one);
  }
  findings_.Add("operation {} {{{}}} is answered by {{{}}}; right is{}{}",
                event.cause_offset(), asked.message.ShortDebugString(),
                event.ShortDebugString(),
                right.is_so ? " that it is so already" : "",
                reasons.empty() ? " yes" : reasons);
}

Right OperationRules::RightAnswer(const AskedOperation& asked) const {
  const v1::Operation& operation = asked.message;
  const auto faults = FaultsOf(operation);
  if (!faults.empty()) return {.refusals = faults};
  if (ShardOf(KeyOf(operation), record_.shards) != record_.shard) {
    return Refused(v1::REFUSAL_WRONG_PARTITION);
  }
  switch (operation.action_case()) {
    case v1::Operation::kDefineSite:
      return RightAnswer(operation.define_site());
    case v1::Operation::kOpenSlots:
      return RightAnswer(operation.open_slots());
    case v1::Operation::kChangeCapacity:
      return RightAnswer(operation.change_capacity());
    case v1::Operation::kCloseSlot:
      return RightAnswer(operation.close_slot());
    case v1::Operation::kCloseSite:
      return RightAnswer(operation.close_site());
    case v1::Operation::kCheckIn:
      return RightAnswer(operation.check_in());
    case v1::Operation::kGiveDose:
      return RightAnswer(operation.give_dose());
    case v1::Operation::kDefineCampaign:
      return campaigns_.RightAnswer(operation.define_campaign(),
                                    asked.asked_at_unix_ms);
    case v1::Operation::kChangeCampaign:
      return campaigns_.RightAnswer(operation.change_campaign(),
                                    asked.asked_at_unix_ms);
    case v1::Operation::ACTION_NOT_SET:
      break;
  }
  return Refused(v1::REFUSAL_ACTION_MISSING);
}

Right OperationRules::RightAnswer(const v1::DefineSite& define) const {
  const auto site = sites_.find(define.site_id());
  if (site == sites_.end()) return {};
  return AreAlike(site->second.definition, define)
             ? SoAlready()
             : Refused(v1::REFUSAL_SITE_EXISTS);
}

Right OperationRules::RightAnswer(const v1::OpenSlots& open) const {
  const auto site = sites_.find(open.site_id());
  if (site == sites_.end()) return Refused(v1::REFUSAL_SITE_UNKNOWN);
  if (site->second.is_closed) return Refused(v1::REFUSAL_SITE_CLOSED);
  Right right = SoAlready();
  for (const v1::Slot& wanted : open.slots()) {
    const Slot* slot = FindSlot(sites_, open.site_id(), wanted.slot_id());
    if (slot == nullptr) {
      right.is_so = false;
    } else if (slot->start_unix_ms != wanted.start_unix_ms() ||
               slot->end_unix_ms != wanted.end_unix_ms() ||
               slot->capacity != wanted.capacity() ||
               slot->day_yyyymmdd != wanted.day_yyyymmdd() ||
               slot->product != wanted.product()) {
      return Refused(v1::REFUSAL_SLOT_EXISTS);
    }
  }
  return right;
}

Right OperationRules::RightAnswer(const v1::ChangeCapacity& change) const {
  const Slot* slot = FindSlot(sites_, change.site_id(), change.slot_id());
  if (slot == nullptr) return Refused(v1::REFUSAL_SLOT_UNKNOWN);
  if (slot->capacity == change.capacity()) return SoAlready();
  if (slot->Taken() > change.capacity() && !change.release_excess()) {
    return Refused(v1::REFUSAL_CAPACITY_BELOW_SEATS_TAKEN);
  }
  return {};
}

Right OperationRules::RightAnswer(const v1::CloseSlot& close) const {
  const Slot* slot = FindSlot(sites_, close.site_id(), close.slot_id());
  if (slot == nullptr) return Refused(v1::REFUSAL_SLOT_UNKNOWN);
  return {.refusals = {}, .is_so = slot->is_closed && !close.withdraw()};
}

Right OperationRules::RightAnswer(const v1::CloseSite& close) const {
  const auto site = sites_.find(close.site_id());
  if (site == sites_.end()) return Refused(v1::REFUSAL_SITE_UNKNOWN);
  return {.refusals = {}, .is_so = site->second.is_closed};
}

template <typename Visit>
Seat* OperationRules::FindSeat(const Visit& visit) const {
  Slot* slot = FindSlot(sites_, visit.site_id(), visit.slot_id());
  if (slot == nullptr) return nullptr;
  const auto found = slot->seats.find(visit.seat());
  if (found == slot->seats.end()) return nullptr;
  Seat& seat = found->second;
  const bool is_his = seat.IsTaken() && seat.citizen_id == visit.citizen_id();
  return is_his ? &seat : nullptr;
}

Right OperationRules::RightAnswer(const v1::CheckIn& visit) const {
  const Seat* seat = FindSeat(visit);
  if (seat == nullptr) return Refused(v1::REFUSAL_SEAT_UNKNOWN);
  if (seat->state == SeatState::kHeld) {
    return Refused(v1::REFUSAL_SEAT_NOT_CONFIRMED);
  }
  if (seat->state == SeatState::kMissed)
    return Refused(v1::REFUSAL_SEAT_MISSED);
  return {.refusals = {}, .is_so = seat->IsVisited()};
}

Right OperationRules::RightAnswer(const v1::GiveDose& visit) const {
  const Seat* seat = FindSeat(visit);
  if (seat == nullptr) return Refused(v1::REFUSAL_SEAT_UNKNOWN);
  if (seat->state == SeatState::kHeld) {
    return Refused(v1::REFUSAL_SEAT_NOT_CONFIRMED);
  }
  if (seat->state == SeatState::kMissed)
    return Refused(v1::REFUSAL_SEAT_MISSED);
  if (seat->state != SeatState::kFulfilled) return {};
  return seat->product_and_lot == DoseOf(visit)
             ? SoAlready()
             : Refused(v1::REFUSAL_DOSE_ALREADY_GIVEN);
}

void OperationRules::Do(const v1::EventBatch& batch, const v1::Event& event,
                        const v1::Operation& operation) {
  if (operation.has_define_site()) {
    sites_[operation.define_site().site_id()].definition =
        operation.define_site();
  } else if (operation.has_open_slots()) {
    auto& slots = sites_[operation.open_slots().site_id()].slots;
    for (const v1::Slot& wanted : operation.open_slots().slots()) {
      if (slots.contains(wanted.slot_id())) continue;
      Slot& slot = slots[wanted.slot_id()];
      slot.start_unix_ms = wanted.start_unix_ms();
      slot.end_unix_ms = wanted.end_unix_ms();
      slot.day_yyyymmdd = wanted.day_yyyymmdd();
      slot.product = wanted.product();
      slot.capacity = wanted.capacity();
    }
  } else if (operation.has_change_capacity()) {
    const v1::ChangeCapacity& change = operation.change_capacity();
    Slot* slot = FindSlot(sites_, change.site_id(), change.slot_id());
    if (slot != nullptr) slot->capacity = change.capacity();
  } else if (operation.has_close_slot()) {
    const v1::CloseSlot& close = operation.close_slot();
    Slot* slot = FindSlot(sites_, close.site_id(), close.slot_id());
    if (slot == nullptr) return;
    slot->is_closed = true;
    slot->is_withdrawn = slot->is_withdrawn || close.withdraw();
  } else if (operation.has_close_site()) {
    Site& site = sites_[operation.close_site().site_id()];
    site.is_closed = true;
    for (auto& [slot_id, slot] : site.slots) slot.is_closed = true;
  } else if (operation.has_check_in()) {
    Seat* seat = FindSeat(operation.check_in());
    if (seat != nullptr) seat->state = SeatState::kCheckedIn;
  } else if (operation.has_give_dose()) {
    Seat* seat = FindSeat(operation.give_dose());
    if (seat == nullptr) return;
    seat->state = SeatState::kFulfilled;
    seat->product_and_lot = DoseOf(operation.give_dose());
  } else if (operation.has_define_campaign()) {
    campaigns_.Do(operation.define_campaign());
  } else if (operation.has_change_campaign()) {
    campaigns_.Do(event.campaign_changed(), batch.decided_at_unix_ms());
  }
}

}  // namespace slotlog::oracle
