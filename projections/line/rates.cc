#include "projections/line/rates.h"

#include <algorithm>

namespace slotlog {
namespace {

constexpr absl::Duration kSampleInterval = absl::Milliseconds(250);
constexpr absl::Duration kKept = absl::Seconds(30);
constexpr absl::Duration kSpeedOver = absl::Seconds(5);
/// For speeds of busy times.
constexpr size_t kSamplesInASecond = 4;

double PerSecond(int64_t count, absl::Duration time) {
  return static_cast<double>(count) / absl::ToDoubleSeconds(time);
}

bool IsSomebodyWaiting(const LineSample& line) {
  return line.high > line.decided;
}

}  // namespace

bool Rates::IsDue(absl::Time now) const {
  return moments_.empty() || now - moments_.back().at >= kSampleInterval ||
         now < moments_.back().at;
}

void Rates::AddIfDue(absl::Time now, const std::vector<LineSample>& shards) {
  if (!IsDue(now)) return;
  // A clock that went back says nothing of what was before.
  if (!moments_.empty() && now < moments_.back().at) moments_.clear();
  moments_.push_back({now, shards});
  while (now - moments_.front().at > kKept) moments_.pop_front();
  for (Shard shard{0}; shard.value < speeds_.size(); ++shard) {
    speeds_[shard.value] = MeasureSpeed(shard);
    busy_speeds_[shard.value] = MeasureBusySpeed(shard);
  }
  confirmed_share_ = MeasureConfirmedShare();
}

const Rates::Moment& Rates::Since(absl::Duration time) const {
  const absl::Time from = moments_.back().at - time;
  return *std::find_if(moments_.begin(), moments_.end(),
                       [&](const Moment& one) { return one.at >= from; });
}

LineSpeed Rates::MeasureSpeed(Shard shard) const {
  if (moments_.size() < 2) return {};
  const Moment& then = Since(kSpeedOver);
  const Moment& now = moments_.back();
  const absl::Duration time = now.at - then.at;
  if (time <= absl::ZeroDuration()) return {};
  const LineSample& a = then.shards[shard.value];
  const LineSample& b = now.shards[shard.value];
  return {.arrivals_per_second = PerSecond(b.high.value - a.high.value, time),
          .decisions_per_second =
              PerSecond(b.decided.value - a.decided.value, time),
          .confirmed_per_second = PerSecond(b.confirmed - a.confirmed, time)};
}

std::optional<BusySpeed> Rates::MeasureBusySpeed(Shard shard) const {
  std::optional<BusySpeed> speed;
  double sum = 0;
  int seconds = 0;
  size_t begin = 0;
  for (size_t i = 0; i < moments_.size(); ++i) {
    if (!IsSomebodyWaiting(moments_[i].shards[shard.value])) {
      begin = i + 1;
      continue;
    }
    if (i - begin < kSamplesInASecond) continue;
    const int64_t decided = moments_[i].shards[shard.value].decided.value -
                            moments_[begin].shards[shard.value].decided.value;
    const double one = PerSecond(decided, moments_[i].at - moments_[begin].at);
    if (!speed.has_value()) speed = {.mean = 0, .slowest = one, .fastest = one};
    speed->slowest = std::min(speed->slowest, one);
    speed->fastest = std::max(speed->fastest, one);
    sum += one;
    ++seconds;
    begin = i;
  }
  if (speed.has_value()) speed->mean = sum / seconds;
  return speed;
}

std::optional<double> Rates::MeasureConfirmedShare() const {
  if (moments_.empty()) return std::nullopt;
  int64_t answered = 0;
  int64_t confirmed = 0;
  for (size_t i = 0; i < moments_.back().shards.size(); ++i) {
    const LineSample& a = moments_.front().shards[i];
    const LineSample& b = moments_.back().shards[i];
    answered += b.answered - a.answered;
    confirmed += b.confirmed - a.confirmed;
  }
  if (answered <= 0) return std::nullopt;
  return std::clamp(
      static_cast<double>(confirmed) / static_cast<double>(answered), 0.0, 1.0);
}

}  // namespace slotlog
