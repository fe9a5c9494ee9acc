#include "tools/rush/population.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "tools/rush/test_scenario.h"

namespace slotlog {
namespace {

constexpr Tick kNow{7};
constexpr RegionNumber kEverywhere{0};

class PopulationTest : public testing::Test {
 protected:
  void Gather(const Scenario& scenario, uint64_t seed = 1) {
    places_.emplace(scenario, 2031);
    population_.emplace(scenario, *places_, seed);
  }

  std::vector<Wish> AllWishes() {
    std::vector<Wish> wishes;
    while (const auto wish = population_->Next(kNow)) wishes.push_back(*wish);
    return wishes;
  }

  std::optional<Tick> Book(const Wish& wish) {
    return population_->Answered(wish.person, wish.number, v1::OUTCOME_BOOKED,
                                 v1::REFUSAL_UNSPECIFIED);
  }
  void Hold(const Wish& wish) {
    population_->Answered(wish.person, wish.number, v1::OUTCOME_HELD,
                          v1::REFUSAL_UNSPECIFIED);
  }
  std::optional<Tick> Refuse(const Wish& wish, v1::Refusal refusal) {
    return population_->Answered(wish.person, wish.number, v1::OUTCOME_REFUSED,
                                 refusal);
  }

  std::optional<Places> places_;
  std::optional<Population> population_;
};

TEST_F(PopulationTest, PeopleAndCommandsAreNamedAndFoundByTheirNames) {
  EXPECT_EQ(CitizenNameOf(PersonNumber{1234}).value(), "c0000001234");
  EXPECT_EQ(CommandNameOf(PersonNumber{1234}, CommandNumber{3}).value(),
            "0000001234-003");
  EXPECT_EQ(PersonOf(CitizenId{"c0000001234"}), PersonNumber{1234});
  EXPECT_EQ(CommandNumberOf(CommandId{"0000001234-003"}), CommandNumber{3});
  for (const char* id : {"", "c000000123", "d0000001234", "c00000012x4"}) {
    EXPECT_EQ(PersonOf(CitizenId{id}), std::nullopt) << id;
  }
  for (const char* id : {"", "0000001234-03", "0000001234+003"}) {
    EXPECT_EQ(CommandNumberOf(CommandId{id}), std::nullopt) << id;
  }
}

TEST_F(PopulationTest, InUniformEveryoneWishesTheirOwnSeatOnce) {
  Gather(SmallUniform());
  std::set<PersonNumber> people;
  std::map<SlotNumber, int32_t> seats;
  for (const Wish& wish : AllWishes()) {
    people.insert(wish.person);
    ++seats[wish.slot];
  }
  EXPECT_EQ(people.size(), 200u);
  for (const auto& [slot, count] : seats) {
    EXPECT_EQ(count, places_->CapacityOf(slot));
  }
  EXPECT_TRUE(population_->IsDone());
}

TEST_F(PopulationTest, TheSameSeedGivesTheSamePeopleAndAnotherSeedOthers) {
  const auto first_choices = [&](uint64_t seed) {
    Gather(SmallRush(), seed);
    std::vector<std::pair<uint32_t, uint32_t>> choices;
    for (const Wish& wish : AllWishes()) {
      choices.emplace_back(population_->BirthDateDigits(wish.person),
                           wish.slot.value);
    }
    return choices;
  };
  const auto choices = first_choices(1);
  EXPECT_EQ(choices, first_choices(1));
  EXPECT_NE(choices, first_choices(2));
}

TEST_F(PopulationTest, BirthDatesAreThoseOfTheirKind) {
  Gather(SmallRush());
  for (PersonNumber person{0}; person.value < 300; ++person) {
    const uint32_t born = population_->BirthDateDigits(person);
    if (person.value < 250) {
      EXPECT_TRUE(born >= 19620101 && born <= 19661231) << born;
    } else if (person.value < 270) {
      EXPECT_GT(born, 19661231u);
    } else {
      EXPECT_TRUE(born >= 19670101 && born <= 19681231) << born;
    }
    EXPECT_EQ(population_->WantsNextCampaign(person), person.value >= 270);
  }
}

TEST_F(PopulationTest, TheFirstSiteIsTheMostPopular) {
  Scenario scenario = SmallRush();
  scenario.citizens = 10'000;
  Gather(scenario);
  std::map<uint32_t, int> by_site;
  for (int i = 0; i < 1'000; ++i) {
    ++by_site[population_->Next(kNow)->slot.value / 4];
  }
  // 1, 0.57, 0.42, 0.33, 0.28 of a sum of 2.6.
  EXPECT_NEAR(by_site[0], 385, 50);
  EXPECT_NEAR(by_site[4], 106, 35);
}

TEST_F(PopulationTest, WhoFindsTheSlotFullLooksAgain) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  Gather(scenario);
  const Wish first = *population_->Next(kNow);
  EXPECT_EQ(Refuse(first, v1::REFUSAL_SLOT_FULL), kNow);
  // Newcomers and those who look again take turns.
  EXPECT_EQ(population_->Next(kNow)->person, first.person);
  EXPECT_NE(population_->Next(kNow)->person, first.person);
}

TEST_F(PopulationTest, WhoIsNotEligibleOrTooEarlyGoesHome) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  Gather(scenario);
  const auto wishes = AllWishes();
  ASSERT_EQ(wishes.size(), 300u);
  Refuse(wishes[0], v1::REFUSAL_NOT_ELIGIBLE);
  Refuse(wishes[1], v1::REFUSAL_WINDOW_NOT_OPEN);
  EXPECT_FALSE(population_->Next(kNow).has_value());
}

