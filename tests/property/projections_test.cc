// What is read is what was decided: after random histories, with random deaths
// of the reader between its checkpoints, lost stores and rebuilds, every read
// model agrees with the shards' own state, folded from the same events, and
// with the confirmations that callers got. And however a reader came there, its
// rows are the same to the byte.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "events/partitioner.h"
#include "projections/read_models.h"
#include "services/reservation/fold.h"
#include "services/reservation/memory_state.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "tests/property/random_wishes.h"
#include "tests/support/projection_stores.h"
#include "tests/support/shards.h"

namespace slotlog {
namespace {

constexpr int kSteps = 500;

/// The ids in a row's key, each behind its length; then a seat's number.
class IdsInKey {
 public:
  explicit IdsInKey(std::string_view key) : rest_(key.substr(1)) {}
  std::string Next() {
    const auto size = static_cast<uint8_t>(rest_.front());
    std::string id(rest_.substr(1, size));
    rest_.remove_prefix(1 + size);
    return id;
  }
  uint32_t Number() {
    uint32_t number = 0;
    for (int i = 0; i < 4; ++i) {
      number = number << 8 | static_cast<uint8_t>(rest_[i]);
    }
    return number;
  }

 private:
  std::string_view rest_;
};

/// Everything a reader's stores hold, in words.
using Dump = std::map<std::string, std::string>;

class ReadHistory {
 public:
  ReadHistory(uint64_t seed, ShardCount shards)
      : random_(seed),
        count_(shards),
        log_(shards, [this] { return now_; }),
        shards_(
            log_, [this] { return now_; }, /*memory_bytes=*/32 * 1024,
            /*checkpoint_events_max=*/40) {
    Open();
  }

  void Run() {
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      const bool is_quiet = Below(200) == 0;
      now_ += absl::Milliseconds(is_quiet ? 65'000 : Below(500));
      if (i == kSteps * 9 / 10) now_ += absl::Hours(5);  // slots are over
      Act();
    }
    for (int i = 0; i < 5; ++i) {
      shards_.RunUntilIdle();
      now_ += absl::Seconds(10);
    }
    shards_.RunUntilIdle();
    CatchUp();
    FoldNaively();
    CheckAll();
    const Dump dump = DumpAll();
    CatchUp();
    EXPECT_TRUE(models_->feed().Save().ok());
    Open();
    CatchUp();
    EXPECT_EQ(DumpAll(), dump) << "after beginning again";
    models_.reset();
    stores_.LoseAll();
    Open();
    CatchUp();
    EXPECT_EQ(DumpAll(), dump) << "after folding again";
    CheckAll();
  }

  int booked() const { return booked_; }
  int waiting() const { return waiting_; }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  Shard AnyShard() { return Shard{static_cast<uint32_t>(Below(count_.value))}; }

  /// As after kill -9: what was not saved is gone.
  void Open() {
    models_.reset();
    models_ = std::make_unique<ReadModels>(
        log_, stores_.Functions(),
        ReadModelsOptions{.feed = {.clock = [this] { return now_; },
                                   .executor = nullptr,
                                   .checkpoint_rows_max = 200},
                          .outcomes = {}});
    const absl::Status opened = models_->feed().Open();
    ASSERT_TRUE(opened.ok()) << opened.ToString();
  }
  void CatchUp() {
    const absl::Status folded = models_->feed().CatchUp();
    ASSERT_TRUE(folded.ok()) << folded.ToString();
    ASSERT_TRUE(models_->feed().IsReady());
  }

