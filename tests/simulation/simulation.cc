#include "tests/simulation/simulation.h"

#include <absl/strings/str_cat.h>

#include <memory>
#include <utility>

#include "events/codec.h"
#include "events/digest.h"
#include "events/log/memory/memory_log.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "tests/simulation/citizens.h"
#include "tests/simulation/clock.h"
#include "tests/simulation/damage.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/operators.h"
#include "tests/simulation/oracle/oracle.h"
#include "tests/simulation/retelling.h"
#include "tests/simulation/world.h"

namespace slotlog {
namespace {

/// Without an end after so many rounds, there is none.
constexpr int kRoundsMax = 5'000;

ClusterOptions ClusterOf(Dice& dice) {
  ClusterOptions options;
  for (int machine = 0; machine < 3; ++machine) {
    options.skews.push_back(
        absl::Milliseconds(static_cast<int64_t>(dice.Below(4'000)) - 2'000));
  }
  options.memory_bytes = dice.Percent(50) ? 16 * 1024 : 1024 * 1024;
  options.checkpoint_events_max = dice.Between(5, 200);
  return options;
}

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options)
      : options_(options),
        dice_(options.seed),
        world_(WorldSize::Of(dice_), dice_),
        shards_(world_.size().shards),
        publish_percent_(dice_.Between(10, 40)),
        fault_percent_(dice_.Below(12)),
        pace_ms_(dice_.Between(5, 1'500)),
        log_(world_.size().shards, [this] { return clock_.now; }),
        cluster_(log_, clock_, ClusterOf(dice_), options.seams),
        faults_(
            dice_, log_, clock_, cluster_,
            {.post_nonsense = [this] { Post({operators_.Nonsense()}); },
             .before_tail_is_lost = [this] { Judge(oracle::Moment::kRunning); },
             .after_tail_is_lost =
                 [this] {
                   read_to_.clear();
                   world_.ForgetSeats();
                 }}),
        citizens_(world_, dice_),
        operators_(world_, dice_) {}

  Day Run() {
    day_.shards = shards_.value;
    Post(operators_.Opening());
    for (uint64_t step = 0; step < options_.steps && IsWell(); ++step) {
      faults_.NextStep();
      const auto pace = absl::Milliseconds(dice_.Below(pace_ms_));
      clock_.now += pace;
      day_.virtual_time += pace;
      Act();
    }
    if (IsWell()) EndTheDay();
    ReadNews();
    day_.faults = faults_.struck();
    day_.digest = DigestOfLog();
    if (options_.wants_history) TellHistory();
    return std::move(day_);
  }

 private:
  bool IsWell() {
    for (const std::string& failure : cluster_.failures()) Fail(failure);
    return day_.failures.empty();
  }
  void Fail(std::string failure) {
    day_.failures.push_back(std::move(failure));
  }

  void Act() {
    if (dice_.Percent(fault_percent_)) return faults_.Strike();
    if (dice_.Percent(publish_percent_)) {
      if (dice_.Percent(20))
        return Post({operators_.NextOperation(clock_.now)});
      return Post(citizens_.Commands());
    }
    if (dice_.Percent(10)) return ReadNews();
    const Shard shard{static_cast<uint32_t>(dice_.Below(shards_.value))};
    if (!faults_.StandsStill(shard)) cluster_.Step(shard);
  }

  /// A caller whose append failed does not know how much of it stands there,
  /// and sends it all again.
  void Post(const std::vector<Letter>& letters) {
    std::vector<NewRecord> records;
    for (const Letter& letter : letters) {
      records.push_back(
          {.to = letter.to, .key = letter.key, .value = letter.bytes});
      ++(letter.to.topic == Topic::kCommands ? day_.commands : day_.operations);
    }
    while (!log_.Append(records).ok()) {
    }
  }

  /// What can be read of a partition from there, and where that ends.
  RecordBatch Read(TopicPartition partition, Offset& from) {
    const auto consumer = log_.OpenConsumer({{{partition, from}}});
    RecordBatch batch = *(*consumer)->Fetch(partition, 10'000, 1 << 24);
    from = (*consumer)->Position(partition);
    return batch;
  }

  template <typename Message, typename Visit>
  void ForEachNew(Topic topic, const Visit& visit) {
    for (Shard shard{0}; shard < Shard{shards_.value}; ++shard) {
      const TopicPartition partition{topic, shard};
      const RecordBatch batch = Read(partition, read_to_[partition]);
      for (const Record& record : batch.records) {
        Message message;
        const bool is_readable = Decode(record.value, kRecordBytesMax,
                                        message) == v1::UNDECODABLE_UNSPECIFIED;
        if (is_readable) visit(message);
      }
    }
  }

  /// Citizens and reception desks read.
  void ReadNews() {
    ForEachNew<v1::ConfirmationRecord>(
        Topic::kConfirmations, [this](const v1::ConfirmationRecord& heard) {
          // Whoever is offered a seat hears it by a notice.
          if (heard.notice().deadline_unix_ms() > 0 ||
              heard.notice().kind() == v1::NOTICE_KIND_NEXT_DOSE_BOOKED) {
            world_.RememberSeat(heard.notice());
          }
          if (heard.confirmation().seat() == 0) return;
          world_.RememberSeat(heard.confirmation());
        });
    ForEachNew<v1::EventBatch>(Topic::kEvents,
                               [this](const v1::EventBatch& batch) {
                                 for (const v1::Event& event : batch.events()) {
                                   if (world_.size().desk_is_early) See(event);
                                   Count(event);
                                 }
                               });
  }

  void See(const v1::Event& event) {
    if (event.has_seat_taken()) world_.RememberSeat(event.seat_taken());
    if (event.has_seat_offered()) world_.RememberSeat(event.seat_offered());
    if (event.has_seat_moved()) world_.RememberSeat(event.seat_moved());
  }

  void Count(const v1::Event& event) {
    const auto* body = v1::Event::descriptor()->FindFieldByNumber(
        static_cast<int>(event.body_case()));
    ++day_.met[body->name()];
    if (event.has_command_refused()) {
      ++day_.met[NameOf(event.command_refused().refusal())];
    }
    if (event.has_operation_refused()) {
      ++day_.met["operation " + NameOf(event.operation_refused().refusal())];
    }
  }

  void Judge(oracle::Moment moment) {
    for (std::string& broken : oracle::Judge(log_, moment)) {
      Fail(std::move(broken));
    }
  }

  /// All is well again, and the world comes to rest; then time passes, until
  /// nothing that has an end can stand.
  void EndTheDay() {
    faults_.Heal();
    ComeToRest();
    if (IsWell()) Judge(oracle::Moment::kAtRest);
    if (!IsWell()) return;
    clock_.now += absl::Hours(48);
    ComeToRest();
    if (IsWell()) Judge(oracle::Moment::kOver);
    if (IsWell()) TellAgain();
    if (!IsWell()) return;
    const absl::Status stopped =
        dice_.Percent(50) ? ExpectStopAtDoubledMessage(log_, cluster_, dice_)
                          : ExpectStopAtTornTransaction(log_, cluster_, dice_);
    if (!stopped.ok()) Fail(std::string(stopped.message()));
  }

  /// What shards decided, and not what they were made to say.
  void TellAgain() {
    if (cluster_.old_answers().HasRepeated()) return;
    for (Shard shard{0}; shard < Shard{shards_.value}; ++shard) {
      const absl::Status same = CheckRetold(log_, cluster_.StateOf(shard));
      if (!same.ok()) Fail(std::string(same.message()));
    }
  }

  /// So long that one move after the other has waited for its time: the open
  /// one and four that are parked, with the ticks between.
  void ComeToRest() {
    for (int i = 0; i < 30; ++i) {
      RunUntilIdle();
      clock_.now += absl::Seconds(5);
    }
    RunUntilIdle();
  }

  /// Twice in a row nobody has anything to do: a shard that only asked for the
  /// time calls itself idle.
  void RunUntilIdle() {
    int idle_rounds = 0;
    for (int round = 0; IsWell() && idle_rounds < 2; ++round) {
      bool is_busy = false;
      for (Shard shard{0}; shard < Shard{shards_.value}; ++shard) {
        is_busy |= cluster_.Step(shard);
      }
      log_.WriteLateMarkers();
      idle_rounds = is_busy ? 0 : idle_rounds + 1;
      if (round == kRoundsMax) return Fail("the world does not come to rest");
    }
  }

  template <typename Message>
  void Tell(Topic topic) {
    for (Shard shard{0}; shard < Shard{shards_.value}; ++shard) {
      Offset from;
      const RecordBatch all = Read({topic, shard}, from);
      for (const Record& record : all.records) {
        Message message;
        Decode(record.value, kRecordBytesMax, message);
        day_.history.push_back(
            absl::StrCat(DebugString(TopicPartition{topic, shard}), " ",
                         record.offset.value, " ",
                         absl::FormatTime("%H:%M:%E3S", record.timestamp,
                                          absl::UTCTimeZone()),
                         " ", message.ShortDebugString()));
      }
    }
  }

  void TellHistory() {
    Tell<v1::Command>(Topic::kCommands);
    Tell<v1::Operation>(Topic::kOperations);
    for (Shard shard{0}; shard < Shard{shards_.value}; ++shard) {
      Offset from;
      const RecordBatch all = Read({Topic::kEvents, shard}, from);
      for (const Record& record : all.records) {
        v1::EventBatch batch;
        Decode(record.value, kRecordBytesMax, batch);
        for (const v1::Event& event : batch.events()) {
          day_.history.push_back(absl::StrCat(
              DebugString(TopicPartition{Topic::kEvents, shard}), " epoch ",
              batch.epoch(), " batch ", batch.number(), " ",
              absl::FormatTime("%H:%M:%E3S", record.timestamp,
                               absl::UTCTimeZone()),
              " ", event.ShortDebugString()));
        }
      }
    }
  }

  uint64_t DigestOfLog() {
    std::string digests;
    for (const Topic topic : kTopics) {
      for (Shard shard{0}; shard < Shard{shards_.value}; ++shard) {
        Offset from;
        while (true) {
          const RecordBatch batch = Read({topic, shard}, from);
          if (batch.records.empty()) break;
          for (const Record& record : batch.records) {
            absl::StrAppend(&digests, record.offset.value, " ",
                            absl::ToUnixMillis(record.timestamp), " ",
                            Digest64(record.key), " ", Digest64(record.value),
                            "\n");
          }
        }
      }
    }
    return Digest64(digests);
  }

  const SimulationOptions& options_;
  Dice dice_;
  World world_;
  const ShardCount shards_;
  const uint64_t publish_percent_;
  const uint64_t fault_percent_;
  const uint64_t pace_ms_;
  Clock clock_;
  MemoryLog log_;
  Cluster cluster_;
  Faults faults_;
  Citizens citizens_;
  Operators operators_;
  /// Where the callers are in what they read.
  std::map<TopicPartition, Offset> read_to_;
  Day day_;
};

}  // namespace

Day Simulate(const SimulationOptions& options) {
  return Simulation(options).Run();
}

}  // namespace slotlog