TEST_F(PopulationTest,
       AnImpatientPersonSendsTheSameAgainOnceAndOnlyUnanswered) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 90;
  Gather(scenario);
  std::map<std::pair<PersonNumber, CommandNumber>, std::vector<Wish>> sent;
  for (const Wish& wish : AllWishes()) {
    sent[{wish.person, wish.number}].push_back(wish);
  }
  size_t twice = 0;
  for (const auto& [name, wishes] : sent) {
    ASSERT_LE(wishes.size(), 2u);
    if (wishes.size() < 2) continue;
    ++twice;
    EXPECT_EQ(wishes[0].slot, wishes[1].slot);
  }
  EXPECT_NEAR(static_cast<double>(twice), 270, 20);

  Gather(scenario);
  for (int i = 0; i < 300; ++i) {
    Refuse(*population_->Next(kNow), v1::REFUSAL_NOT_ELIGIBLE);
  }
  EXPECT_FALSE(population_->Next(kNow).has_value());
}

TEST_F(PopulationTest, SomeCancelOnceAndStayAway) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  scenario.cancel_percent = 50;
  Gather(scenario);
  size_t cancels = 0;
  while (const auto wish = population_->Next(kNow)) {
    if (wish->action != Action::kCancel) {
      Book(*wish);
      continue;
    }
    ++cancels;
    EXPECT_EQ(wish->number, CommandNumber{2});
    population_->Answered(wish->person, wish->number, v1::OUTCOME_CANCELLED,
                          v1::REFUSAL_UNSPECIFIED);
  }
  EXPECT_NEAR(static_cast<double>(cancels), 150, 30);
  EXPECT_TRUE(population_->IsDone());
}

TEST_F(PopulationTest, WhoLooksAgainFindsTheSlotThatIsStillFree) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  scenario.seats = 2;
  scenario.sites = 1;
  scenario.slot_days = 1;
  Gather(scenario);
  const Wish booked = *population_->Next(kNow);
  Book(booked);
  const auto wishes = AllWishes();
  for (const Wish& wish : wishes) Refuse(wish, v1::REFUSAL_SLOT_FULL);
  for (const Wish& wish : AllWishes()) EXPECT_NE(wish.slot, booked.slot);
}

TEST_F(PopulationTest, TheCommandsAreABudget) {
  Scenario scenario = SmallRush();
  Gather(scenario);
  uint64_t sent = 0;
  while (const auto wish = population_->Next(kNow)) {
    ++sent;
    Refuse(*wish, v1::REFUSAL_SLOT_FULL);
  }
  EXPECT_EQ(sent, scenario.commands);
  EXPECT_TRUE(population_->IsDone());
}

TEST_F(PopulationTest, AnAnswerToAnEarlierCommandChangesNothing) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  Gather(scenario);
  const Wish first = *population_->Next(kNow);
  Refuse(first, v1::REFUSAL_SLOT_FULL);
  const Wish second = *population_->Next(kNow);
  ASSERT_EQ(second.person, first.person);
  EXPECT_EQ(Refuse(first, v1::REFUSAL_SLOT_FULL), std::nullopt);
  EXPECT_EQ(Book(second), kNow);
}

TEST_F(PopulationTest, WhoWasInTheMiddleOfSomethingGoesOnAfterAStop) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  scenario.cancel_percent = 0;
  Gather(scenario);
  const Wish full = *population_->Next(kNow);
  const Wish booked = *population_->Next(kNow);
  const Wish unanswered = *population_->Next(kNow);

  Gather(scenario);
  EXPECT_TRUE(population_->Sent(full));
  EXPECT_TRUE(population_->Sent(booked));
  EXPECT_TRUE(population_->Sent(unanswered));
  population_->Resume();
  // When it was asked nobody knows any more.
  EXPECT_EQ(Refuse(full, v1::REFUSAL_SLOT_FULL), Tick{0});
  Book(booked);

  std::map<PersonNumber, int> wishes;
  for (const Wish& wish : AllWishes()) ++wishes[wish.person];
  EXPECT_EQ(wishes.size(), 298u);
  EXPECT_EQ(wishes[full.person], 1);
  EXPECT_FALSE(wishes.contains(booked.person));
  EXPECT_FALSE(wishes.contains(unanswered.person));
}

