#include "projections/waits.h"

#include <limits>

namespace slotlog {

WaitId Waits::AddSequence(Shard shard, Sequence sequence, Callback done) {
  return Add({Kind::kSequence, shard, sequence.value}, std::move(done));
}

WaitId Waits::AddAnswer(Ticket ticket, Callback done) {
  return Add(
      {Kind::kAnswer, ticket.shard, static_cast<uint64_t>(ticket.offset.value)},
      std::move(done));
}

WaitId Waits::AddOperationAnswer(Ticket record, Callback done) {
  return Add({Kind::kOperation, record.shard,
              static_cast<uint64_t>(record.offset.value)},
             std::move(done));
}

WaitId Waits::Add(Key key, Callback done) {
  const absl::MutexLock lock(&mutex_);
  const WaitId id{++last_id_};
  callbacks_.emplace(std::pair(key, id), std::move(done));
  keys_.emplace(id, key);
  size_ = callbacks_.size();
  return id;
}

bool Waits::Cancel(WaitId id) {
  Callback ends_outside_of_the_lock;
  const absl::MutexLock lock(&mutex_);
  const auto key = keys_.find(id);
  if (key == keys_.end()) return false;
  const auto callback = callbacks_.find({key->second, id});
  ends_outside_of_the_lock = std::move(callback->second);
  callbacks_.erase(callback);
  keys_.erase(key);
  size_ = callbacks_.size();
  return true;
}

void Waits::Folded(Shard shard, Sequence sequence) {
  Call({Kind::kSequence, shard, 0}, {Kind::kSequence, shard, sequence.value});
}

void Waits::Answered(Ticket ticket) {
  const Key key{Kind::kAnswer, ticket.shard,
                static_cast<uint64_t>(ticket.offset.value)};
  Call(key, key);
}

void Waits::OperationAnswered(Ticket record) {
  const Key key{Kind::kOperation, record.shard,
                static_cast<uint64_t>(record.offset.value)};
  Call(key, key);
}

void Waits::Hold() {
  const absl::MutexLock lock(&mutex_);
  is_held_ = true;
}

void Waits::Release() {
  {
    const absl::MutexLock lock(&mutex_);
    is_held_ = false;
  }
  Call(kDue, kDue);
}

void Waits::Call(Key first, Key last) {
  if (size_ == 0) return;
  std::vector<Callback> due;
  {
    const absl::MutexLock lock(&mutex_);
    const auto begin = callbacks_.lower_bound({first, WaitId{0}});
    const auto end = callbacks_.upper_bound(
        {last, WaitId{std::numeric_limits<uint64_t>::max()}});
    for (auto callback = begin; callback != end; ++callback) {
      const WaitId id = callback->first.second;
      if (is_held_) {
        keys_.at(id) = kDue;
        callbacks_.emplace(std::pair(kDue, id), std::move(callback->second));
      } else {
        keys_.erase(id);
        due.push_back(std::move(callback->second));
      }
    }
    callbacks_.erase(begin, end);
    size_ = callbacks_.size();
  }
  for (const Callback& callback : due) callback();
}

}  // namespace slotlog
