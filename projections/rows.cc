#include "projections/rows.h"

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "events/invariant.h"
#include "projections/position.pb.h"

namespace slotlog {
namespace {

constexpr uint32_t kFormat = 1;

bool BeginsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

}  // namespace

absl::StatusOr<std::optional<Rows::Position>> Rows::ReadPosition(
    const Store& store) {
  auto bytes = store.ReadPosition();
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return std::nullopt;
  projected::PositionRow row;
  if (!row.ParseFromString(**bytes) || row.format() != kFormat) {
    return std::nullopt;
  }
  Position position{.label = {.log_id = row.log_id(),
                              .version = row.version(),
                              .layout = row.layout(),
                              .is_complete = row.is_complete()},
                    .shards = {}};
  for (const projected::ShardRow& shard : row.shards()) {
    FoldedTo& folded = position.shards.emplace_back();
    if (shard.batch_digest().size() != folded.batch_digest.size()) {
      return std::nullopt;
    }
    std::copy(shard.batch_digest().begin(), shard.batch_digest().end(),
              folded.batch_digest.begin());
    folded.batch_number = shard.batch_number();
    folded.batch_offset = Offset{shard.batch_offset()};
    folded.sequence = Sequence{shard.sequence()};
  }
  return position;
}

Rows::Rows(std::unique_ptr<Store> store, Position position,
           RowsExecutor executor)
    : store_(std::move(store)),
      executor_(std::move(executor)),
      position_(std::move(position)) {}

Rows::~Rows() { AwaitSaved().IgnoreError(); }

std::string Rows::EncodedPosition() const {
  projected::PositionRow row;
  row.set_format(kFormat);
  row.set_log_id(position_.label.log_id);
  row.set_version(position_.label.version);
  row.set_layout(position_.label.layout);
  row.set_is_complete(position_.label.is_complete);
  for (const FoldedTo& folded : position_.shards) {
    projected::ShardRow& shard = *row.add_shards();
    shard.set_batch_number(folded.batch_number);
    shard.set_batch_digest(folded.batch_digest.data(),
                           folded.batch_digest.size());
    shard.set_batch_offset(folded.batch_offset.value);
    shard.set_sequence(folded.sequence.value);
  }
  return Encode(row);
}

// --- Reading ---

absl::StatusOr<std::optional<std::string>> Rows::Find(
    std::string_view key) const {
  {
    const absl::ReaderMutexLock lock(&mutex_);
    if (const auto found = live_.find(key); found != live_.end()) {
      return found->second;
    }
    if (saving_ != nullptr) {
      const auto found = saving_->find(key);
      if (found != saving_->end()) return found->second;
    }
  }
  // What leaves memory stands in the store before.
  auto found = store_->Read({&key, 1});
  if (!found.ok()) return found.status();
  return std::move(found->front());
}

absl::Status Rows::Scan(
    std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>&
        visit) const {
  const absl::ReaderMutexLock lock(&mutex_);
  // The newest word on each key that is not only the store's.
  std::map<std::string_view, const std::optional<std::string>*> changed;
  for (const Changes* changes :
       {static_cast<const Changes*>(&live_), saving_.get()}) {
    if (changes == nullptr) continue;
    for (const auto& [key, value] : *changes) {
      if (BeginsWith(key, prefix)) changed.emplace(key, &value);
    }
  }
  auto next = changed.begin();
  bool goes_on = true;
  const auto visit_changed_before = [&](std::optional<std::string_view> key) {
    for (; goes_on && next != changed.end() &&
           (!key.has_value() || next->first < *key);
         ++next) {
      if (next->second->has_value())
        goes_on = visit(next->first, **next->second);
    }
  };
  const absl::Status scanned =
      store_->Scan(prefix, [&](std::string_view key, std::string_view value) {
        visit_changed_before(key);
        if (!goes_on) return false;
        if (next != changed.end() && next->first == key) return true;
        goes_on = visit(key, value);
        return goes_on;
      });
  if (!scanned.ok()) return scanned;
  visit_changed_before(std::nullopt);
  return absl::OkStatus();
}

FoldedTo Rows::ProgressOf(Shard shard) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return position_.shards.at(shard.value);
}

Rows::Position Rows::GetPosition() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return position_;
}

// --- Folding ---

std::optional<std::string> Rows::Get(std::string_view key) {
  if (const auto staged = staged_.find(key); staged != staged_.end()) {
    return staged->second;
  }
  auto found = Find(key);
  if (!found.ok()) return Fail(found.status()), std::nullopt;
  return *std::move(found);
}

void Rows::Put(std::string key, std::string value) {
  staged_.insert_or_assign(std::move(key), std::move(value));
}

void Rows::Erase(std::string key) {
  staged_.insert_or_assign(std::move(key), std::nullopt);
}

void Rows::Commit(Shard shard, const FoldedTo& progress) {
  const absl::MutexLock lock(&mutex_);
  for (auto row = staged_.begin(); row != staged_.end();) {
    auto node = staged_.extract(row++);
    live_.insert_or_assign(std::move(node.key()), std::move(node.mapped()));
  }
  staged_.clear();
  position_.shards.at(shard.value) = progress;
}

void Rows::MarkComplete() {
  const absl::MutexLock lock(&mutex_);
  position_.label.is_complete = true;
}

// --- Checkpoints ---

size_t Rows::unsaved_rows() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return live_.size();
}

bool Rows::IsSaving() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return is_saving_;
}

void Rows::BeginSaving() {
  std::shared_ptr<const Changes> changes;
  std::string position;
  {
    const absl::MutexLock lock(&mutex_);
    INVARIANT(!is_saving_, "one checkpoint at a time");
    is_saving_ = true;
    saving_ = std::make_shared<const Changes>(std::exchange(live_, Changes()));
    live_.reserve(saving_->size());  // the next one will be about as large
    changes = saving_;
    position = EncodedPosition();
  }
  if (executor_ == nullptr) return Write(std::move(changes), position);
  executor_([this, changes = std::move(changes),
             position = std::move(position)]() mutable {
    Write(std::move(changes), std::move(position));
  });
}

void Rows::Write(std::shared_ptr<const Changes> changes, std::string position) {
  std::vector<RowChange> rows;
  rows.reserve(changes->size());
  for (const auto& [key, value] : *changes) {
    rows.push_back({.key = key, .value = value});
  }
  std::sort(
      rows.begin(), rows.end(),
      [](const RowChange& a, const RowChange& b) { return a.key < b.key; });
  absl::Status written = store_->WriteCheckpoint(rows, position);
  const absl::MutexLock lock(&mutex_);
  if (!written.ok()) {
    for (const auto& [key, value] : *changes) live_.emplace(key, value);
  }
  saving_ = nullptr;
  saved_ = std::move(written);
  is_saving_ = false;
}

absl::Status Rows::AwaitSaved() {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](bool* is_saving) { return !*is_saving; }, &is_saving_));
  return saved_;
}

absl::Status Rows::Save() {
  if (auto before = AwaitSaved();
      !before.ok() && !absl::IsResourceExhausted(before)) {
    return before;
  }
  BeginSaving();
  return AwaitSaved();
}

}  // namespace slotlog
