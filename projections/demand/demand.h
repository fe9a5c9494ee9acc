// What was asked for, and why it was refused: by the minute of asked_at, the
// citizen's region as far as the campaign looked at it, campaign and cohort.
// Refused demand is what planners need. Bounded in minutes and in cells: what
// does not fit is counted in the cell without names, and in the totals.
//
// Threads and ownership: projection.h.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "projections/projection.h"
#include "slotlog/v1/confirmations.pb.h"

namespace slotlog {

struct DemandCount {
  /// Commands that ask for a seat: to book, hold, reschedule or wait for one.
  int64_t requests = 0;
  /// Of them, those that got one.
  int64_t confirmed = 0;
  int64_t refused = 0;
  std::map<v1::Refusal, int64_t> refusals;

  friend bool operator==(const DemandCount&, const DemandCount&) = default;
};

struct DemandCell {
  /// Whole minutes, of asked_at.
  absl::Time minute;
  std::string campaign_id;
  /// Empty: not looked at.
  std::string region;
  /// Index in the campaign.
  uint32_t cohort = 0;

  friend bool operator==(const DemandCell&, const DemandCell&) = default;
  friend bool operator<(const DemandCell& a, const DemandCell& b) {
    return std::tie(a.minute, a.campaign_id, a.region, a.cohort) <
           std::tie(b.minute, b.campaign_id, b.region, b.cohort);
  }
};

struct DemandRow {
  DemandCell cell;
  DemandCount count;
};

struct DemandReport {
  /// From the beginning, whatever was asked for.
  DemandCount totals;
  std::vector<DemandRow> rows;
  /// False: rows were left out, here or by the limits.
  bool is_complete = true;
};

struct DemandQuery {
  absl::Time from = absl::InfinitePast();
  absl::Time to = absl::InfiniteFuture();
  std::optional<std::string> region = {};
  size_t rows_max = 10'000;
};

/// The cells, as many as are kept.
class DemandTable {
 public:
  /// The cell that stands for this one: of more cells in a minute than are
  /// kept apart, the one without names.
  DemandCell PlaceOf(const DemandCell& cell) const;
  DemandCount& At(const DemandCell& cell);
  void Put(const DemandCell& cell, DemandCount count);
  /// The oldest cell, dropped because there are too many. None: there are not.
  std::optional<DemandCell> DropOldest();

  const std::map<DemandCell, DemandCount>& cells() const { return cells_; }

  DemandCount totals;
  bool has_dropped = false;

 private:
  std::map<DemandCell, DemandCount> cells_;
  std::map<absl::Time, size_t> cells_in_minute_;
};

class Demand final : public Projection {
 public:
  static constexpr std::string_view kName = "demand";
  static constexpr uint32_t kVersion = 1;
  static constexpr uint32_t kLayout = 1;

  explicit Demand(std::unique_ptr<Rows> rows);

  absl::Status Load() override;
  void Fold(const v1::EventBatch& batch) override;

  /// In order of minutes, campaigns, regions and cohorts; the newest rows, if
  /// there are more than asked for. The totals are of everything, whatever the
  /// query asks.
  DemandReport Report(const DemandQuery& query) const;

 private:
  mutable absl::Mutex mutex_;
  DemandTable table_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace slotlog
