// The people of a rehearsal: who they are, what each wishes next, and what each
// has been told. Who they are and where they would go first follows from the
// seed alone; in which order they are answered, and so what the availability
// page shows them when they look again, depends on the system's speed.
//
// Everyone comes once, in an order without a pattern. Who finds the slot full
// looks for another, in turn with those who come for the first time, and goes
// on until the commands of the scenario are used up. Some send a command again
// while it is unanswered; some of those booked cancel a while later and stay
// away, and others take their seats.
//
// Where seats are held first, some confirm theirs and the others let them run
// out and stay away. Who finds the page empty waits for what runs out, and
// books that.
//
// In a rotation people come on the day of their digit; who was too early, on
// another's day or too late comes again when it is theirs or everybody's turn.
//
// A person is 12 bytes. One thread.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "events/ids.h"
#include "slotlog/v1/confirmations.pb.h"
#include "tools/rush/availability_page.h"
#include "tools/rush/people_names.h"
#include "tools/rush/places.h"
#include "tools/rush/popularity.h"
#include "tools/rush/scenario.h"

namespace slotlog {

/// Tenths of a millisecond since the rehearsal was opened; 0: not known.
using Tick = Number<struct TickTag, uint32_t>;

enum class Action : uint8_t { kBook, kHold, kConfirm, kCancel };

/// A command to be sent.
struct Wish {
  PersonNumber person;
  CommandNumber number;
  Action action;
  /// In which a seat is booked or held; of the others it is not asked.
  SlotNumber slot;
};

class Population {
 public:
  /// `places` must outlive the population.
  Population(const Scenario& scenario, const Places& places, uint64_t seed);

  /// Of the rotation, if there is one; told before Next whenever it is another.
  void ItIs(RotationMoment moment);

  /// What somebody wishes now, which counts as sent; none: nobody wishes
  /// anything until further answers, or the commands are used up.
  std::optional<Wish> Next(Tick now);
  /// Will Next give nothing whatever is answered to what was sent before?
  /// REQUIRES: all of it is answered.
  bool IsDone() const;

  /// What the log holds from before: a command was sent, once or once more.
  /// False: nobody of this scenario sends it. REQUIRES: before the first Next.
  bool Sent(const Wish& wish);
  /// After the last Sent: those who have come do not come again.
  void Resume();

  /// A first answer was read. If it is the one the person waits for: when that
  /// was asked. REQUIRES: the person exists.
  std::optional<Tick> Answered(PersonNumber person, CommandNumber number,
                               v1::Outcome outcome, v1::Refusal refusal);

  /// News: the person's hold ran out. False: the person holds no seat.
  /// REQUIRES: the person exists.
  bool HoldExpired(PersonNumber person);
  /// Neither confirmed nor run out, as far as the answers were read.
  uint64_t HoldsOpen() const { return holds_open_; }

  uint32_t People() const { return static_cast<uint32_t>(people_.size()); }
  /// Of the person's last command.
  SlotNumber SlotOf(PersonNumber person) const {
    return people_[person.value].slot;
  }
  uint32_t BirthDateDigits(PersonNumber person) const;
  RegionNumber RegionOf(PersonNumber person) const;
  /// Of the campaign's cohort?
  bool IsEligible(PersonNumber person) const {
    return person.value < citizens_;
  }
  /// Which campaign the person asks for.
  bool WantsNextCampaign(PersonNumber person) const {
    return person.value >= citizens_ + not_eligible_;
  }
  const AvailabilityPage& page() const { return page_; }
  /// So many are sent at most.
  uint64_t CommandsMax() const { return commands_; }

 private:
  enum class Standing : uint8_t {
    kNotYetCome,
    kBookAsked,
    kHoldAsked,
    kLooksAgain,
    kAwaitsDay,
    kHeld,
    kConfirmAsked,
    kBooked,
    kCancelAsked,
    kGone,
  };
  struct Person {
    Tick asked_at;
    SlotNumber slot;
    CommandNumber number;
    Standing standing = Standing::kNotYetCome;
    bool holds_seat = false;
  };
  static_assert(sizeof(Person) == 12);
  /// Somebody who will do something once so many commands were sent.
  struct Due {
    PersonNumber person;
    CommandNumber number;
    uint64_t sent;
  };

  std::optional<Wish> NextRepeat(bool in_hurry);
  std::optional<Wish> NextConfirm(Tick now);
  std::optional<Wish> NextCancel(bool in_hurry, Tick now);
  std::optional<Wish> NextBook(Tick now);
  Wish Ask(PersonNumber person, Action action, SlotNumber slot, Tick now);
  static Standing StandingAfter(Action action);
  /// What is waited for, if something is.
  static std::optional<Action> AskedFor(Standing standing);
  void CountSeat(Person& person, v1::Outcome outcome);
  /// Is there somebody who looks again, and for whom there is something to see?
  bool SomebodyLooksAgain() const {
    return !looking_again_.empty() && (!awaits_page_ || page_.HasFreeSlot());
  }
  SlotNumber Choose(PersonNumber person, CommandNumber number) const;
  /// The person who comes as number `arrival`.
  PersonNumber Arriving(uint32_t arrival) const;
  void SkipThoseWhoDoNotCome();
  bool ComesNow(PersonNumber person) const;
  /// Of the rotation: in which the person may book.
  uint32_t RoundOf(PersonNumber person) const;
  /// May the person book now, by the rotation?
  bool IsTurnOf(PersonNumber person) const {
    return moment_.is_open &&
           (moment_.IsForAll() || RoundOf(person) == moment_.round);
  }
  void LookAgain(PersonNumber person, v1::Refusal refusal);
  void MayCancelLater(PersonNumber person);
  void MayConfirm(PersonNumber person);
  /// 64 random bits, the same for the same seed, person, number and salt.
  uint64_t Draw(PersonNumber person, CommandNumber number, uint64_t salt) const;

  const Places& places_;
  const uint64_t seed_;
  const uint32_t citizens_;
  const uint32_t not_eligible_;
  const absl::CivilDay born_from_;
  const uint32_t birth_days_;
  const absl::CivilDay next_born_from_;
  const uint32_t next_birth_days_;
  const Choice choice_;
  const uint32_t seats_;
  const uint32_t repeat_percent_;
  const uint32_t cancel_percent_;
  const bool holds_first_;
  /// Who looks again waits until there is something to see.
  const bool awaits_page_;
  const uint32_t early_percent_;
  const uint32_t wrong_day_percent_;
  const uint32_t confirm_percent_;
  const uint64_t commands_;
  /// Of the sites of each region.
  std::vector<Popularity> popularities_;
  const uint32_t arrival_step_;

  std::vector<Person> people_;
  AvailabilityPage page_;
  uint64_t sent_ = 0;
  /// How many of the arrivals are over: those before it have come.
  uint32_t arrivals_ = 0;
  /// Whose turn it is: somebody who looks again, or a newcomer.
  bool newcomers_turn_ = true;
  RotationMoment moment_;
  uint64_t holds_open_ = 0;
  bool has_hold_expired_ = false;
  std::deque<PersonNumber> looking_again_;
  std::deque<PersonNumber> confirming_;
  std::deque<Due> impatient_;
  std::deque<Due> cancelling_;
};

}  // namespace slotlog
