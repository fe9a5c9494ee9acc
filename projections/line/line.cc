#include "projections/line/line.h"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "events/codec.h"
#include "events/digest.h"
#include "projections/line/rates.h"
#include "slotlog/v1/commands.pb.h"

namespace slotlog {
namespace {

/// Of one shard's commands, in one round.
constexpr size_t kRecordsMax = 2048;
constexpr size_t kBytesMax = 1024 * 1024;
/// Between two questions where the line ends, while it is not read to there.
constexpr absl::Duration kWatermarkInterval = absl::Milliseconds(200);

/// A line that is shorter than this, where nobody has waited for a second of
/// late, is decided at once.
constexpr int64_t kShortLine = 1000;
constexpr absl::Duration kAtOnce = absl::Milliseconds(250);
constexpr absl::Duration kAtOnceHigh = absl::Seconds(1);

/// The range is at least this wide, and the slowest second counts at most so
/// much, so that one pause makes no day of an hour.
constexpr double kRangeLow = 0.8;
constexpr double kRangeHigh = 1.25;
constexpr double kSlowestPart = 0.25;

/// Of those who are ahead, before anybody was answered.
constexpr double kUnknownShare = 0.5;
/// What will be wanted must be so much of what is left for a plain no.
constexpr double kSurelyPercent = 110;

LineEstimate EstimateFor(int64_t ahead, const BusySpeed& speed) {
  const auto to_decide = static_cast<double>(ahead + 1);
  const double time = to_decide / speed.mean;
  const double slowest = std::max(speed.slowest, speed.mean * kSlowestPart);
  const double low = std::min(time * kRangeLow, to_decide / speed.fastest);
  const double high = std::max(time * kRangeHigh, to_decide / slowest);
  return {.time = absl::Seconds(time),
          .low = absl::Seconds(low),
          .high = absl::Seconds(high)};
}

}  // namespace

std::string_view NameOf(WillReach will_reach) {
  switch (will_reach) {
    case WillReach::kYes:
      return "yes";
    case WillReach::kPerhaps:
      return "perhaps";
    case WillReach::kNo:
      return "no";
  }
  return "";
}

WillReach WillStockReach(const Place& place, int64_t seats_left) {
  if (seats_left <= 0) return WillReach::kNo;
  if (place.people_ahead_everywhere < seats_left) return WillReach::kYes;
  const bool is_gone = 100 * static_cast<double>(place.seats_wanted_ahead) >=
                       kSurelyPercent * static_cast<double>(seats_left);
  return is_gone ? WillReach::kNo : WillReach::kPerhaps;
}

Line::Line(Log& log, const Served<Progress>& progress, LineOptions options)
    : log_(log),
      progress_(progress),
      options_(std::move(options)),
      undecided_(log.Shards(), options_.undecided_max),
      tails_(log.Shards().value),
      lines_(log.Shards().value),
      rates_(std::make_unique<Rates>(log.Shards())) {}

Line::~Line() = default;

// --- What the feed's thread does ---

absl::StatusOr<bool> Line::Follow() {
  const auto progress = progress_.Get();
  if (progress == nullptr) return false;  // nobody knows what is undecided
  for (Shard shard{0}; shard.value < lines_.size(); ++shard) {
    const LineProgress decided = progress->Of(shard);
    undecided_.Decide(shard, decided.decided);
    const absl::MutexLock lock(&mutex_);
    ShardState& line = lines_[shard.value];
    line.progress = decided;
    line.high = std::max(line.high, decided.decided);
  }
  if (consumer_ == nullptr) {
    if (auto opened = Open(); !opened.ok()) return opened;
  }
  bool is_busy = false;
  for (Shard shard{0}; shard.value < lines_.size(); ++shard) {
    auto read = ReadCommands(shard);
    if (!read.ok()) {
      consumer_.reset();
      return read.status();
    }
    is_busy |= *read;
  }
  is_read_ = is_read_ || std::all_of(tails_.begin(), tails_.end(),
                                     [](const Tail& t) { return t.was_read; });
  Sample();
  return is_busy;
}

/// From the first undecided command of each shard.
absl::Status Line::Open() {
  std::vector<Position> from;
  for (Shard shard{0}; shard.value < lines_.size(); ++shard) {
    const TopicPartition commands{Topic::kCommands, shard};
    auto watermarks = log_.WatermarksOf(commands);
    if (!watermarks.ok()) return watermarks.status();
    const Offset decided = DecidedOf(shard);
    from.push_back(
        {commands, std::clamp(decided, watermarks->low, watermarks->high)});
    SetHigh(shard, watermarks->high);
    tails_[shard.value] = {};
    tails_[shard.value].end_at_open = watermarks->high;
  }
  auto consumer = log_.OpenConsumer(from);
  if (!consumer.ok()) return consumer.status();
  consumer_ = *std::move(consumer);
  return absl::OkStatus();
}

absl::StatusOr<bool> Line::ReadCommands(Shard shard) {
  const TopicPartition commands{Topic::kCommands, shard};
  Tail& tail = tails_[shard.value];
  const bool has_room =
      undecided_.size() + kRecordsMax <= options_.undecided_max;
  bool is_at_end = false;
  if (has_room) {
    auto batch = consumer_->Fetch(commands, kRecordsMax, kBytesMax);
    if (!batch.ok()) return batch.status();
    google::protobuf::Arena arena;
    for (const Record& record : batch->records) {
      auto* command =
          google::protobuf::Arena::CreateMessage<v1::Command>(&arena);
      const bool is_command = Decode(record.value, kInputBytesMax, *command) ==
                                  v1::UNDECODABLE_UNSPECIFIED &&
                              !command->citizen_id().empty();
      if (!is_command) continue;  // a tick, or nothing
      undecided_.Add({shard, record.offset}, CitizenId{command->citizen_id()},
                     CommandId{command->command_id()}, Digest64(record.value));
    }
    is_at_end = batch->records.empty();
    tail.was_read |=
        is_at_end || consumer_->Position(commands) >= tail.end_at_open;
    SetHigh(shard, consumer_->Position(commands));
  }
  tail.was_read |= !has_room;  // as far as it ever will be
  if (is_at_end) return false;
  const absl::Time now = options_.clock();
  if (now - tail.asked_at < kWatermarkInterval && now >= tail.asked_at) {
    return has_room;
  }
  tail.asked_at = now;
  auto watermarks = log_.WatermarksOf(commands);
  if (!watermarks.ok()) return watermarks.status();
  SetHigh(shard, watermarks->high);
  return has_room;
}

void Line::Sample() {
  const absl::Time now = options_.clock();
  const absl::MutexLock lock(&mutex_);
  if (!rates_->IsDue(now)) return;
  std::vector<LineSample> samples;
  for (const ShardState& line : lines_) {
    samples.push_back({.high = line.high,
                       .decided = line.progress.decided,
                       .answered = line.progress.answered,
                       .confirmed = line.progress.confirmed});
  }
  rates_->AddIfDue(now, samples);
}

Offset Line::DecidedOf(Shard shard) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return lines_[shard.value].progress.decided;
}

