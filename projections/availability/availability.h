// Seats left: by slot, by site, by region and in all, for whatever campaign; by
// region and in all also by day and product, as far as slots tell them. Kept in
// memory, with rows behind it; a look costs the same however many seats are
// taken.
//
// The answers that everybody asks for are kept ready to send, as JSON: made
// again only after something in them has changed, by the first who asks, and
// while that one makes them the others get what there was. Their ETag is made
// of the position at which they changed last: two servers that know the same
// give the same.
//
// A seat is left where its slot is open, has not begun by the line's time, and
// has fewer seats taken than capacity. Shards' times differ a little, and so do
// those of a quiet shard and the clock: a slot that has just begun may be here.
//
// Threads and ownership: projection.h.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "projections/projection.h"
#include "projections/ticket.h"

namespace slotlog {

class Supply;

struct SlotAvailability {
  std::string slot_id;
  absl::Time start;
  absl::Time end;
  /// 20210726; 0: not told.
  uint32_t day_yyyymmdd = 0;
  /// Empty: not told.
  std::string product = {};
  int64_t capacity = 0;
  int64_t seats_left = 0;
  /// Neither closed nor begun.
  bool is_open = false;
};

struct SiteAvailability {
  std::string site_id;
  std::string name;
  std::string region;
  bool is_open = false;
  /// Of open slots.
  int64_t capacity = 0;
  int64_t seats_left = 0;
  int64_t slots = 0;
};

struct Stock {
  int64_t capacity = 0;
  int64_t seats_left = 0;
};

/// An answer to be sent as it is.
struct ReadyAnswer {
  std::string body;
  /// With its quotation marks.
  std::string etag;
  /// What it knows.
  std::vector<ShardPosition> position;
};

/// How fresh an answer must be.
enum class Freshness {
  /// It may lack what changed in the last tenth of a second.
  kRecent,
  /// Everything that is folded: for who has seen a later position.
  kNow,
};

class Availability final : public Projection {
 public:
  static constexpr std::string_view kName = "availability";
  static constexpr uint32_t kVersion = 2;
  static constexpr uint32_t kLayout = 1;

  Availability(std::unique_ptr<Rows> rows, std::function<absl::Time()> clock);
  ~Availability() override;

  absl::Status Load() override;
  void Fold(const v1::EventBatch& batch) override;

  /// The schemas of services/query/openapi.json: RegionList, Region, Slots.
  /// Null: no such region, no such site. A region that has sites exists.
  std::shared_ptr<const ReadyAnswer> Regions(Freshness freshness) const;
  std::shared_ptr<const ReadyAnswer> Region(std::string_view region,
                                            Freshness freshness) const;
  std::shared_ptr<const ReadyAnswer> Slots(SiteId site,
                                           Freshness freshness) const;

  /// In all, or of one region (nothing, where there is no such region).
  Stock StockLeft() const;
  Stock StockLeft(std::string_view region) const;

  /// In order of the sites' ids, those after `after`, at most `max`; with a
  /// region, its own only.
  std::vector<SiteAvailability> Sites(std::optional<std::string_view> region,
                                      std::string_view after, size_t max) const;
  /// In order of their start. None: no such site.
  std::optional<std::vector<SlotAvailability>> SlotsOf(SiteId site) const;
  std::optional<SiteAvailability> FindSite(SiteId site) const;

 private:
  class Answers;

  const std::string log_id_;

  mutable absl::Mutex mutex_;
  const std::unique_ptr<Supply> supply_ ABSL_PT_GUARDED_BY(mutex_);
  const std::unique_ptr<Answers> answers_;
};

}  // namespace slotlog
