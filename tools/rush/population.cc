#include "tools/rush/population.h"

#include <algorithm>
#include <numeric>

#include "events/invariant.h"

namespace slotlog {
namespace {

/// An impatient person sends the command again when so many others were sent.
constexpr uint64_t kRepeatAfterCommands = 10;
/// Who cancels does so when one in so many of all commands was sent since, and
/// only if booked in the first eight tenths, so that the seats are taken again.
constexpr uint64_t kCancelAfterPart = 20;
constexpr uint64_t kCancelsEndTenths = 8;
/// People of other ages are younger than the cohort by up to so much.
constexpr uint32_t kOtherAgesDays = 10 * 365;

// What a draw decides, so that one person's draws differ.
constexpr uint64_t kSiteSalt = 1;
constexpr uint64_t kSlotSalt = 2;
constexpr uint64_t kPageSalt = 3;
constexpr uint64_t kRepeatSalt = 4;
constexpr uint64_t kCancelSalt = 5;
constexpr uint64_t kBirthSalt = 6;
constexpr uint64_t kRegionSalt = 7;
constexpr uint64_t kConfirmSalt = 8;
constexpr uint64_t kEarlySalt = 9;
constexpr uint64_t kWrongDaySalt = 10;
constexpr uint64_t kWhichDaySalt = 11;

/// SplitMix64's finalizer.
uint64_t Mix(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

/// Of `count` things, one.
uint32_t Pick(uint64_t random_bits, uint32_t count) {
  return static_cast<uint32_t>((random_bits >> 32) * count >> 32);
}

uint32_t DaysOf(const Cohort& cohort) {
  return static_cast<uint32_t>(cohort.born_to - cohort.born_from + 1);
}

/// Steps through all people, each once, in an order without a pattern: a step
/// near the golden section that shares no divisor with their number.
uint32_t StepThrough(uint32_t people) {
  auto step = static_cast<uint32_t>(uint64_t{people} * 618 / 1000);
  while (step > 1 && std::gcd(step, people) != 1) --step;
  return std::max(step, 1u);
}

}  // namespace

Population::Population(const Scenario& scenario, const Places& places,
                       uint64_t seed)
    : places_(places),
      seed_(seed),
      citizens_(scenario.citizens),
      not_eligible_(scenario.not_eligible),
      born_from_(scenario.cohort.born_from),
      birth_days_(DaysOf(scenario.cohort)),
      next_born_from_(scenario.next_cohort.value_or(scenario.cohort).born_from),
      next_birth_days_(DaysOf(scenario.next_cohort.value_or(scenario.cohort))),
      choice_(scenario.choice),
      seats_(scenario.seats),
      repeat_percent_(scenario.repeat_percent),
      cancel_percent_(scenario.cancel_percent),
      holds_first_(scenario.hold_seconds > 0),
      awaits_page_(holds_first_ || places.rotation().Exists()),
      early_percent_(scenario.early_percent),
      wrong_day_percent_(scenario.wrong_day_percent),
      confirm_percent_(scenario.confirm_percent),
      commands_(scenario.commands),
      arrival_step_(StepThrough(scenario.People())),
      people_(scenario.People()),
      page_(places) {
  const Regions& regions = places.regions();
  for (RegionNumber region{0}; region.value < regions.Count(); ++region) {
    popularities_.emplace_back(
        static_cast<uint32_t>(regions.SitesFor(region).size()),
        scenario.popularity_exponent);
  }
}

void Population::ItIs(RotationMoment moment) {
  if (moment == moment_) return;
  moment_ = moment;
  if (moment.is_open) page_.ShowHidden();
  for (const PersonNumber person : looking_again_) {
    people_[person.value].standing = Standing::kAwaitsDay;
  }
  looking_again_.clear();
  arrivals_ = 0;
  SkipThoseWhoDoNotCome();
}

bool Population::ComesNow(PersonNumber person) const {
  const Standing standing = people_[person.value].standing;
  if (standing == Standing::kAwaitsDay) return IsTurnOf(person);
  if (standing != Standing::kNotYetCome) return false;
  if (!places_.rotation().Exists() || IsTurnOf(person)) return true;
  const auto does = [&](uint32_t percent, uint64_t salt) {
    return Pick(Draw(person, CommandNumber{0}, salt), 100) < percent;
  };
  if (!moment_.is_open) {
    return RoundOf(person) == moment_.round && does(early_percent_, kEarlySalt);
  }
  return does(wrong_day_percent_, kWrongDaySalt) &&
         Pick(Draw(person, CommandNumber{0}, kWhichDaySalt), kRotationRounds) ==
             moment_.round;
}

uint32_t Population::RoundOf(PersonNumber person) const {
  return places_.rotation().RoundOf(BirthDateDigits(person) % 10);
}

std::optional<Wish> Population::Next(Tick now) {
  if (sent_ >= commands_) return std::nullopt;
  std::optional<Wish> wish = NextRepeat(/*in_hurry=*/false);
  if (!wish) wish = NextConfirm(now);
  if (!wish) wish = NextCancel(/*in_hurry=*/false, now);
  if (!wish) wish = NextBook(now);
  // Nobody is left whom the others wait for.
  if (!wish) wish = NextCancel(/*in_hurry=*/true, now);
  if (!wish) wish = NextRepeat(/*in_hurry=*/true);
  if (wish) ++sent_;
  return wish;
}

bool Population::IsDone() const {
  // A hold runs out though nobody sends anything any more.
  if (holds_open_ > 0) return false;
  if (sent_ >= commands_) return true;
  if (places_.rotation().Exists() && !moment_.IsForAll()) return false;
  return (arrivals_ == People() && !SomebodyLooksAgain() &&
          cancelling_.empty());
}

std::optional<Wish> Population::NextRepeat(bool in_hurry) {
  while (!impatient_.empty() &&
         (in_hurry || impatient_.front().sent <= sent_)) {
    const Due due = impatient_.front();
    impatient_.pop_front();
    const Person& person = people_[due.person.value];
    const auto action = AskedFor(person.standing);
    if (!action.has_value() || person.number != due.number) continue;
    return Wish{due.person, due.number, *action, person.slot};
  }
  return std::nullopt;
}

std::optional<Wish> Population::NextConfirm(Tick now) {
  while (!confirming_.empty()) {
    const PersonNumber person = confirming_.front();
    confirming_.pop_front();
    // Unless the hold ran out meanwhile.
    if (people_[person.value].standing != Standing::kHeld) continue;
    return Ask(person, Action::kConfirm, people_[person.value].slot, now);
  }
  return std::nullopt;
}

std::optional<Wish> Population::NextCancel(bool in_hurry, Tick now) {
  if (cancelling_.empty()) return std::nullopt;
  const Due due = cancelling_.front();
  if (!in_hurry && due.sent > sent_) return std::nullopt;
  cancelling_.pop_front();
  return Ask(due.person, Action::kCancel, people_[due.person.value].slot, now);
}

std::optional<Wish> Population::NextBook(Tick now) {
  const bool newcomers = arrivals_ < People();
  const bool looks_again = SomebodyLooksAgain();
  if (!newcomers && !looks_again) return std::nullopt;
  PersonNumber person;
  if (newcomers && (newcomers_turn_ || !looks_again)) {
    person = Arriving(arrivals_++);
    SkipThoseWhoDoNotCome();
  } else {
    person = looking_again_.front();
    looking_again_.pop_front();
  }
  newcomers_turn_ = !newcomers_turn_;
  CommandNumber number = people_[person.value].number;
  const Action action =
      holds_first_ && !has_hold_expired_ ? Action::kHold : Action::kBook;
  return Ask(person, action, Choose(person, ++number), now);
}

Population::Standing Population::StandingAfter(Action action) {
  switch (action) {
    case Action::kBook:
      return Standing::kBookAsked;
    case Action::kHold:
      return Standing::kHoldAsked;
    case Action::kConfirm:
      return Standing::kConfirmAsked;
    case Action::kCancel:
      break;
  }
  return Standing::kCancelAsked;
}

std::optional<Action> Population::AskedFor(Standing standing) {
  for (const Action action :
       {Action::kBook, Action::kHold, Action::kConfirm, Action::kCancel}) {
    if (standing == StandingAfter(action)) return action;
  }
  return std::nullopt;
}

Wish Population::Ask(PersonNumber number, Action action, SlotNumber slot,
                     Tick now) {
  Person& person = people_[number.value];
  ++person.number;
  person.slot = slot;
  person.asked_at = now;
  person.standing = StandingAfter(action);
  if (repeat_percent_ > 0 &&
      Pick(Draw(number, person.number, kRepeatSalt), 100) < repeat_percent_) {
    impatient_.push_back({number, person.number, sent_ + kRepeatAfterCommands});
  }
  return Wish{number, person.number, action, slot};
}

SlotNumber Population::Choose(PersonNumber person, CommandNumber number) const {
  if (number > CommandNumber{1}) {
    if (const auto free =
            page_.FreeSlot(RegionOf(person), Draw(person, number, kPageSalt))) {
      return *free;
    }
  }
  if (choice_ == Choice::kOwnSeat) {
    return places_.SlotOfSeat(person.value % seats_);
  }
  // The page shows nothing, or nobody has looked at it yet.
  const RegionNumber region = RegionOf(person);
  const uint32_t site =
      places_.regions().SitesFor(region)[popularities_[region.value].Draw(
          Draw(person, number, kSiteSalt))];
  const uint32_t slots = places_.SlotsPerSite();
  return SlotNumber{site * slots +
                    Pick(Draw(person, number, kSlotSalt), slots)};
}

PersonNumber Population::Arriving(uint32_t arrival) const {
  return PersonNumber{static_cast<uint32_t>(uint64_t{arrival} * arrival_step_ %
                                            people_.size())};
}

void Population::SkipThoseWhoDoNotCome() {
  while (arrivals_ < People() && !ComesNow(Arriving(arrivals_))) {
    ++arrivals_;
  }
}

bool Population::Sent(const Wish& wish) {
  if (wish.person.value >= People() || wish.number > kCommandNumberMax ||
      wish.slot.value >= places_.SlotCount()) {
    return false;
  }
  ++sent_;
  Person& person = people_[wish.person.value];
  if (wish.number <= person.number) return true;
  // The others keep the slot that was booked or held.
  if (wish.action == Action::kBook || wish.action == Action::kHold) {
    person.slot = wish.slot;
  }
  person.number = wish.number;
  person.standing = StandingAfter(wish.action);
  return true;
}

void Population::Resume() { SkipThoseWhoDoNotCome(); }

std::optional<Tick> Population::Answered(PersonNumber number,
                                         CommandNumber command,
                                         v1::Outcome outcome,
                                         v1::Refusal refusal) {
  Person& person = people_[number.value];
  CountSeat(person, outcome);
  const auto action = AskedFor(person.standing);
  if (!action.has_value() || person.number != command) return std::nullopt;

  const bool not_yet = places_.rotation().Exists() &&
                       !WantsNextCampaign(number) &&
                       (refusal == v1::REFUSAL_NOT_YOUR_DAY ||
                        refusal == v1::REFUSAL_WINDOW_NOT_OPEN);
  const bool goes_on = not_yet || refusal == v1::REFUSAL_SLOT_FULL ||
                       refusal == v1::REFUSAL_ROUND_SHARE_TAKEN ||
                       refusal == v1::REFUSAL_BUSY;
  if (outcome == v1::OUTCOME_BOOKED) {
    person.standing = Standing::kBooked;
    MayCancelLater(number);
  } else if (outcome == v1::OUTCOME_HELD) {
    person.standing = Standing::kHeld;
    MayConfirm(number);
  } else if (goes_on && person.number < kCommandNumberMax &&
             (action == Action::kBook || action == Action::kHold)) {
    LookAgain(number, refusal);
  } else {
    person.standing = Standing::kGone;
  }
  return person.asked_at;
}

void Population::LookAgain(PersonNumber number, v1::Refusal refusal) {
  Person& person = people_[number.value];
  // What is left of the site is for later rounds.
  if (refusal == v1::REFUSAL_ROUND_SHARE_TAKEN) page_.HideSiteOf(person.slot);
  if (places_.rotation().Exists() && !IsTurnOf(number)) {
    person.standing = Standing::kAwaitsDay;
    return;
  }
  person.standing = Standing::kLooksAgain;
  looking_again_.push_back(number);
}

void Population::CountSeat(Person& person, v1::Outcome outcome) {
  if (outcome == v1::OUTCOME_CANCELLED) page_.SeatReleased(person.slot);
  if (outcome == v1::OUTCOME_HELD) {
    page_.SeatTaken(person.slot);
    person.holds_seat = true;
    ++holds_open_;
  }
  if (outcome == v1::OUTCOME_BOOKED) {
    if (person.holds_seat) {
      // Confirmed: the seat was taken before.
      --holds_open_;
    } else {
      page_.SeatTaken(person.slot);
    }
    person.holds_seat = false;
  }
}

bool Population::HoldExpired(PersonNumber number) {
  Person& person = people_[number.value];
  if (!person.holds_seat) return false;
  person.holds_seat = false;
  --holds_open_;
  has_hold_expired_ = true;
  page_.SeatReleased(person.slot);
  if (person.standing == Standing::kHeld) person.standing = Standing::kGone;
  return true;
}

void Population::MayConfirm(PersonNumber person) {
  if (people_[person.value].number < kCommandNumberMax &&
      Pick(Draw(person, CommandNumber{0}, kConfirmSalt), 100) <
          confirm_percent_) {
    confirming_.push_back(person);
  }
}

void Population::MayCancelLater(PersonNumber person) {
  if (cancel_percent_ == 0 || sent_ >= commands_ / 10 * kCancelsEndTenths ||
      people_[person.value].number == kCommandNumberMax ||
      Pick(Draw(person, CommandNumber{0}, kCancelSalt), 100) >=
          cancel_percent_) {
    return;
  }
  cancelling_.push_back(
      {person, CommandNumber{0}, sent_ + commands_ / kCancelAfterPart});
}

uint32_t Population::BirthDateDigits(PersonNumber person) const {
  const uint64_t draw = Draw(person, CommandNumber{0}, kBirthSalt);
  absl::CivilDay day = born_from_ + Pick(draw, birth_days_);
  if (WantsNextCampaign(person)) {
    day = next_born_from_ + Pick(draw, next_birth_days_);
  } else if (person.value >= citizens_) {
    day = born_from_ + birth_days_ + Pick(draw, kOtherAgesDays);
  }
  return DateDigits(day);
}

RegionNumber Population::RegionOf(PersonNumber person) const {
  return places_.regions().Draw(Draw(person, CommandNumber{0}, kRegionSalt));
}

uint64_t Population::Draw(PersonNumber person, CommandNumber number,
                          uint64_t salt) const {
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
  const uint64_t name =
      uint64_t{person.value} << 32 | uint64_t{number.value} << 16 | salt;
  return Mix(Mix(name + kGolden) ^ (seed_ + kGolden));
}

}  // namespace slotlog
