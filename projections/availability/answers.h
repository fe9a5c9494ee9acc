// Answers about what is left, as JSON that is ready to send, each made when it
// is first asked for and again when what it says has changed. While somebody
// makes one, whoever needs nothing newer takes the one there was.
//
// Threads: any.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "projections/availability/availability.h"
#include "projections/availability/supply.h"

namespace slotlog {

class Availability::Answers {
 public:
  explicit Answers(std::function<absl::Time()> clock)
      : clock_(std::move(clock)) {}

  /// Who makes an answer: given the ETag of the one there is, null where that
  /// is still right.
  using Make =
      std::function<std::shared_ptr<const ReadyAnswer>(std::string_view etag)>;
  std::shared_ptr<const ReadyAnswer> Get(std::string_view name,
                                         Freshness freshness, const Make& make);

 private:
  struct Entry {
    absl::Mutex mutex;
    bool is_being_made ABSL_GUARDED_BY(mutex) = false;
    absl::Time looked_at ABSL_GUARDED_BY(mutex) = absl::InfinitePast();
    std::shared_ptr<const ReadyAnswer> answer ABSL_GUARDED_BY(mutex);
  };
  Entry& EntryOf(std::string_view name);

  const std::function<absl::Time()> clock_;
  absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_
      ABSL_GUARDED_BY(mutex_);
};

/// The bodies.
std::string WriteRegions(const Supply& supply);
std::string WriteRegion(std::string_view name, const SupplyRegion& region);
std::string WriteSlots(std::string_view site_id, const SupplySite& site);

}  // namespace slotlog
