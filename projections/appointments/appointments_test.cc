#include "projections/appointments/appointments.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/folded_model.h"

namespace slotlog {
namespace {

/// What a citizen's event says of whom and where.
constexpr char kWho[] =
    "citizen_id: 'c' campaign_id: 'k' site_id: 's' slot_id: 'am' ";

class AppointmentsTest : public testing::Test {
 protected:
  /// In the citizen's shard, one event: its name and what it says beside kWho.
  void Citizen(const char* event, const char* more = "") {
    model_.Fold(Shard{0},
                fmt::format("events {{ {} {{ {} {} }} }}", event, kWho, more));
  }
  /// In the slot's shard, as it is written.
  void Slot(const std::string& text) {
    model_.Fold(Shard{1}, fmt::format("events {{ {} }}", text));
  }
  void OpenSlots() {
    Slot(R"(slots_opened { site_id: 's'
        slots { slot_id: 'am' start_unix_ms: 1000 end_unix_ms: 2000
                day_yyyymmdd: 20210712 }
        slots { slot_id: 'pm' start_unix_ms: 3000 end_unix_ms: 4000
                day_yyyymmdd: 20210712 }
        slots { slot_id: 'other' start_unix_ms: 5000 end_unix_ms: 6000
                day_yyyymmdd: 20210713 } })");
  }
  /// "booked s/am/4", of the one appointment that there is; "" for none.
  std::string Only() {
    auto all = model_->OfCitizen(CitizenId{"c"});
    EXPECT_TRUE(all.ok());
    if (all->empty()) return "";
    EXPECT_EQ(all->size(), 1u);
    return Text(all->front());
  }
  std::string OnDay(uint32_t day, size_t max = 100) {
    auto all = model_->OfSite(SiteId{"s"}, day, max);
    EXPECT_TRUE(all.ok());
    std::string text;
    for (const Appointment& one : *all) {
      text += fmt::format("{} {}, ", one.citizen_id, Text(one));
    }
    return text;
  }
  static std::string Text(const Appointment& one) {
    std::string text(NameOf(one.status));
    if (!one.region.empty()) return text + " " + one.region;
    text += fmt::format(" {}/{}", one.site_id, one.slot_id);
    if (one.seat != SeatNumber{}) text += fmt::format("/{}", one.seat.value);
    if (one.deadline.has_value()) {
      text += fmt::format(" until {}", absl::ToUnixMillis(*one.deadline));
    }
    return text;
  }

