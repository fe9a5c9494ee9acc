#include "tests/simulation/oracle/answers.h"

#include <algorithm>

#include "tests/simulation/oracle/wish.h"

namespace slotlog::oracle {

void Answers::Expect(const v1::EventBatch& batch, const v1::Event& event,
                     v1::Confirmation confirmation) {
  const bool is_first =
      answered_.insert({confirmation.topic(), confirmation.offset()}).second;
  if (!is_first) {
    findings_.Add("{} {} is answered twice",
                  v1::Topic_Name(confirmation.topic()), confirmation.offset());
  }
  confirmation.set_citizen_sequence(event.sequence());
  confirmation.set_asked_at_unix_ms(event.asked_at_unix_ms());
  confirmation.set_decided_at_unix_ms(batch.decided_at_unix_ms());
  v1::ConfirmationRecord& expected = expected_.emplace_back();
  expected.set_number(expected_.size());
  *expected.mutable_confirmation() = std::move(confirmation);
}

void Answers::Expect(v1::Notice notice) {
  v1::ConfirmationRecord& expected = expected_.emplace_back();
  expected.set_number(expected_.size());
  *expected.mutable_notice() = std::move(notice);
}

void Answers::Check(bool is_at_rest) const {
  const auto& told = record_.confirmations;
  const size_t both = std::min(told.size(), expected_.size());
  for (size_t i = 0; i < both; ++i) {
    if (told[i].SerializeAsString() == expected_[i].SerializeAsString()) {
      continue;
    }
    return findings_.Add("told {{{}}} where {{{}}} is right",
                         told[i].ShortDebugString(),
                         expected_[i].ShortDebugString());
  }
  if (!is_at_rest) return;
  if (told.size() != expected_.size()) {
    findings_.Add("{} confirmations and notices were told, {} should have been",
                  told.size(), expected_.size());
  }
  CheckEverybodyIsAnswered();
  CheckDeadLetters();
}

void Answers::CheckEverybodyIsAnswered() const {
  const auto check = [&](v1::Topic topic, int64_t offset, bool wants_answer) {
    if (IsAnswered(topic, offset) == wants_answer) return;
    findings_.Add("{} {} is {}answered", v1::Topic_Name(topic), offset,
                  wants_answer ? "not " : "");
  };
  for (const auto& [offset, asked] : record_.commands) {
    check(v1::TOPIC_COMMANDS, offset,
          asked.is_readable && !asked.message.has_tick());
  }
  for (const auto& [offset, asked] : record_.operations) {
    check(v1::TOPIC_OPERATIONS, offset, asked.is_readable);
  }
}

void Answers::CheckDeadLetters() const {
  std::multiset<std::pair<v1::Topic, int64_t>> buried;
  for (const v1::DeadLetter& letter : record_.dead_letters) {
    buried.insert({letter.topic(), letter.offset()});
  }
  std::multiset<std::pair<v1::Topic, int64_t>> unreadable;
  for (const auto& [offset, asked] : record_.commands) {
    if (!asked.is_readable) unreadable.insert({v1::TOPIC_COMMANDS, offset});
  }
  for (const auto& [offset, asked] : record_.operations) {
    if (!asked.is_readable) unreadable.insert({v1::TOPIC_OPERATIONS, offset});
  }
  if (buried != unreadable) {
    findings_.Add("{} dead letters stand for {} unreadable records",
                  buried.size(), unreadable.size());
  }
}

}  // namespace slotlog::oracle
