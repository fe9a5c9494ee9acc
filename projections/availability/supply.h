// Sites, slots and regions with what is left of them, in memory: what
// availability folds. Sums are kept, so that no look adds anything up; each
// thing knows the batch that changed it last, which is what ETags are made of.
//
// Rows: "s" site -> SupplySiteRow, "t" site slot -> SupplySlotRow.
//
// Threads: its owner's lock.

#pragma once

#include <absl/container/btree_set.h>
#include <absl/status/status.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "events/ids.h"
#include "projections/rows.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

/// A batch's number in its shard.
using BatchNumber = Number<struct BatchNumberTag, uint64_t>;

/// Of open slots.
struct SupplySum {
  int64_t capacity = 0;
  int64_t seats_left = 0;
  int64_t slots = 0;

  void Add(const SupplySum& more, int64_t times) {
    capacity += times * more.capacity;
    seats_left += times * more.seats_left;
    slots += times * more.slots;
  }
};

/// A day (0: not told) and a product (empty: not told).
using DayAndProduct = std::pair<uint32_t, std::string>;
using SumsByDay = std::map<DayAndProduct, SupplySum>;

struct SupplySlot {
  int64_t start_unix_ms = 0;
  int64_t end_unix_ms = 0;
  uint32_t day_yyyymmdd = 0;
  std::string product = {};
  int32_t capacity = 0;
  int32_t taken = 0;
  /// Set while more seats are taken than this.
  std::optional<int32_t> lowered_to;
  bool is_closed = false;
  bool has_begun = false;
  BatchNumber changed;
  /// Changed by the batch at hand.
  bool is_dirty = false;
  /// Of its day and product: its region's, and all regions'. Never null once
  /// it stands in its site.
  SupplySum* sum_in_region = nullptr;
  SupplySum* sum_in_all = nullptr;

  bool IsOpen() const { return !is_closed && !has_begun; }
  int64_t SeatsLeft() const;
  SupplySum Sum() const;
};

struct SupplyRegion;

struct SupplySite {
  std::string name;
  Shard shard;
  bool is_closed = false;
  BatchNumber changed;
  std::map<std::string, SupplySlot, std::less<>> slots;
  SupplySum sum;
  /// Its name in the regions, and itself; null until the site is defined.
  const std::string* region_name = nullptr;
  SupplyRegion* region = nullptr;
};

struct SupplyRegion {
  std::map<std::string_view, const SupplySite*> sites;
  SupplySum sum;
  SumsByDay by_day = {};
  /// By shard: the last batch that changed it.
  std::vector<BatchNumber> changed;
};

class Supply {
 public:
  absl::Status Load(const Rows& rows);
  void Fold(const v1::EventBatch& batch, Rows& rows);

  const std::map<std::string, SupplySite, std::less<>>& sites() const {
    return sites_;
  }
  const std::map<std::string, SupplyRegion, std::less<>>& regions() const {
    return regions_;
  }
  const SupplySum& sum() const { return sum_; }
  const SumsByDay& by_day() const { return by_day_; }
  const std::vector<BatchNumber>& changed() const { return changed_; }
  /// By shard: the last event folded.
  const std::vector<Sequence>& sequences() const { return sequences_; }

 private:
  class Batch;
  using SlotEntry = std::pair<const std::string, SupplySlot>;
  using SiteEntry = std::pair<const std::string, SupplySite>;
  /// By its start.
  using Beginning = std::tuple<int64_t, SiteEntry*, SlotEntry*>;

  void PutInRegion(SiteEntry& site, std::string_view region);
  void AddSlot(SiteEntry& site, SlotEntry& slot);
  /// To all sums in which the slot stands.
  void Add(const SupplySum& more, int64_t times, SiteEntry& site,
           SlotEntry& slot);
  void NoteChange(SupplySite& site, BatchNumber batch);
  void Reserve(size_t shards);

  std::map<std::string, SupplySite, std::less<>> sites_;
  std::map<std::string, SupplyRegion, std::less<>> regions_;
  SupplySum sum_;
  SumsByDay by_day_;
  std::vector<BatchNumber> changed_;
  std::vector<Sequence> sequences_;
  /// By shard: open slots that have not begun.
  std::vector<absl::btree_set<Beginning>> beginnings_;
};

}  // namespace slotlog
