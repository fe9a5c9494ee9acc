#include "tests/simulation/defects.h"

#include <set>
#include <string>
#include <utility>

#include "events/invariant.h"
#include "events/log/passing_log.h"
#include "services/reservation/row_key.h"
#include "services/shard/row_codec.h"

namespace slotlog {
namespace {

/// A store that says of some rows what is not so. What this process wrote
/// itself it reads as it was.
class LyingStore final : public Store {
 public:
  /// Changes the bytes of a row.
  using Lie = std::function<void(std::string_view key, std::string& value)>;

  LyingStore(std::unique_ptr<Store> store, Lie lie)
      : store_(std::move(store)), lie_(std::move(lie)) {}

  absl::StatusOr<std::optional<std::string>> ReadPosition() const override {
    return store_->ReadPosition();
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> Read(
      absl::Span<const std::string_view> keys) const override {
    auto rows = store_->Read(keys);
    if (!rows.ok()) return rows;
    for (size_t i = 0; i < keys.size(); ++i) {
      const bool is_own = own_.contains(keys[i]);
      if ((*rows)[i].has_value() && !is_own) lie_(keys[i], *(*rows)[i]);
    }
    return rows;
  }
  absl::Status Scan(
      std::string_view prefix,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return store_->Scan(prefix, visit);
  }
  absl::Status WriteCheckpoint(absl::Span<const RowChange> changes,
                               std::string_view position) override {
    for (const RowChange& change : changes) own_.emplace(change.key);
    return store_->WriteCheckpoint(changes, position);
  }

 private:
  const std::unique_ptr<Store> store_;
  const Lie lie_;
  std::set<std::string, std::less<>> own_;
};

Seams SeamsOf(LyingStore::Lie lie) {
  Seams seams;
  seams.store = [lie = std::move(lie)](std::unique_ptr<Store> store) {
    return std::make_unique<LyingStore>(std::move(store), lie);
  };
  return seams;
}

template <typename Row>
Row Decoded(const std::string& value) {
  auto row = DecodeRow<Row>(value);
  INVARIANT(row.ok(), "a store in memory is not damaged");
  return *std::move(row);
}

template <typename Row>
void Encoded(const Row& row, std::string& value) {
  value.clear();
  EncodeRow(row, value);
}

template <typename BrokenLog>
Seams SeamsOf() {
  Seams seams;
  seams.log = [](Log& log) { return std::make_unique<BrokenLog>(log); };
  return seams;
}

class NothingIsRefusedLog final : public PassingLog {
 public:
  using PassingLog::PassingLog;
  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override {
    auto producer = PassingLog::OpenProducer(transactional_id, std::move(stop));
    if (!producer.ok()) return producer.status();
    return std::make_unique<Producer>(*std::move(producer));
  }

 private:
  class Producer final : public TransactionalProducer {
   public:
    explicit Producer(std::unique_ptr<TransactionalProducer> producer)
        : producer_(std::move(producer)) {}
    absl::StatusOr<CommitOutcome> Commit(
        absl::Span<const NewRecord> records) override {
      auto outcome = producer_->Commit(records);
      const bool is_refused =
          outcome.ok() && *outcome == CommitOutcome::kNotDone;
      return is_refused ? CommitOutcome::kDone : outcome;
    }

   private:
    const std::unique_ptr<TransactionalProducer> producer_;
  };
};

class StableLog final : public PassingLog {
 public:
  using PassingLog::PassingLog;
  absl::StatusOr<Watermarks> WatermarksOf(
      TopicPartition partition) const override {
    auto watermarks = PassingLog::WatermarksOf(partition);
    if (watermarks.ok()) watermarks->high = watermarks->last_stable;
    return watermarks;
  }
};

}  // namespace

Seams SeatsForgottenAtTakeover() {
  return SeamsOf([](std::string_view key, std::string& value) {
    if (RowKey::KindOf(key) != RowKind::kSlot) return;
    Slot slot = Decoded<Slot>(value);
    slot.taken = 0;
    Encoded(slot, value);
  });
}

Seams LimitsForgottenAtTakeover() {
  return SeamsOf([](std::string_view key, std::string& value) {
    if (RowKey::KindOf(key) != RowKind::kSiteUse) return;
    SiteUse use = Decoded<SiteUse>(value);
    use.taken = 0;
    for (DayUse& day : use.days) day.taken = 0;
    Encoded(use, value);
  });
}

Seams FoldedThoughNotCommitted() { return SeamsOf<NothingIsRefusedLog>(); }

Seams CommandIdsForgotten() {
  return SeamsOf([](std::string_view key, std::string& value) {
    if (RowKey::KindOf(key) != RowKind::kCitizen) return;
    Citizen citizen = Decoded<Citizen>(value);
    citizen.answers.clear();
    Encoded(citizen, value);
  });
}

Seams TurnsIgnored() {
  Seams seams;
  seams.old_answers = OldAnswers::Turn::kForged;
  return seams;
}

Seams ReplayedToLastStableOffset() { return SeamsOf<StableLog>(); }

}  // namespace slotlog
