#include "tools/rush/rehearsal.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/partitioner.h"
#include "tools/rush/history.h"

namespace slotlog {
namespace {

/// In one append; the log's group commit joins what comes at once.
constexpr size_t kBatchRecordsMax = 10'000;
constexpr uint64_t kBatchMinPartOfWaiting = 8;
/// Appends at a time: one waits for the disk, one is on its way; the open loop
/// appends at short intervals, however long each takes.
constexpr size_t kClosedLoopAppends = 2;
constexpr size_t kOpenLoopAppends = 6;
constexpr size_t kOperationsInAppend = 1'000;
constexpr absl::Duration kIdleWait = absl::Milliseconds(1);
/// A log that refused an append is tried again after so long.
constexpr absl::Duration kAppendAgainAfter = absl::Milliseconds(500);
/// Without a confirmation for so long, the disk may be full for who decides.
constexpr absl::Duration kSilence = absl::Seconds(1);
constexpr absl::Duration kReportInterval = absl::Milliseconds(200);
constexpr int64_t kTickMicroseconds = 100;

constexpr uint64_t kUsualWaiting = 50'000;
constexpr uint64_t kUsualWaitingLeast = 1'000;
constexpr uint64_t kUsualWaitingPartOfCommands = 20;

std::string NotPublished(const absl::Status& refusal) {
  return fmt::format("what was to be published could not be: {}",
                     std::string(refusal.message()));
}

}  // namespace

uint64_t UsualWaiting(const Scenario& scenario) {
  return std::clamp(scenario.commands / kUsualWaitingPartOfCommands,
                    kUsualWaitingLeast, kUsualWaiting);
}

Rehearsal::Rehearsal(Log& log, const Scenario& scenario,
                     RehearsalOptions options, ConfirmationReader reader)
    : log_(log),
      options_(std::move(options)),
      seats_(scenario.seats),
      hold_time_(absl::Seconds(scenario.hold_seconds)),
      places_(scenario, options_.year),
      population_(scenario, places_, options_.seed),
      encoder_(scenario, population_, places_, log.Shards()),
      reader_(std::move(reader)),
      tally_(places_, population_, log.Shards()),
      backlog_(log, tally_),
      opened_at_(options_.clock()),
      last_sign_of_life_(opened_at_) {}

absl::StatusOr<std::unique_ptr<Rehearsal>> Rehearsal::Open(
    Log& log, const Scenario& scenario, RehearsalOptions options) {
  auto reader = ConfirmationReader::Open(log);
  if (!reader.ok()) return reader.status();
  std::unique_ptr<Rehearsal> rehearsal(
      new Rehearsal(log, scenario, std::move(options), *std::move(reader)));
  const auto history = ReadHistory(log, rehearsal->places_, rehearsal->reader_,
                                   rehearsal->population_, rehearsal->tally_);
  if (!history.ok()) return history.status();
  rehearsal->elapsed_before_ = history->elapsed;
  rehearsal->first_opening_ = history->first_opening;
  rehearsal->TellTheMoment(rehearsal->opened_at_);
  rehearsal->handed_over_ = rehearsal->tally_.ledger().published();
  return rehearsal;
}

bool Rehearsal::IsFinished() const {
  return tally_.AllOperationsAnswered() && Waiting() == 0 &&
         population_.IsDone();
}

absl::StatusOr<Rehearsal::End> Rehearsal::Run() {
  const auto set_up = SetUp();
  if (!set_up.ok() || *set_up == End::kStopped) return set_up;
  const auto end = Rehearse();
  if (!end.ok() || *end == End::kStopped) return end;
  if (auto status = tally_.CheckComplete(); !status.ok()) return status;
  return End::kFinished;
}

absl::StatusOr<Rehearsal::End> Rehearsal::SetUp() {
  last_sign_of_life_ = options_.clock();
  uint32_t published_count = 0;
  while (!tally_.AllOperationsAnswered()) {
    // The campaign comes last: a rotation begins as soon as it is defined.
    const uint32_t due =
        tally_.OperationsAnswered() < places_.SiteOperationCount()
            ? places_.SiteOperationCount()
            : places_.OperationCount();
    if (published_count < due && options_.clock() >= append_again_at_) {
      const auto published = PublishOperations(due);
      if (!published.ok()) return published.status();
      if (*published) published_count = due;
    }
    if (options_.stop()) return End::kStopped;
    const auto moved = ReadConfirmations();
    if (!moved.ok()) return moved.status();
    if (auto status = CheckPatience(/*awaits_answers=*/true); !status.ok()) {
      return status;
    }
    if (!*moved) reader_.Await(kIdleWait);
  }
  return End::kFinished;
}

absl::StatusOr<bool> Rehearsal::PublishOperations(uint32_t count) {
  const absl::Status appended = AppendOperations(count);
  refusal_ = {};
  if (appended.ok()) return true;
  if (auto status = TryAgainLater(appended); !status.ok()) return status;
  // Some may stand there all the same.
  const auto first_opening = ReadOperations(log_, places_, tally_);
  if (!first_opening.ok()) return first_opening.status();
  first_opening_ = *first_opening;
  return false;
}

absl::Status Rehearsal::AppendOperations(uint32_t count) {
  std::vector<std::pair<std::string, std::string>> keys_and_values;
  std::vector<uint32_t> numbers;
  if (!first_opening_.has_value() && count > places_.SiteOperationCount()) {
    first_opening_ = options_.clock() + places_.rotation().Ahead();
  }
  for (uint32_t number = 0; number < count; ++number) {
    if (!tally_.IsPublished(number)) {
      auto [key, operation] = places_.OperationAt(
          number, first_opening_.value_or(absl::UnixEpoch()));
      keys_and_values.emplace_back(std::move(key), Encode(operation));
      numbers.push_back(number);
    }
    const bool is_last = number + 1 == count;
    if (keys_and_values.size() < kOperationsInAppend && !is_last) continue;
    std::vector<NewRecord> records;
    for (const auto& [key, value] : keys_and_values) {
      records.push_back(
          {{Topic::kOperations, ShardOf(key, log_.Shards())}, key, value});
    }
    if (records.empty()) continue;
    if (auto offsets = log_.Append(records); !offsets.ok()) {
      return offsets.status();
    }
    for (const uint32_t done : numbers) tally_.OperationPublished(done);
    keys_and_values.clear();
    numbers.clear();
  }
  return absl::OkStatus();
}

absl::StatusOr<Rehearsal::End> Rehearsal::Rehearse() {
  started_at_ = options_.clock();
  last_sign_of_life_ = started_at_;
  Publisher publisher(
      log_,
      options_.commands_per_second == 0 ? kClosedLoopAppends : kOpenLoopAppends,
      kBatchRecordsMax);
  while (true) {
    const auto read = ReadConfirmations();
    if (!read.ok()) return read.status();
    const auto taken_back = TakeBackBatches(publisher);
    if (!taken_back.ok()) return taken_back.status();

    const bool stops = options_.stop();
    if (publisher.UnderWay() == 0) {
      if (IsFinished()) return End::kFinished;
      if (stops) return StopHere();
    }
    const auto published = stops ? false : PublishSome(publisher);
    if (!published.ok()) return published.status();

    const bool awaits_answers =
        !refusal_.ok() || Waiting() > 0 || population_.HoldsOpen() > 0;
    if (auto status = CheckPatience(awaits_answers); !status.ok()) {
      return status;
    }
    if (!*read && !*taken_back && !*published) reader_.Await(kIdleWait);
  }
}

absl::StatusOr<Rehearsal::End> Rehearsal::StopHere() {
  // So that the figures have what stands there of a refused append.
  if (auto status = backlog_.TakeOutWritten(); !status.ok()) return status;
  return End::kStopped;
}

absl::StatusOr<bool> Rehearsal::ReadConfirmations() {
  const absl::Time now = options_.clock();
  const auto read = reader_.ReadSome(
      [this, now](Shard shard, absl::Time,
                  const v1::Confirmation& confirmation) {
        return tally_.TakeLive(shard, now, TickAt(now), confirmation);
      },
      [this](Shard shard, absl::Time stamp, const v1::Notice& notice) {
        return tally_.TakeNotice(shard, stamp, notice);
      });
  if (!read.ok()) return read.status();
  if (*read == 0) return false;
  last_answer_at_ = now;
  last_sign_of_life_ = now;
  return true;
}

absl::StatusOr<bool> Rehearsal::TakeBackBatches(Publisher& publisher) {
  bool any = false;
  while (auto batch = publisher.TakePublished()) {
    any = true;
    const auto& offsets = batch->offsets();
    if (!offsets.ok()) {
      if (auto status = TryAgainLater(offsets.status()); !status.ok()) {
        return status;
      }
      backlog_.Add(std::move(batch));
      continue;
    }
    if (backlog_.IsEmpty()) refusal_ = {};
    for (size_t i = 0; i < offsets->size(); ++i) {
      tally_.CommandPublished(batch->records()[i].to.shard, (*offsets)[i]);
    }
    publisher.GiveBack(std::move(batch));
  }
  return any;
}

absl::Status Rehearsal::TryAgainLater(absl::Status refusal) {
  if (!absl::IsResourceExhausted(refusal) && !absl::IsUnavailable(refusal)) {
    return absl::Status(refusal.code(), NotPublished(refusal));
  }
  refusal_ = std::move(refusal);
  append_again_at_ = options_.clock() + kAppendAgainAfter;
  return absl::OkStatus();
}

absl::StatusOr<bool> Rehearsal::PublishSome(Publisher& publisher) {
  if (refusal_.ok()) return PublishDue(publisher);
  // What is under way could be taken for what was refused.
  if (publisher.UnderWay() > 0 || options_.clock() < append_again_at_) {
    return false;
  }
  if (auto status = backlog_.TakeOutWritten(); !status.ok()) {
    status = TryAgainLater(std::move(status));
    if (status.ok()) return false;
    return status;
  }
  bool any = false;
  while (auto batch = backlog_.Take()) {
    if (batch->size() == 0) {
      publisher.GiveBack(std::move(batch));
    } else {
      any = true;
      publisher.Publish(std::move(batch));
    }
  }
  if (!any) refusal_ = {};
  return any;
}

void Rehearsal::TellTheMoment(absl::Time now) {
  const Rotation& rotation = places_.rotation();
  if (!rotation.Exists() || !first_opening_.has_value()) return;
  population_.ItIs(rotation.At(now - *first_opening_));
}

bool Rehearsal::PublishDue(Publisher& publisher) {
  const absl::Time now = options_.clock();
  TellTheMoment(now);
  const uint64_t room = Room(now);
  if (room == 0) return false;
  auto batch = publisher.TakeIdle();
  if (batch == nullptr) return false;
  const uint64_t size = std::min<uint64_t>(room, kBatchRecordsMax);
  for (uint64_t i = 0; i < size; ++i) {
    const auto wish = population_.Next(AskedAt(now));
    if (!wish.has_value()) {
      due_passed_ += size - i;
      break;
    }
    ++due_passed_;
    encoder_.Add(*wish, *batch);
  }
  if (batch->size() == 0) {
    publisher.GiveBack(std::move(batch));
    return false;
  }
  handed_over_ += batch->size();
  last_batch_at_ = now;
  publisher.Publish(std::move(batch));
  return true;
}

uint64_t Rehearsal::Room(absl::Time now) const {
  if (options_.commands_per_second == 0) {
    const uint64_t waiting = Waiting();
    if (waiting >= options_.waiting_max) return 0;
    const uint64_t room = options_.waiting_max - waiting;
    const uint64_t least =
        std::min(options_.append_records_min,
                 options_.waiting_max / kBatchMinPartOfWaiting);
    return room < least ? 0 : room;
  }
  if (now - last_batch_at_ < options_.append_interval) return 0;
  const auto due =
      static_cast<uint64_t>(absl::ToDoubleSeconds(now - started_at_) *
                            static_cast<double>(options_.commands_per_second));
  return due - std::min(due, due_passed_);
}

Tick Rehearsal::AskedAt(absl::Time now) const {
  if (options_.commands_per_second == 0) return TickAt(now);
  return TickAt(started_at_ + absl::Seconds(static_cast<double>(due_passed_) /
                                            static_cast<double>(
                                                options_.commands_per_second)));
}

Tick Rehearsal::TickAt(absl::Time time) const {
  // From 1: 0 means that nobody knows.
  return Tick{static_cast<uint32_t>(
      1 + absl::ToInt64Microseconds(time - opened_at_) / kTickMicroseconds)};
}

absl::Status Rehearsal::CheckPatience(bool awaits_answers) {
  const absl::Time now = options_.clock();
  if (now - last_report_ >= kReportInterval) {
    last_report_ = now;
    awaits_room_ =
        absl::IsResourceExhausted(refusal_) ||
        (now - last_answer_at_ >= kSilence && options_.is_disk_full());
    Report(now);
    if (auto status = options_.health(); !status.ok()) return status;
  }
  if (!awaits_answers || awaits_room_) last_sign_of_life_ = now;
  const absl::Duration silence = now - last_sign_of_life_;
  if (silence < options_.patience) return absl::OkStatus();
  const uint64_t holds = population_.HoldsOpen();
  if (refusal_.ok() && Waiting() == 0 &&
      silence < options_.patience + hold_time_) {
    return absl::OkStatus();
  }
  return absl::DeadlineExceededError(fmt::format(
      "no confirmation came for {}, and {} commands are unanswered{}{}",
      absl::FormatDuration(absl::Trunc(silence, absl::Milliseconds(1))),
      Waiting(),
      holds == 0 ? "" : fmt::format(", {} holds have not run out", holds),
      refusal_.ok() ? "" : "; " + NotPublished(refusal_)));
}

void Rehearsal::Report(absl::Time now) {
  const Figures so_far = figures();
  RehearsalProgress progress;
  // Other than in the figures, a wait without answers counts while it lasts.
  progress.elapsed =
      elapsed_before_ + std::max(now - started_at_, absl::ZeroDuration());
  progress.published = handed_over_;
  progress.answered = so_far.commands_answered;
  progress.bookings = so_far.bookings;
  progress.seats_left = seats_ - static_cast<int64_t>(so_far.bookings) +
                        static_cast<int64_t>(so_far.cancellations);
  progress.waiting = Waiting();
  progress.p99 = tally_.TakeRecent().Quantile(0.99);
  progress.awaits_room = awaits_room_;
  options_.report(progress);
}

Figures Rehearsal::figures() const {
  Figures figures = tally_.figures();
  figures.elapsed = elapsed_before_ + std::max(last_answer_at_ - started_at_,
                                               absl::ZeroDuration());
  return figures;
}

}  // namespace slotlog
