// Appointments: of a citizen, one for each campaign, as the citizen's shard
// knows them; and of a site's day, seat by seat, as the site's shard knows
// them. States are FHIR R5's AppointmentStatus. A citizen is checked in when
// the site says so; all else about a citizen's appointment says the citizen's
// shard.
//
// Threads and ownership: projection.h.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "projections/projection.h"

namespace slotlog {

/// FHIR R5 AppointmentStatus, as far as we have it.
enum class AppointmentStatus : uint8_t {
  /// Held, or offered, until the deadline.
  kPending = 1,
  kBooked = 2,
  kWaitlist = 3,
  kCheckedIn = 4,
  kFulfilled = 5,
  /// Given up, run out, or taken back by the site.
  kCancelled = 6,
  kNoShow = 7,
};
/// "pending", "checked-in", "noshow".
std::string_view NameOf(AppointmentStatus status);

struct Appointment {
  std::string citizen_id = {};
  std::string campaign_id = {};
  AppointmentStatus status = AppointmentStatus::kCancelled;
  /// Empty for a region's waitlist; the slot empty for a site's.
  std::string site_id = {};
  std::string slot_id = {};
  /// 0: none.
  SeatNumber seat = {};
  /// The slot's; none while its shard's events are behind.
  std::optional<absl::Time> start = {};
  std::optional<absl::Time> end = {};
  /// Of a hold or an offer, while it is pending.
  std::optional<absl::Time> deadline = {};
  /// Where a waitlist is a region's.
  std::string region = {};
};

class Appointments final : public Projection {
 public:
  static constexpr std::string_view kName = "appointments";
  static constexpr uint32_t kVersion = 1;
  static constexpr uint32_t kLayout = 1;

  explicit Appointments(std::unique_ptr<Rows> rows);

  void Fold(const v1::EventBatch& batch) override;

  /// In order of the campaigns' ids; those that are over are among them.
  absl::StatusOr<std::vector<Appointment>> OfCitizen(CitizenId citizen) const;

  /// The seats taken of the slots that start on this day by the site's calendar
  /// (20210726; 0: of those that do not tell), in order of slots and seats, at
  /// most `max`.
  absl::StatusOr<std::vector<Appointment>> OfSite(SiteId site,
                                                  uint32_t day_yyyymmdd,
                                                  size_t max) const;

 private:
  /// The slot's times; and whether the citizen has checked in.
  absl::Status AddWhatTheSiteKnows(Appointment& appointment) const;
};

}  // namespace slotlog