Offset Line::FoldedOf(Shard shard) const {
  const auto progress = progress_.Get();
  return progress == nullptr ? Offset{} : progress->Of(shard).decided;
}

void Line::SetHigh(Shard shard, Offset high) {
  const absl::MutexLock lock(&mutex_);
  Offset& known = lines_[shard.value].high;
  known = std::max(known, high);
}

// --- What anybody may ask ---

void Line::Add(Ticket ticket, CitizenId citizen, CommandId command,
               uint64_t command_digest) {
  SetHigh(ticket.shard, ticket.offset + 1);
  undecided_.Add(ticket, citizen, command, command_digest);
}

std::optional<UndecidedCommand> Line::FindUndecided(CitizenId citizen,
                                                    CommandId command) const {
  const auto found = undecided_.Find(citizen, command);
  if (!found.has_value()) return std::nullopt;
  if (found->ticket.offset < FoldedOf(found->ticket.shard)) return std::nullopt;
  return found;
}

LineNow Line::Now() const {
  LineNow now{.at = options_.clock()};
  const absl::ReaderMutexLock lock(&mutex_);
  for (Shard shard{0}; shard.value < lines_.size(); ++shard) {
    const ShardState& line = lines_[shard.value];
    const LineSpeed speed = rates_->SpeedOf(shard);
    now.shards.push_back({.shard = shard,
                          .progress = line.progress,
                          .high_watermark = line.high,
                          .undecided = line.Undecided(),
                          .arrivals_per_second = speed.arrivals_per_second,
                          .decisions_per_second = speed.decisions_per_second,
                          .confirmed_per_second = speed.confirmed_per_second});
    now.undecided += line.Undecided();
    now.arrivals_per_second += speed.arrivals_per_second;
    now.decisions_per_second += speed.decisions_per_second;
    now.confirmed_per_second += speed.confirmed_per_second;
    now.answered += line.progress.answered;
    now.confirmed += line.progress.confirmed;
    now.refused += line.progress.refused;
  }
  return now;
}

Place Line::PlaceOf(Ticket ticket) const {
  Place place;
  if (ticket.shard.value >= lines_.size()) return place;
  Offset decided = FoldedOf(ticket.shard);
  const absl::ReaderMutexLock lock(&mutex_);
  const ShardState& line = lines_[ticket.shard.value];
  decided = std::max(decided, line.progress.decided);
  if (ticket.offset >= std::max(line.high, decided)) return place;
  if (ticket.offset < decided) {
    place.state = PlaceState::kPassed;
    return place;
  }
  place.state = PlaceState::kWaiting;
  place.people_ahead = ticket.offset.value - decided.value;
  place.estimate = Estimate(ticket.shard, place.people_ahead);
  place.people_ahead_everywhere = place.people_ahead;
  for (Shard shard{0}; shard.value < lines_.size(); ++shard) {
    if (shard == ticket.shard) continue;
    place.people_ahead_everywhere +=
        AheadIn(shard, place.people_ahead, place.estimate);
  }
  place.seats_wanted_ahead =
      std::llround(static_cast<double>(place.people_ahead_everywhere) *
                   rates_->ConfirmedShare().value_or(kUnknownShare));
  return place;
}

std::optional<LineEstimate> Line::Estimate(Shard shard, int64_t ahead) const {
  const auto speed = rates_->BusySpeedOf(shard);
  if (speed.has_value() && speed->mean > 0) return EstimateFor(ahead, *speed);
  if (speed.has_value() || ahead >= kShortLine) return std::nullopt;
  return LineEstimate{
      .time = kAtOnce, .low = absl::ZeroDuration(), .high = kAtOnceHigh};
}

/// Of another shard's line, who will be decided in that time; where nobody can
/// tell, as many as are ahead here.
int64_t Line::AheadIn(Shard shard, int64_t ahead_here,
                      const std::optional<LineEstimate>& estimate) const {
  const int64_t undecided = lines_[shard.value].Undecided();
  const auto speed = rates_->BusySpeedOf(shard);
  if (!estimate.has_value() || !speed.has_value()) {
    return std::min(undecided, ahead_here);
  }
  const double decided = speed->mean * absl::ToDoubleSeconds(estimate->time);
  return std::min(undecided, static_cast<int64_t>(std::llround(decided)));
}

}  // namespace slotlog
