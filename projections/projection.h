// A projection is a fold of the events of all shards into rows that somebody
// wants to read: pure, so that the same events give the same rows, and never
// asked by a decision. Each read model is one class that folds and answers:
//
//   class Appointments final : public Projection {
//    public:
//     static constexpr std::string_view kName = "appointments";
//     static constexpr uint32_t kVersion = 1;
//     static constexpr uint32_t kLayout = 1;
//     explicit Appointments(std::unique_ptr<Rows> rows);
//     void Fold(const v1::EventBatch& batch) override;
//     absl::StatusOr<std::vector<Appointment>> OfCitizen(CitizenId) const;
//   };
//
// kVersion changes with what the rows say, kLayout with how they say it. Rows
// of another version are folded anew; those of the same layout are read until
// the new ones have caught up (feed.h).
//
// Threads: Load and Fold belong to the feed's thread, one after the other; what
// readers call is const, may come from any thread beside them and sees whole
// batches only.

#pragma once

#include <absl/status/status.h>

#include <memory>
#include <utility>

#include "projections/rows.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

class Projection {
 public:
  explicit Projection(std::unique_ptr<Rows> rows) : rows_(std::move(rows)) {}
  virtual ~Projection() = default;

  /// Brings back what it keeps in memory beside its rows. Called once, before
  /// anything is folded or read.
  virtual absl::Status Load() { return absl::OkStatus(); }

  /// Folds the next batch of its shard into the rows, which the feed commits
  /// then. A row that cannot be read stands in rows().status(), and what was
  /// folded is thrown away.
  virtual void Fold(const v1::EventBatch& batch) = 0;

  Rows& rows() { return *rows_; }
  const Rows& rows() const { return *rows_; }

 private:
  const std::unique_ptr<Rows> rows_;
};

}  // namespace slotlog
