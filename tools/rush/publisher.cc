#include "tools/rush/publisher.h"

#include <utility>

#include "events/codec.h"
#include "events/invariant.h"

namespace slotlog {
namespace {

/// Of a command of a rehearsal, key and value together.
constexpr size_t kCommandBytesMax = 512;

}  // namespace

CommandBatch::CommandBatch(size_t records_max)
    : records_max_(records_max), offsets_(std::vector<Offset>()) {
  records_.reserve(records_max);
  bytes_.reserve(records_max * kCommandBytesMax);
}

void CommandBatch::Add(TopicPartition to, std::string_view key,
                       const google::protobuf::MessageLite& value) {
  const size_t key_at = bytes_.size();
  bytes_.append(key);
  const size_t value_at = bytes_.size();
  EncodeTo(value, bytes_);
  INVARIANT(bytes_.size() - key_at <= kCommandBytesMax && !full(),
            "a command that a batch has no room for");
  const std::string_view bytes = bytes_;
  records_.push_back(
      {to, bytes.substr(key_at, key.size()), bytes.substr(value_at)});
}

void CommandBatch::Remove(const std::vector<bool>& which) {
  size_t index = 0;
  std::erase_if(records_, [&](const NewRecord&) { return which[index++]; });
}

void CommandBatch::Clear() {
  bytes_.clear();
  records_.clear();
}

Publisher::Publisher(Log& log, size_t threads, size_t records_max) : log_(log) {
  // One more, to be filled while each thread appends one.
  for (size_t i = 0; i < threads + 1; ++i) {
    idle_.push_back(std::make_unique<CommandBatch>(records_max));
  }
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Run(); });
  }
}

Publisher::~Publisher() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

std::unique_ptr<CommandBatch> Publisher::TakeIdle() {
  if (idle_.empty()) return nullptr;
  auto batch = std::move(idle_.back());
  idle_.pop_back();
  batch->Clear();
  return batch;
}

void Publisher::GiveBack(std::unique_ptr<CommandBatch> batch) {
  idle_.push_back(std::move(batch));
}

void Publisher::Publish(std::unique_ptr<CommandBatch> batch) {
  ++under_way_;
  absl::MutexLock lock(&mutex_);
  queued_.push_back(std::move(batch));
}

std::unique_ptr<CommandBatch> Publisher::TakePublished() {
  absl::MutexLock lock(&mutex_);
  if (published_.empty()) return nullptr;
  auto batch = std::move(published_.front());
  published_.pop_front();
  --under_way_;
  return batch;
}

void Publisher::Run() {
  const auto something_to_do = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return closing_ || !queued_.empty();
  };
  while (true) {
    std::unique_ptr<CommandBatch> batch;
    {
      absl::MutexLock lock(&mutex_, absl::Condition(&something_to_do));
      if (queued_.empty()) return;
      batch = std::move(queued_.front());
      queued_.pop_front();
    }
    batch->offsets_ = log_.Append(batch->records_);
    absl::MutexLock lock(&mutex_);
    published_.push_back(std::move(batch));
  }
}

}  // namespace slotlog
