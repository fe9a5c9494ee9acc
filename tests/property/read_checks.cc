#include "tests/property/read_checks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <utility>

#include "events/partitioner.h"

namespace slotlog {
namespace {

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

std::optional<SlotAvailability> FindSlot(const Availability& from,
                                         const std::string& site_id,
                                         const std::string& slot_id) {
  const auto slots = from.SlotsOf(SiteId{site_id});
  if (!slots.has_value()) return std::nullopt;
  for (const SlotAvailability& slot : *slots) {
    if (slot.slot_id == slot_id) return slot;
  }
  return std::nullopt;
}

std::string_view NameOf(SeatState state) {
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

/// The same words for what is read.
std::string CurrentText(const Appointment& one) {
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
      is_checked_in ? "booked" : slotlog::NameOf(one.status), one.site_id,
      one.slot_id, one.seat.value,
      one.deadline.has_value() ? absl::ToUnixMillis(*one.deadline) : 0);
}

bool IsKept(const v1::Confirmation& told) {
  return !told.repeated() && told.refusal() != v1::REFUSAL_BUSY &&
         told.refusal() != v1::REFUSAL_TOO_MANY_COMMANDS &&
         told.refusal() != v1::REFUSAL_COMMAND_ID_REUSED &&
         told.refusal() != v1::REFUSAL_WRONG_PARTITION &&
         (told.refusal() == 0 || told.refusal() > v1::REFUSAL_WRONG_PARTITION);
}

/// What is longer than any id may be is left out.
std::string IdOf(const std::string& id) {
  return id.size() <= 128 ? id : std::string();
}

void ExpectSame(const CommandOutcome& found, const v1::Confirmation& told) {
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

}  // namespace

std::vector<std::string> ReadAll(Log& log, TopicPartition partition) {
  auto consumer = log.OpenConsumer({{{partition, Offset{0}}}});
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

void ReadChecks::CheckAll() {
  CheckSlots();
  CheckSeats();
  CheckClaims();
  CheckOutcomes();
  CheckLine();
}

void ReadChecks::CheckSlots() {
  const auto availability = models_.availability().Get();
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

void ReadChecks::CheckSeats() {
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
  const auto appointments = models_.appointments().Get();
  for (const auto& [site_id, day] : days) {
    auto seats = appointments->OfSite(SiteId{site_id}, day, 100'000);
    ASSERT_TRUE(seats.ok());
    for (const Appointment& one : *seats) {
      found.insert(fmt::format("{} {} {} {} {} {}", one.site_id, one.slot_id,
                               one.seat.value, one.citizen_id, one.campaign_id,
                               slotlog::NameOf(one.status)));
    }
  }
  EXPECT_EQ(found, expected);
}

void ReadChecks::CheckClaims() {
  const auto appointments = models_.appointments().Get();
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
        const std::string text = CurrentText(one);
        if (!text.empty()) current.insert(text);
      }
      EXPECT_EQ(current, expected) << citizen_id;
    }
  }
}

/// "" where there is nothing now.
std::string ReadChecks::TextOf(const Claim& claim) {
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

/// Every confirmation that a caller got is what the outcomes say.
void ReadChecks::CheckOutcomes() {
  const auto outcomes = models_.outcomes().Get();
  for (const auto& [shard, state] : states_) {
    std::map<std::pair<std::string, std::string>, Offset> first;
    for (const std::string& bytes :
         ReadAll(log_, {Topic::kConfirmations, shard})) {
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
      if (IsKept(told) && ShardOf(told.citizen_id(), log_.Shards()) == shard) {
        first.try_emplace({told.citizen_id(), told.command_id()},
                          ticket.offset);
      }
    }
    for (const auto& [ids, offset] : first) {
      auto found = outcomes->Find(CitizenId{ids.first}, CommandId{ids.second});
      ASSERT_TRUE(found.ok() && found->has_value());
      EXPECT_EQ((*found)->ticket, (Ticket{shard, offset})) << ids.second;
      EXPECT_NE((*found)->command_digest, 0u);
    }
  }
}

void ReadChecks::CheckLine() {
  const LineNow now = models_.line().Now();
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
  const DemandReport demand = models_.demand().Get()->Report({});
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

}  // namespace slotlog
