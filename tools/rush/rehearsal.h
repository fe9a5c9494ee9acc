// The rehearsal itself: sets the day up by operations, lets the people of a
// scenario publish their commands, reads every confirmation, and is over when
// each published command has its one answer and nobody wishes anything more.
// Opened on a log that holds a part of the same rehearsal, it goes on from
// there.
//
// How people come:
//   closed loop   so many wait for an answer at once; whoever is answered makes
//                 room for the next: the system's own speed is what is seen
//   open loop     so many commands a second, whether the system keeps up or not
//
// A full disk is awaited: what it refused is appended again until there is
// room. So is, for as long as patience lasts, what the log could not take for
// other reasons that pass, as when brokers are away.
//
// Threads: one caller; appends run on threads of the publisher. The log must
// outlive the rehearsal, and something must decide what it publishes.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "events/log/log.h"
#include "tools/rush/backlog.h"
#include "tools/rush/command_encoder.h"
#include "tools/rush/confirmation_reader.h"
#include "tools/rush/places.h"
#include "tools/rush/population.h"
#include "tools/rush/publisher.h"
#include "tools/rush/scenario.h"
#include "tools/rush/tally.h"

namespace slotlog {

/// People who wait at once, if nothing else is said: enough for full batches in
/// every shard, but a small part of a small rehearsal, which would otherwise be
/// over before anybody has looked for another slot.
uint64_t UsualWaiting(const Scenario& scenario);
inline constexpr uint64_t kWaitingMax = 10'000'000;

/// How far it is.
struct RehearsalProgress {
  absl::Duration elapsed;
  uint64_t published = 0;
  uint64_t answered = 0;
  uint64_t bookings = 0;
  int64_t seats_left = 0;
  /// Published, not yet answered: the length of the line.
  uint64_t waiting = 0;
  /// Of the confirmations since the report before.
  absl::Duration p99;
  /// The disk is full: nothing goes on until there is room.
  bool awaits_room = false;
};

struct RehearsalOptions {
  uint64_t seed = 1;
  /// In which the slots lie: after this rehearsal is over.
  int year = 0;
  /// The closed loop's bound, from 1.
  uint64_t waiting_max = 1;
  /// 0: closed loop.
  uint64_t commands_per_second = 0;
  /// The closed loop waits until so many may come, where so many may; the open
  /// loop's appends are so far apart. An append to Kafka costs the brokers a
  /// request for every shard: better few and big ones.
  uint64_t append_records_min = 2'000;
  absl::Duration append_interval = absl::Milliseconds(1);
  /// No confirmation for so long, while some are missing, is an error; where
  /// only holds are yet to run out, after the time for which a seat is held.
  absl::Duration patience = absl::Seconds(60);
  std::function<absl::Time()> clock = [] { return absl::Now(); };
  /// Has the disk no room left, so that nobody can decide? Asked when no
  /// confirmations come; patience waits then.
  std::function<bool()> is_disk_full = [] { return false; };
  /// Why nobody decides any more, if so.
  std::function<absl::Status()> health = [] { return absl::OkStatus(); };
  /// Asked often, also while the disk is full; true ends the rehearsal as soon
  /// as nothing is being appended.
  std::function<bool()> stop = [] { return false; };
  /// Called several times a second.
  std::function<void(const RehearsalProgress&)> report =
      [](const RehearsalProgress&) {};
};

class Rehearsal {
 public:
  /// Reads what the log holds of this rehearsal; workers may decide meanwhile.
  /// REQUIRES: nobody publishes. DATA_LOSS: the log holds something else.
  static absl::StatusOr<std::unique_ptr<Rehearsal>> Open(
      Log& log, const Scenario& scenario, RehearsalOptions options);

  /// Is nothing left to do?
  bool IsFinished() const;

  enum class End { kFinished, kStopped };
  /// Goes on until the end; finished already, it only checks the answers.
  /// DATA_LOSS: an answer is missing, came twice or cannot be.
  /// FAILED_PRECONDITION: an operation was refused. DEADLINE_EXCEEDED: no
  /// answers come any more.
  absl::StatusOr<End> Run();

  /// Until now.
  Figures figures() const;
  /// Takes a moment: for the end.
  FairnessReport fairness() const {
    return tally_.fairness().Report(population_, places_);
  }

 private:
  Rehearsal(Log& log, const Scenario& scenario, RehearsalOptions options,
            ConfirmationReader reader);

  /// Publishes the operations that are missing and awaits all confirmations.
  absl::StatusOr<End> SetUp();
  /// False: the log took not all of them, so it is tried again.
  absl::StatusOr<bool> PublishOperations(uint32_t count);
  absl::Status AppendOperations(uint32_t count);
  /// Tells the people where in the rotation it is, if there is one.
  void TellTheMoment(absl::Time now);
  absl::StatusOr<End> Rehearse();
  absl::StatusOr<End> StopHere();

  /// Each answers whether there was anything to do.
  absl::StatusOr<bool> ReadConfirmations();
  absl::StatusOr<bool> TakeBackBatches(Publisher& publisher);
  absl::StatusOr<bool> PublishSome(Publisher& publisher);
  bool PublishDue(Publisher& publisher);
  /// An append was refused. OK: for a reason that passes, and it is tried again
  /// later.
  absl::Status TryAgainLater(absl::Status refusal);
  /// How many commands may be published now.
  uint64_t Room(absl::Time now) const;
  /// The tick at which the next command is asked, as the latencies count it.
  Tick AskedAt(absl::Time now) const;

  uint64_t Waiting() const {
    const uint64_t answered = tally_.ledger().answered();
    return handed_over_ - std::min(answered, handed_over_);
  }
  Tick TickAt(absl::Time time) const;
  /// OK while answers come, or none are awaited.
  absl::Status CheckPatience(bool awaits_answers);
  void Report(absl::Time now);

  Log& log_;
  const RehearsalOptions options_;
  const int64_t seats_;
  const absl::Duration hold_time_;
  const Places places_;
  Population population_;
  CommandEncoder encoder_;
  ConfirmationReader reader_;
  Tally tally_;
  Backlog backlog_;

  const absl::Time opened_at_;
  /// Of earlier starts.
  absl::Duration elapsed_before_;
  absl::Time started_at_ = absl::InfiniteFuture();
  absl::Time last_answer_at_ = absl::InfinitePast();
  absl::Time last_sign_of_life_;
  absl::Time last_report_ = absl::InfinitePast();
  absl::Time last_batch_at_ = absl::InfinitePast();

  /// Of an append, if nothing was appended since.
  absl::Status refusal_;
  absl::Time append_again_at_ = absl::InfinitePast();
  bool awaits_room_ = false;

  /// Of the campaign's first round; none: it is not defined yet.
  std::optional<absl::Time> first_opening_;

  uint64_t handed_over_ = 0;
  /// Open loop: commands that were due since this start, published or not
  /// because nobody wished anything.
  uint64_t due_passed_ = 0;
};

}  // namespace slotlog