  void Act() {
    const uint64_t dice = Below(100);
    if (dice < 45) return PublishCommand();
    if (dice < 55) return PublishOperations();
    if (dice < 57) return Open();
    if (dice < 58) return (void)models_->feed().Save();
    if (dice < 59) return RebuildOne();
    if (dice < 70) return Follow();
    shards_.Step(AnyShard());
  }
  void Follow() {
    const auto stepped = models_->feed().Step();
    ASSERT_TRUE(stepped.ok()) << stepped.status().ToString();
  }
  void RebuildOne() {
    const char* names[] = {"outcomes", "appointments", "availability", "demand",
                           "line"};
    (void)models_->feed().Rebuild(names[Below(5)]);
  }
  void PublishCommand() {
    const v1::Command command = wishes_.NextCommand();
    Shard home = ShardOf(command.citizen_id(), count_);
    if (Below(40) == 0) home = AnyShard();
    const uint64_t times = Below(10) == 0 ? 1 + Below(20) : 1;
    const std::string bytes = Encode(command);
    for (uint64_t i = 0; i < times; ++i) {
      ASSERT_TRUE(log_.Append({{{{Topic::kCommands, home}, "", bytes}}}).ok());
    }
  }
  void PublishOperations() {
    for (const auto& [key, operation] : wishes_.NextOperations(now_)) {
      const Shard home = ShardOf(key, count_);
      const std::string bytes = Encode(operation);
      ASSERT_TRUE(
          log_.Append({{{{Topic::kOperations, home}, "", bytes}}}).ok());
    }
  }

  std::vector<std::string> ReadAll(TopicPartition partition) {
    auto consumer = log_.OpenConsumer({{{partition, Offset{0}}}});
    EXPECT_TRUE(consumer.ok());
    std::vector<std::string> all;
    while (true) {
      auto batch = (*consumer)->Fetch(partition, 1000, 1 << 20);
      EXPECT_TRUE(batch.ok());
      if (!batch.ok() || batch->records.empty()) return all;
      for (const Record& record : batch->records) {
        all.emplace_back(record.value);
      }
    }
  }

  void FoldNaively() {
    for (Shard shard{0}; shard.value < count_.value; ++shard) {
      auto state = std::make_unique<MemoryState>(Head::Of(shard, count_));
      for (const std::string& bytes : ReadAll({Topic::kEvents, shard})) {
        v1::EventBatch batch;
        ASSERT_TRUE(batch.ParseFromString(bytes));
        Fold(batch, DigestOfBatch(bytes), *state);
        for (const v1::Event& event : batch.events()) {
          seats_given_ +=
              event.has_booked() || event.has_held() || event.has_rescheduled();
        }
      }
      states_[shard] = std::move(state);
    }
  }

  // --- What is read, and what is so ---

  void CheckAll() {
    CheckSlots();
    CheckSeats();
    CheckClaims();
    CheckOutcomes();
    CheckLine();
  }

  void CheckSlots() {
    const auto availability = models_->availability().Get();
    std::map<std::string, int64_t> left_in;
    int64_t left_in_all = 0;
    for (const auto& [shard, state] : states_) {
      for (const auto& [key, slot] : state->slots().rows()) {
        IdsInKey ids(key);
        const std::string site_id = ids.Next();
        const std::string slot_id = ids.Next();
        const bool is_open = !slot.closed && slot.start > state->head().now;
        const int64_t left = is_open ? slot.capacity - slot.taken : 0;
        const auto found = FindSlot(*availability, site_id, slot_id);
        ASSERT_TRUE(found.has_value()) << site_id << " " << slot_id;
        EXPECT_EQ(found->is_open, is_open) << site_id << " " << slot_id;
        EXPECT_EQ(found->seats_left, left) << site_id << " " << slot_id;
        EXPECT_EQ(found->capacity, slot.capacity) << site_id << " " << slot_id;
        left_in[availability->FindSite(SiteId{site_id})->region] += left;
        left_in_all += left;
      }
    }
    EXPECT_EQ(availability->StockLeft().seats_left, left_in_all);
    for (const auto& [region, left] : left_in) {
      EXPECT_EQ(availability->StockLeft(region).seats_left, left) << region;
    }
  }