  FoldedModel<Appointments> model_{ShardCount{2}};
};

TEST_F(AppointmentsTest, WhoAskedHasNoneYet) {
  Citizen("seat_asked", "turn: 1");
  EXPECT_EQ(Only(), "");
}

TEST_F(AppointmentsTest, AHoldIsPendingThenBooked) {
  Citizen("held", "turn: 1 seat: 4 deadline_unix_ms: 77");
  EXPECT_EQ(Only(), "pending s/am/4 until 77");
  Citizen("hold_confirmed", "seat: 4 seat_turn: 1");
  EXPECT_EQ(Only(), "booked s/am/4");
}

TEST_F(AppointmentsTest, AHoldThatRunsOutIsCancelled) {
  Citizen("held", "turn: 1 seat: 4 deadline_unix_ms: 77");
  Citizen("hold_expired", "turn: 2 seat: 4 seat_turn: 1");
  EXPECT_EQ(Only(), "cancelled s/am/4");
}

TEST_F(AppointmentsTest, ABookingStandsUntilItsSeatIsBack) {
  Citizen("booked", "turn: 1 seat: 4");
  Citizen("release_asked", "turn: 2 seat_turn: 1 seat: 4");
  EXPECT_EQ(Only(), "booked s/am/4");
  Citizen("cancelled", "turn: 2");
  EXPECT_EQ(Only(), "cancelled s/am/4");
  Citizen("booked", "turn: 3 seat: 5");
  EXPECT_EQ(Only(), "booked s/am/5");
}

TEST_F(AppointmentsTest, TheSlotsTimesComeFromTheSitesShard) {
  Citizen("booked", "turn: 1 seat: 4");
  EXPECT_FALSE(model_->OfCitizen(CitizenId{"c"})->front().start.has_value());
  OpenSlots();
  EXPECT_EQ(model_->OfCitizen(CitizenId{"c"})->front().start,
            absl::FromUnixMillis(1000));
  EXPECT_EQ(model_->OfCitizen(CitizenId{"c"})->front().end,
            absl::FromUnixMillis(2000));
}

TEST_F(AppointmentsTest, WhoIsThereIsCheckedInThenFulfilled) {
  OpenSlots();
  Slot(fmt::format("seat_taken {{ {} turn: 1 seat: 4 }}", kWho));
  Citizen("booked", "turn: 1 seat: 4");
  Slot(
      "seat_checked_in { citizen_id: 'c' site_id: 's' slot_id: 'am' seat: 4 }");
  EXPECT_EQ(Only(), "checked-in s/am/4");
  Slot("dose_given { citizen_id: 'c' site_id: 's' slot_id: 'am' seat: 4 }");
  EXPECT_EQ(OnDay(20210712), "c fulfilled s/am/4, ");
  Citizen("fulfilled", "seat: 4 seat_turn: 1");
  EXPECT_EQ(Only(), "fulfilled s/am/4");
}

TEST_F(AppointmentsTest, WhoDidNotComeStaysSo) {
  Citizen("booked", "turn: 1 seat: 4");
  Citizen("missed", "seat: 4 seat_turn: 1");
  EXPECT_EQ(Only(), "noshow s/am/4");
  Citizen("cancelled", "turn: 2");  // was asked for before that was known
  EXPECT_EQ(Only(), "noshow s/am/4");
}

TEST_F(AppointmentsTest, AMoveShowsTheOldSeatUntilItIsOver) {
  Citizen("booked", "turn: 1 seat: 4");
  Citizen("move_asked", "command_offset: 9 turn: 2");
  Citizen("new_seat_taken", "turn: 3 seat: 7 seat_turn: 2");
  EXPECT_EQ(Only(), "booked s/am/4");
  Citizen("rescheduled",
          "command_offset: 9 seat_turn: 2 seat: 7 "
          "outcome: OUTCOME_RESCHEDULED");
  EXPECT_EQ(Only(), "booked s/am/7");
}

TEST_F(AppointmentsTest, AMoveThatIsRefusedLeavesTheOldSeat) {
  Citizen("booked", "turn: 1 seat: 4");
  Citizen("move_asked", "command_offset: 9 turn: 2");
  Citizen("command_refused", "command_offset: 9 refusal: REFUSAL_SLOT_FULL");
  EXPECT_EQ(Only(), "booked s/am/4");
}

TEST_F(AppointmentsTest, AMoveThatLosesBothSeatsLeavesNone) {
  Citizen("booked", "turn: 1 seat: 4");
  Citizen("move_asked", "command_offset: 9 turn: 2");
  Citizen("new_seat_taken", "turn: 3 seat: 7 seat_turn: 2");
  Citizen("seat_lost", "seat: 7 seat_turn: 2");
  EXPECT_EQ(Only(), "booked s/am/4");
  Citizen("command_refused", "command_offset: 8 refusal: REFUSAL_SEAT_GONE");
  EXPECT_EQ(Only(), "booked s/am/4");  // another command's
  Citizen("command_refused", "command_offset: 9 refusal: REFUSAL_SEAT_GONE");
  EXPECT_EQ(Only(), "cancelled s/am/4");
}

TEST_F(AppointmentsTest, WhoWaitsIsInTheWaitlistUntilASeatIsOffered) {
  Citizen("waiting", "turn: 1");
  EXPECT_EQ(Only(), "waitlist s/am");
  Citizen("offered", "seat: 4 seat_turn: 1 deadline_unix_ms: 77");
  EXPECT_EQ(Only(), "pending s/am/4 until 77");
  Citizen("hold_expired", "seat: 4 seat_turn: 1");
  EXPECT_EQ(Only(), "cancelled s/am/4");
}

TEST_F(AppointmentsTest, OfARegionTheWaitlistNamesTheRegion) {
  model_.Fold(Shard{0}, R"(events { waiting {
      citizen_id: 'c' campaign_id: 'k' region: 'Seoul' turn: 1 } })");
  EXPECT_EQ(Only(), "waitlist Seoul");
  model_.Fold(Shard{0}, R"(events { waitlist_left {
      citizen_id: 'c' campaign_id: 'k' } })");
  EXPECT_EQ(Only(), "");
}

