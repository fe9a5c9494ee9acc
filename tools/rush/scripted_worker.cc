#include "tools/rush/scripted_worker.h"

#include <algorithm>

#include "events/codec.h"
#include "events/invariant.h"

namespace slotlog {
namespace {

constexpr size_t kFetchRecordsMax = 100;
constexpr size_t kFetchBytesMax = 1 << 20;

v1::Confirmation Refused(v1::Refusal refusal) {
  v1::Confirmation confirmation;
  confirmation.set_outcome(v1::OUTCOME_REFUSED);
  confirmation.set_refusal(refusal);
  return confirmation;
}

v1::Refusal JudgeRounds(const v1::Campaign& campaign, uint32_t digit,
                        int64_t asked_at_unix_ms) {
  v1::Refusal refusal = v1::REFUSAL_WINDOW_NOT_OPEN;
  for (const v1::Round& round : campaign.rounds()) {
    if (asked_at_unix_ms < round.opens_unix_ms() ||
        asked_at_unix_ms >= round.closes_unix_ms()) {
      continue;
    }
    const auto& digits = round.birth_day_digits();
    if (digits.empty() ||
        std::find(digits.begin(), digits.end(), digit) != digits.end()) {
      return v1::REFUSAL_UNSPECIFIED;
    }
    refusal = v1::REFUSAL_NOT_YOUR_DAY;
  }
  return refusal;
}

v1::Confirmation Done(v1::Outcome outcome,
                      const std::pair<std::string, std::string>& slot) {
  v1::Confirmation confirmation;
  confirmation.set_outcome(outcome);
  confirmation.set_site_id(slot.first);
  confirmation.set_slot_id(slot.second);
  return confirmation;
}

}  // namespace

ScriptedWorker::ScriptedWorker(Log& log)
    : log_(log), numbers_(log.Shards().value) {
  std::vector<Position> from;
  for (Shard shard{0}; shard.value < log.Shards().value; ++shard) {
    from.push_back({{Topic::kOperations, shard}, Offset{0}});
    from.push_back({{Topic::kCommands, shard}, Offset{0}});
  }
  auto consumer = log.OpenConsumer(from);
  INVARIANT(consumer.ok(), "the test's log cannot be read");
  consumer_ = *std::move(consumer);
}

void ScriptedWorker::Start() {
  stops_ = false;
  thread_ = std::thread([this] { Run(); });
}

void ScriptedWorker::Stop() {
  stops_ = true;
  if (thread_.joinable()) thread_.join();
}

void ScriptedWorker::Run() {
  while (!stops_) {
    for (Shard shard{0}; shard.value < log_.Shards().value; ++shard) {
      DecideAll(Topic::kOperations, shard);
      DecideAll(Topic::kCommands, shard);
    }
    if (!keeps_holds_) ExpireHolds();
    consumer_->AwaitRecords(absl::Milliseconds(1));
  }
}

void ScriptedWorker::DecideAll(Topic topic, Shard shard) {
  auto batch =
      consumer_->Fetch({topic, shard}, kFetchRecordsMax, kFetchBytesMax);
  INVARIANT(batch.ok(), "the test's log cannot be read");
  for (const Record& record : batch->records) {
    const int64_t asked_at_unix_ms = absl::ToUnixMillis(record.timestamp);
    v1::Confirmation confirmation;
    if (topic == Topic::kOperations) {
      v1::Operation operation;
      Decode(record.value, kInputBytesMax, operation);
      confirmation = Decide(operation);
      confirmation.set_topic(v1::TOPIC_OPERATIONS);
      confirmation.set_command_id(operation.operation_id());
    } else {
      v1::Command command;
      Decode(record.value, kInputBytesMax, command);
      confirmation = Decide(command, asked_at_unix_ms);
      confirmation.set_topic(v1::TOPIC_COMMANDS);
      confirmation.set_command_id(command.command_id());
      confirmation.set_citizen_id(command.citizen_id());
      if (confirmation.outcome() == v1::OUTCOME_HELD) {
        held_[command.citizen_id()].shard = shard;
      }
      ++commands_answered_;
    }
    confirmation.set_offset(record.offset.value);
    confirmation.set_asked_at_unix_ms(asked_at_unix_ms);
    Write(shard, confirmation);
  }
}

v1::Confirmation ScriptedWorker::Decide(const v1::Operation& operation) {
  if (refuses_operations_) return Refused(v1::REFUSAL_SITE_EXISTS);
  if (operation.has_open_slots()) {
    for (const v1::Slot& slot : operation.open_slots().slots()) {
      slots_[{operation.open_slots().site_id(), slot.slot_id()}].capacity =
          slot.capacity();
    }
  }
  if (operation.has_define_campaign()) {
    const v1::Campaign& campaign = operation.define_campaign().campaign();
    campaigns_[campaign.campaign_id()] = campaign;
  }
  v1::Confirmation confirmation;
  confirmation.set_outcome(v1::OUTCOME_DONE);
  return confirmation;
}

v1::Confirmation ScriptedWorker::Decide(const v1::Command& command,
                                        int64_t asked_at_unix_ms) {
  const auto [answer, is_new] = answers_.try_emplace(command.command_id());
  if (!is_new) {
    v1::Confirmation repeated = answer->second;
    repeated.set_repeated(true);
    return repeated;
  }
  answer->second = DecideNew(command, asked_at_unix_ms);
  return answer->second;
}

v1::Confirmation ScriptedWorker::DecideNew(const v1::Command& command,
                                           int64_t asked_at_unix_ms) {
  const auto appointment = appointments_.find(command.citizen_id());
  if (command.has_cancel()) {
    if (appointment == appointments_.end()) {
      return Refused(v1::REFUSAL_NOTHING_TO_CANCEL);
    }
    const SlotName slot = appointment->second;
    --slots_[slot].taken;
    appointments_.erase(appointment);
    return Done(v1::OUTCOME_CANCELLED, slot);
  }
  if (command.has_confirm()) return DecideConfirm(command.citizen_id());
  const bool holds = command.has_hold();
  const v1::Campaign& campaign =
      campaigns_[holds ? command.hold().campaign_id()
                       : command.book().campaign_id()];
  const v1::Cohort& cohort = campaign.cohorts(0);
  const uint32_t born = command.profile().birth_date_yyyymmdd();
  if (born < cohort.born_from_yyyymmdd() || born > cohort.born_to_yyyymmdd()) {
    return Refused(v1::REFUSAL_NOT_ELIGIBLE);
  }
  const v1::Refusal not_now =
      JudgeRounds(campaign, born % 10, asked_at_unix_ms);
  if (not_now != v1::REFUSAL_UNSPECIFIED) return Refused(not_now);
  if (appointment != appointments_.end()) {
    return Refused(v1::REFUSAL_ALREADY_BOOKED);
  }
  const SlotName slot =
      holds ? SlotName{command.hold().site_id(), command.hold().slot_id()}
            : SlotName{command.book().site_id(), command.book().slot_id()};
  SlotState& state = slots_[slot];
  if (state.taken >= state.capacity && !ignores_capacity_) {
    return Refused(v1::REFUSAL_SLOT_FULL);
  }
  ++state.taken;
  if (holds) {
    held_[command.citizen_id()] = {
        slot, absl::Now() + absl::Seconds(campaign.hold_seconds()), Shard{0}};
    return Done(v1::OUTCOME_HELD, slot);
  }
  appointments_[command.citizen_id()] = slot;
  return Done(v1::OUTCOME_BOOKED, slot);
}

v1::Confirmation ScriptedWorker::DecideConfirm(const std::string& citizen) {
  const auto held = held_.find(citizen);
  if (held == held_.end()) return Refused(v1::REFUSAL_NOTHING_TO_CONFIRM);
  const SlotName slot = held->second.slot;
  appointments_[citizen] = slot;
  held_.erase(held);
  return Done(v1::OUTCOME_BOOKED, slot);
}

void ScriptedWorker::ExpireHolds() {
  const absl::Time now = absl::Now();
  for (auto held = held_.begin(); held != held_.end();) {
    const auto& [citizen, seat] = *held;
    if (seat.deadline > now) {
      ++held;
      continue;
    }
    --slots_[seat.slot].taken;
    v1::ConfirmationRecord record;
    v1::Notice& notice = *record.mutable_notice();
    notice.set_kind(v1::NOTICE_KIND_HOLD_EXPIRED);
    notice.set_citizen_id(citizen);
    notice.set_site_id(seat.slot.first);
    notice.set_slot_id(seat.slot.second);
    WriteRecord(seat.shard, citizen, std::move(record));
    held = held_.erase(held);
  }
}

void ScriptedWorker::WriteRecord(Shard shard, const std::string& key,
                                 v1::ConfirmationRecord record) {
  record.set_number(++numbers_[shard.value]);
  const std::string value = Encode(record);
  const NewRecord written{{Topic::kConfirmations, shard}, key, value};
  INVARIANT(log_.Append({&written, 1}).ok(),
            "the test's log cannot be written");
}

void ScriptedWorker::Write(Shard shard, const v1::Confirmation& confirmation) {
  const bool is_command = confirmation.topic() == v1::TOPIC_COMMANDS;
  const uint64_t command = is_command ? commands_answered_.load() : 0;
  if (is_command && command == forgotten_) return;
  if (is_command && command == skipped_) ++numbers_[shard.value];
  const int copies = is_command && command == twice_ ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    v1::ConfirmationRecord record;
    *record.mutable_confirmation() = confirmation;
    WriteRecord(shard, confirmation.citizen_id(), std::move(record));
  }
}

}  // namespace slotlog
