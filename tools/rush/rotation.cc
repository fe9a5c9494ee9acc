#include "tools/rush/rotation.h"

#include <algorithm>

namespace slotlog {
namespace {

/// 20:00 to 18:00 of the next day.
constexpr int kWindowHours = 22;
constexpr int kDayHours = 24;
constexpr uint32_t kSharePermille = 1000 / kRotationRounds;
constexpr absl::Duration kAheadLeast = absl::Seconds(1);

}  // namespace

Rotation::Rotation(const Scenario& scenario)
    : day_(absl::Seconds(scenario.rotation_day_seconds)),
      window_(day_ / kDayHours * kWindowHours),
      first_digit_(
          static_cast<uint32_t>(scenario.rotation_first_day.day() % 10)) {}

absl::Duration Rotation::Ahead() const {
  return std::max(kAheadLeast, day_ - window_);
}

RotationMoment Rotation::At(absl::Duration since_first_opening) const {
  if (since_first_opening < absl::ZeroDuration()) return {0, false};
  absl::Duration since_opening;
  const int64_t days =
      absl::IDivDuration(since_first_opening, day_, &since_opening);
  if (days >= kRotationRounds) return {kRotationRounds, true};
  const auto round = static_cast<uint32_t>(days);
  if (since_opening < window_) return {round, true};
  return {round + 1, false};
}

uint32_t Rotation::RoundOf(uint32_t digit) const {
  return (digit + kRotationRounds - first_digit_) % kRotationRounds;
}

void Rotation::AddRounds(absl::Time first_opening, absl::Time closes,
                         v1::Campaign& campaign) const {
  for (uint32_t index = 0; index < kRotationRounds; ++index) {
    v1::Round& round = *campaign.add_rounds();
    const absl::Time opens = first_opening + index * day_;
    round.set_opens_unix_ms(absl::ToUnixMillis(opens));
    round.set_closes_unix_ms(absl::ToUnixMillis(opens + window_));
    round.add_birth_day_digits((first_digit_ + index) % kRotationRounds);
    round.set_capacity_share_permille(kSharePermille * (index + 1));
  }
  v1::Round& for_all = *campaign.add_rounds();
  for_all.set_opens_unix_ms(
      absl::ToUnixMillis(first_opening + kRotationRounds * day_));
  for_all.set_closes_unix_ms(absl::ToUnixMillis(closes));
}

}  // namespace slotlog