TEST_F(AppointmentsTest, WhoLosesASeatMayWaitForTheNext) {
  Citizen("booked", "turn: 1 seat: 4");
  Citizen("seat_lost", "seat: 4 seat_turn: 1 waits: true");
  EXPECT_EQ(Only(), "waitlist s/am");
  Citizen("offer_withdrawn", "seat: 5 seat_turn: 1");
  EXPECT_EQ(Only(), "waitlist s/am");
  Citizen("offer_withdrawn",
          "seat: 5 seat_turn: 1 reason: NOTICE_KIND_SITE_CLOSED");
  EXPECT_EQ(Only(), "cancelled s/am/4");
}

TEST_F(AppointmentsTest, CampaignsStandBesideEachOtherInOrder) {
  for (const char* campaign : {"k2", "k1", "k3"}) {
    model_.Fold(Shard{0}, fmt::format(R"(events {{ booked {{
        citizen_id: 'c' campaign_id: '{}' site_id: 's' slot_id: 'am'
        turn: 1 seat: 4 }} }})",
                                      campaign));
  }
  model_.Reload();
  const auto all = *model_->OfCitizen(CitizenId{"c"});
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].campaign_id, "k1");
  EXPECT_EQ(all[1].campaign_id, "k2");
  EXPECT_EQ(all[2].campaign_id, "k3");
  EXPECT_TRUE(model_->OfCitizen(CitizenId{"nobody"})->empty());
}

TEST_F(AppointmentsTest, ASitesDayHasItsSeatsInOrder) {
  OpenSlots();
  const auto take = [&](const char* citizen, const char* slot, int seat) {
    Slot(
        fmt::format("seat_taken {{ citizen_id: '{}' campaign_id: 'k' "
                    "site_id: 's' slot_id: '{}' seat: {} hold: {} }}",
                    citizen, slot, seat, seat == 2));
  };
  take("d", "pm", 1);
  take("e", "am", 2);
  take("c", "am", 1);
  take("f", "other", 1);
  EXPECT_EQ(OnDay(20210712),
            "c booked s/am/1, e pending s/am/2, d booked s/pm/1, ");
  EXPECT_EQ(OnDay(20210712, 2), "c booked s/am/1, e pending s/am/2, ");
  EXPECT_EQ(OnDay(20210713), "f booked s/other/1, ");
  EXPECT_EQ(OnDay(0), "");
  Slot("seat_confirmed { site_id: 's' slot_id: 'am' seat: 2 }");
  Slot(R"(seats_swapped {
      waiting { citizen_id: 'c' campaign_id: 'k' site_id: 's' slot_id: 'pm'
                seat: 2 from_slot_id: 'am' from_seat: 1 }
      asking { citizen_id: 'd' campaign_id: 'k' site_id: 's' slot_id: 'am'
               seat: 3 from_slot_id: 'pm' from_seat: 1 } })");
  Slot("seat_released { site_id: 's' slot_id: 'other' seat: 1 }");
  Slot("seat_missed { site_id: 's' slot_id: 'am' seat: 2 }");
  model_.Reload();
  EXPECT_EQ(OnDay(20210712),
            "e noshow s/am/2, d booked s/am/3, c booked s/pm/2, ");
  EXPECT_EQ(OnDay(20210713), "");
}

}  // namespace
}  // namespace slotlog