  static std::optional<SlotAvailability> FindSlot(const Availability& from,
                                                  const std::string& site_id,
                                                  const std::string& slot_id) {
    const auto slots = from.SlotsOf(SiteId{site_id});
    if (!slots.has_value()) return std::nullopt;
    for (const SlotAvailability& slot : *slots) {
      if (slot.slot_id == slot_id) return slot;
    }
    return std::nullopt;
  }

  void CheckSeats() {
    std::set<std::string> expected;
    std::set<std::string> found;
    std::set<std::pair<std::string, uint32_t>> days;
    for (const auto& [shard, state] : states_) {
      for (const auto& [key, slot] : state->slots().rows()) {
        days.emplace(IdsInKey(key).Next(), slot.day.value);
      }
      for (const auto& [key, seat] : state->seats().rows()) {
        IdsInKey ids(key);
        const std::string site_id = ids.Next();
        const std::string slot_id = ids.Next();
        expected.insert(fmt::format("{} {} {} {} {} {}", site_id, slot_id,
                                    ids.Number(), seat.citizen_id,
                                    seat.campaign_id, NameOf(seat.state)));
      }
    }
    const auto appointments = models_->appointments().Get();
    for (const auto& [site_id, day] : days) {
      auto seats = appointments->OfSite(SiteId{site_id}, day, 100'000);
      ASSERT_TRUE(seats.ok());
      for (const Appointment& one : *seats) {
        found.insert(fmt::format("{} {} {} {} {} {}", one.site_id, one.slot_id,
                                 one.seat.value, one.citizen_id,
                                 one.campaign_id, NameOf(one.status)));
      }
    }
    EXPECT_EQ(found, expected);
  }

  static std::string_view NameOf(SeatState state) {
    switch (state) {
      case SeatState::kHeld:
        return "pending";
      case SeatState::kBooked:
        return "booked";
      case SeatState::kCheckedIn:
        return "checked-in";
      case SeatState::kFulfilled:
        return "fulfilled";
      case SeatState::kMissed:
        return "noshow";
    }
    return "";
  }
  static std::string_view NameOf(AppointmentStatus status) {
    return slotlog::NameOf(status);
  }

  void CheckClaims() {
    const auto appointments = models_->appointments().Get();
    booked_ = waiting_ = 0;
    for (const auto& [shard, state] : states_) {
      for (const auto& [key, citizen] : state->citizens().rows()) {
        const std::string citizen_id = IdsInKey(key).Next();
        auto found = appointments->OfCitizen(CitizenId{citizen_id});
        ASSERT_TRUE(found.ok());
        std::set<std::string> expected;
        for (const Claim& claim : citizen.claims) {
          const std::string text = TextOf(claim);
          if (!text.empty()) expected.insert(text);
        }
        std::set<std::string> current;
        for (const Appointment& one : *found) {
          const std::string text = TextOf(one);
          if (!text.empty()) current.insert(text);
        }
        EXPECT_EQ(current, expected) << citizen_id;
      }
    }
  }

  /// "" where there is nothing now.
  std::string TextOf(const Claim& claim) {
    const auto with_seat = [&](std::string_view status) {
      return fmt::format(
          "{} {} {}/{}/{} {}", claim.campaign_id, status, claim.seat.site_id,
          claim.seat.slot_id, claim.seat.number.value,
          status == "pending" ? absl::ToUnixMillis(claim.deadline) : 0);
    };
    if (claim.waiting != Turn{} && claim.state == ClaimState::kIdle) {
      ++waiting_;
      return claim.campaign_id + " waitlist";
    }
    switch (claim.state) {
      case ClaimState::kHeld:
        return with_seat("pending");
      case ClaimState::kBooked:
        ++booked_;
        return with_seat("booked");
      case ClaimState::kFulfilled:
        return with_seat("fulfilled");
      case ClaimState::kIdle:
        return "";
      case ClaimState::kAsked:
      case ClaimState::kMoving:
      case ClaimState::kReleasing:
        ADD_FAILURE() << "nothing is in flight any more";
    }
    return "";
  }
  static std::string TextOf(const Appointment& one) {
    switch (one.status) {
      case AppointmentStatus::kWaitlist:
        return one.campaign_id + " waitlist";
      case AppointmentStatus::kPending:
      case AppointmentStatus::kBooked:
      case AppointmentStatus::kFulfilled:
      case AppointmentStatus::kCheckedIn:
        break;
      case AppointmentStatus::kCancelled:
      case AppointmentStatus::kNoShow:
        return "";
    }
    const bool is_checked_in = one.status == AppointmentStatus::kCheckedIn;
    return fmt::format(
        "{} {} {}/{}/{} {}", one.campaign_id,
        is_checked_in ? "booked" : NameOf(one.status), one.site_id, one.slot_id,
        one.seat.value,
        one.deadline.has_value() ? absl::ToUnixMillis(*one.deadline) : 0);
  }

  /// Every confirmation that a caller got is what the outcomes say.
  void CheckOutcomes() {
    const auto outcomes = models_->outcomes().Get();
    for (const auto& [shard, state] : states_) {
      std::map<std::pair<std::string, std::string>, Offset> first;
      for (const std::string& bytes : ReadAll({Topic::kConfirmations, shard})) {
        v1::ConfirmationRecord record;
        ASSERT_TRUE(record.ParseFromString(bytes));
        if (record.has_notice()) continue;
        const v1::Confirmation& told = record.confirmation();
        const Ticket ticket{shard, Offset{told.offset()}};
        if (told.topic() == v1::TOPIC_OPERATIONS) {
          auto found = outcomes->FindOperation(ticket);
          ASSERT_TRUE(found.ok() && found->has_value());
          EXPECT_EQ((*found)->outcome, told.outcome());
          EXPECT_EQ((*found)->refusal, told.refusal());
          continue;
        }
        auto found = outcomes->Find(ticket);
        ASSERT_TRUE(found.ok() && found->has_value());
        ExpectSame(**found, told);
        if (IsKept(told) && ShardOf(told.citizen_id(), count_) == shard) {
          first.try_emplace({told.citizen_id(), told.command_id()},
                            ticket.offset);
        }
      }
      for (const auto& [ids, offset] : first) {
        auto found =
            outcomes->Find(CitizenId{ids.first}, CommandId{ids.second});
        ASSERT_TRUE(found.ok() && found->has_value());
        EXPECT_EQ((*found)->ticket, (Ticket{shard, offset})) << ids.second;
        EXPECT_NE((*found)->command_digest, 0u);
      }
    }
  }
  static bool IsKept(const v1::Confirmation& told) {
    return !told.repeated() && told.refusal() != v1::REFUSAL_BUSY &&
           told.refusal() != v1::REFUSAL_TOO_MANY_COMMANDS &&
           told.refusal() != v1::REFUSAL_COMMAND_ID_REUSED &&
           told.refusal() != v1::REFUSAL_WRONG_PARTITION &&
           (told.refusal() == 0 ||
            told.refusal() > v1::REFUSAL_WRONG_PARTITION);
  }
  /// What is longer than any id may be is left out.
  static std::string IdOf(const std::string& id) {
    return id.size() <= 128 ? id : std::string();
  }
  static void ExpectSame(const CommandOutcome& found,
                         const v1::Confirmation& told) {
    EXPECT_TRUE(found.is_decided);
    EXPECT_EQ(found.outcome, told.outcome());
    EXPECT_EQ(found.refusal, told.refusal());
    EXPECT_EQ(found.field, IdOf(told.field()));
    EXPECT_EQ(found.is_repeated, told.repeated());
    EXPECT_EQ(found.campaign_id, IdOf(told.campaign_id()));
    EXPECT_EQ(found.site_id, IdOf(told.site_id()));
    EXPECT_EQ(found.slot_id, IdOf(told.slot_id()));
    EXPECT_EQ(found.seat.value, told.seat());
    EXPECT_EQ(
        found.deadline.has_value() ? absl::ToUnixMillis(*found.deadline) : 0,
        told.deadline_unix_ms());
    EXPECT_EQ(found.sequence.value, told.citizen_sequence());
    EXPECT_EQ(found.slot_shard.value, told.slot_shard());
    EXPECT_EQ(found.slot_sequence.value, told.slot_sequence());
    EXPECT_EQ(absl::ToUnixMillis(found.asked_at), told.asked_at_unix_ms());
    EXPECT_EQ(absl::ToUnixMillis(found.decided_at), told.decided_at_unix_ms());
  }

  void CheckLine() {
    const LineNow now = models_->line().Now();
    EXPECT_EQ(now.undecided, 0);
    EXPECT_EQ(now.confirmed, seats_given_);
    for (const auto& [shard, state] : states_) {
      const ShardLine& line = now.shards[shard.value];
      EXPECT_EQ(line.progress.decided, state->head().commands.offset);
      EXPECT_EQ(line.progress.epoch, state->head().epoch);
      EXPECT_EQ(line.progress.sequence, state->head().sequence);
      EXPECT_EQ(line.progress.now, state->head().now);
      EXPECT_EQ(line.progress.decided_at, state->head().decided_at);
    }
    const DemandReport demand = models_->demand().Get()->Report({});
    DemandCount sum;
    for (const DemandRow& row : demand.rows) {
      sum.requests += row.count.requests;
      sum.confirmed += row.count.confirmed;
      sum.refused += row.count.refused;
      for (const auto& [refusal, times] : row.count.refusals) {
        sum.refusals[refusal] += times;
      }
    }
    EXPECT_EQ(sum, demand.totals);
    EXPECT_EQ(demand.totals.confirmed, seats_given_);
    EXPECT_LE(demand.totals.refused, now.refused);
    EXPECT_GE(demand.totals.requests,
              demand.totals.confirmed + demand.totals.refused);
  }

  // --- Rows ---

  template <typename P>
  static void AddTo(Dump& dump, const P& projection) {
    EXPECT_TRUE(projection.rows()
                    .Scan("",
                          [&](std::string_view key, std::string_view value) {
                            dump.emplace(fmt::format("{} {}", P::kName, key),
                                         value);
                            return true;
                          })
                    .ok());
  }
  Dump DumpAll() {
    Dump dump;
    AddTo(dump, *models_->outcomes().Get());
    AddTo(dump, *models_->appointments().Get());
    AddTo(dump, *models_->availability().Get());
    AddTo(dump, *models_->demand().Get());
    return dump;
  }

  const absl::Time start_ = absl::FromUnixSeconds(1'626'048'000);
  absl::Time now_ = start_;
  std::mt19937_64 random_;
  RandomWishes wishes_{random_, start_};
  const ShardCount count_;
  MemoryLog log_;
  Shards shards_;
  MemoryProjectionStores stores_;
  std::unique_ptr<ReadModels> models_;
  std::map<Shard, std::unique_ptr<MemoryState>> states_;
  int64_t seats_given_ = 0;
  int booked_ = 0;
  int waiting_ = 0;
};

class ProjectionsTest : public testing::TestWithParam<uint32_t> {};

TEST_P(ProjectionsTest, WhatIsReadIsWhatWasDecided) {
  int booked = 0;
  int waiting = 0;
  for (uint64_t seed = 1; seed <= 15 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    ReadHistory history(seed, ShardCount{GetParam()});
    history.Run();
    booked += history.booked();
    waiting += history.waiting();
  }
  // Or nothing was shown of them.
  EXPECT_GT(booked, 0);
  EXPECT_GT(waiting, 0);
}

INSTANTIATE_TEST_SUITE_P(Shards, ProjectionsTest, testing::Values(1, 2, 5),
                         [](const auto& info) {
                           return fmt::format("{}", info.param);
                         });

}  // namespace
}  // namespace slotlog