TEST_F(PopulationTest, ACommandOfNobodyIsNotOurs) {
  Gather(SmallRush());
  EXPECT_FALSE(population_->Sent(
      {PersonNumber{300}, CommandNumber{1}, Action::kBook, SlotNumber{0}}));
  EXPECT_FALSE(population_->Sent(
      {PersonNumber{0}, CommandNumber{1}, Action::kBook, SlotNumber{20}}));
}

// --- Holds ---

TEST_F(PopulationTest, WhoHoldsASeatConfirmsItOrLetsItRunOut) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  scenario.cancel_percent = 0;
  scenario.hold_seconds = 5;
  scenario.confirm_percent = 40;
  Gather(scenario);
  std::vector<Wish> held;
  size_t confirmed = 0;
  while (const auto wish = population_->Next(kNow)) {
    if (wish->action == Action::kConfirm) {
      ++confirmed;
      Book(*wish);
      continue;
    }
    EXPECT_EQ(wish->action, Action::kHold);
    if (held.size() < 100) {
      held.push_back(*wish);
      Hold(*wish);
    } else {
      Refuse(*wish, v1::REFUSAL_NOT_ELIGIBLE);
    }
  }
  EXPECT_NEAR(static_cast<double>(confirmed), 40, 15);
  EXPECT_EQ(population_->HoldsOpen(), 100 - confirmed);
  EXPECT_FALSE(population_->IsDone());

  size_t expired = 0;
  for (const Wish& wish : held) {
    if (population_->HoldExpired(wish.person)) ++expired;
    EXPECT_FALSE(population_->HoldExpired(wish.person));
  }
  EXPECT_EQ(expired, 100 - confirmed);
  EXPECT_TRUE(population_->IsDone());
}

TEST_F(PopulationTest, WhoWasRefusedAwaitsWhatRunsOutAndBooksIt) {
  Scenario scenario = SmallRush();
  scenario.repeat_percent = 0;
  scenario.seats = 1;
  scenario.sites = 1;
  scenario.slot_days = 1;
  scenario.slots_per_day = 1;
  scenario.hold_seconds = 5;
  Gather(scenario);
  const Wish held = *population_->Next(kNow);
  Hold(held);
  const auto others = AllWishes();
  EXPECT_EQ(others.size(), 299u);
  for (const Wish& wish : others) Refuse(wish, v1::REFUSAL_SLOT_FULL);
  EXPECT_FALSE(population_->Next(kNow).has_value());

  population_->HoldExpired(held.person);
  const auto again = population_->Next(kNow);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->person, others[0].person);
  EXPECT_EQ(again->action, Action::kBook);
  Book(*again);
  EXPECT_FALSE(population_->Next(kNow).has_value());
  EXPECT_TRUE(population_->IsDone());
}

class AvailabilityPageTest : public testing::Test {
 protected:
  std::set<SlotNumber> Free() {
    std::set<SlotNumber> free;
    for (uint64_t i = 0; i < 1'000; ++i) {
      if (const auto slot =
              page_.FreeSlot(kEverywhere, i * 0x9e3779b97f4a7c15)) {
        free.insert(*slot);
      }
    }
    return free;
  }
  void Take(SlotNumber slot, int seats) {
    for (int i = 0; i < seats; ++i) page_.SeatTaken(slot);
  }

  const Places places_{SmallRush(), 2031};
  AvailabilityPage page_{places_};
};

TEST_F(AvailabilityPageTest, ShowsSlotsUntilTheirSeatsAreTaken) {
  EXPECT_EQ(Free().size(), 20u);
  Take(SlotNumber{3}, 5);
  EXPECT_FALSE(Free().contains(SlotNumber{3}));
  EXPECT_EQ(Free().size(), 19u);
  page_.SeatReleased(SlotNumber{3});
  EXPECT_TRUE(Free().contains(SlotNumber{3}));
}

TEST_F(AvailabilityPageTest, ShowsNothingWhenAllIsTaken) {
  for (SlotNumber slot{0}; slot.value < 20; ++slot) Take(slot, 5);
  EXPECT_EQ(page_.FreeSlot(kEverywhere, 1), std::nullopt);
}

// Answers of two shards may be read the other way round.
TEST_F(AvailabilityPageTest, TheNextSeatMayBeSeenBeforeTheReleaseBeforeIt) {
  Take(SlotNumber{3}, 6);
  EXPECT_EQ(page_.SeatsLeft(SlotNumber{3}), -1);
  page_.SeatReleased(SlotNumber{3});
  EXPECT_FALSE(Free().contains(SlotNumber{3}));
  page_.SeatReleased(SlotNumber{3});
  EXPECT_TRUE(Free().contains(SlotNumber{3}));
}

}  // namespace
}  // namespace slotlog
