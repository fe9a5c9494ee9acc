#include "tools/verify/day_parts.h"

namespace slotlog::verify {
namespace {

std::string Campaign() {
  return "campaign { campaign_id: 'summer' cohorts { born_from_yyyymmdd: "
         "19620101 born_to_yyyymmdd: 19661231 } rounds { opens_unix_ms: "
         "1626080400000 closes_unix_ms: 1626087600000 } hold_seconds: 600 "
         "offer_seconds: 300 } ";
}

void DefineSummer(HandmadeHistory& history) {
  const auto summer = history.Operation(
      "summer", 0, "operation_id: 'o1' define_campaign { " + Campaign() + "}");
  auto sent =
      history.Transaction("summer is defined", 0)
          .Input(summer)
          .Event("campaign_defined { operation_id: 'o1' " + Campaign() + "}")
          .Send(1, "campaign_announcement { " + Campaign() + "version: 1 }")
          .Write();
  sent = history.Transaction("summer is adopted", 1)
             .Input(sent[0])
             .Event("campaign_adopted { " + Campaign() +
                    "home_shard: 0 version: 1 }")
             .Send(0, "campaign_adoption { campaign_id: 'summer' version: 1 }")
             .Write();
  history.Transaction("summer is known", 0)
      .Input(sent[0])
      .Event(
          "campaign_acknowledged { campaign_id: 'summer' shard: 1 version: 1 "
          "complete: true operation_id: 'o1' operation_offset: 0 }")
      .Confirm(summer, "outcome: OUTCOME_DONE")
      .Write();
}

void OpenSite(HandmadeHistory& history, uint32_t shard, const std::string& site,
              const std::string& slots) {
  const auto opening = history.Operation(
      site, shard,
      "operation_id: 'open' open_slots { site_id: '" + site + "' }");
  history.Transaction(site + " is open", shard)
      .Input(opening)
      .Event("slots_opened { operation_id: 'open' site_id: '" + site + "' " +
             slots + " }")
      .Confirm(opening, "outcome: OUTCOME_DONE")
      .Write();
}

}  // namespace

// --- Texts ---

std::string Field(const std::string& name, int64_t number) {
  return name + ": " + std::to_string(number) + " ";
}

std::string Who(const std::string& citizen) {
  return "citizen_id: '" + citizen + "' campaign_id: 'summer' ";
}

std::string Judged() {
  return "judged { campaign_version: 1 birth_date_yyyymmdd: 19620712 } ";
}

std::string Wanted(const std::string& outcome) {
  return "wanted: OUTCOME_" + outcome + " judged { campaign_version: 1 } ";
}

std::string In(const std::string& slot, const std::string& site) {
  return "site_id: '" + site + "' slot_id: '" + slot + "' ";
}

std::string SeatText(int number, int turn) {
  return Field("seat", number) + Field("seat_turn", turn);
}

std::string From(const std::string& slot, int number, int turn) {
  return "from_slot_id: '" + slot + "' " + Field("from_seat", number) +
         Field("from_seat_turn", turn);
}

std::string Wish(const HandmadeInput& command) {
  return Who(command.citizen_id) + "command_id: '" + command.command_id + "' " +
         Field("command_offset", command.offset);
}

// --- Parts of days ---

void OpenSites(HandmadeHistory& history, const std::string& hall,
               const std::string& gym) {
  history.At(kNine - 30 * kMinute);
  DefineSummer(history);
  OpenSite(history, 1, "hall", hall);
  OpenSite(history, 0, "gym", gym);
  history.At(kNine + kMinute);
}

HandmadeInput Ask(HandmadeHistory& history, uint32_t shard,
                  const std::string& citizen, const std::string& action,
                  const std::string& fields) {
  const std::string name = citizen + "-" + action;
  return history.Command(name, shard,
                         "command_id: '" + name + "' citizen_id: '" + citizen +
                             "' profile { birth_date_yyyymmdd: 19620712 } " +
                             action + " { " + fields + " }");
}

void BookAtHome(HandmadeHistory& history, uint32_t shard,
                const std::string& citizen, const std::string& place,
                int seat) {
  const auto book =
      Ask(history, shard, citizen, "book", "campaign_id: 'summer' " + place);
  const std::string number = Field("seat", seat);
  history.Transaction(citizen + " books", shard)
      .Input(book)
      .Event("seat_asked { " + Wish(book) + place + "turn: 1 " + Judged() + "}")
      .Event("seat_taken { " + Who(citizen) + place + "turn: 1 " + number + "}")
      .Event("booked { " + Wish(book) + place + "turn: 1 " + number + "}")
      .Confirm(book, "outcome: OUTCOME_BOOKED " + number)
      .Write();
}

void HoldAtHome(HandmadeHistory& history, uint32_t shard,
                const std::string& citizen, const std::string& place,
                int seat) {
  const auto hold =
      Ask(history, shard, citizen, "hold", "campaign_id: 'summer' " + place);
  const std::string number = Field("seat", seat);
  const std::string deadline =
      Field("deadline_unix_ms", hold.asked_at_unix_ms + kHoldTime);
  history.Transaction(citizen + " holds", shard)
      .Input(hold)
      .Event("seat_asked { " + Wish(hold) + place + "turn: 1 hold: true " +
             Judged() + "}")
      .Event("seat_taken { " + Who(citizen) + place + "turn: 1 hold: true " +
             number + "}")
      .Event("held { " + Wish(hold) + place + "turn: 1 " + number + deadline +
             "}")
      .Confirm(hold, "outcome: OUTCOME_HELD " + number + deadline)
      .Write();
}

void BookAway(HandmadeHistory& history, const std::string& slot, int seat) {
  const auto book =
      Ask(history, 0, "ann", "book", "campaign_id: 'summer' " + In(slot));
  const std::string number = Field("seat", seat);
  auto sent = history.Transaction("ann asks", 0)
                  .Input(book)
                  .Event("seat_asked { " + Wish(book) + In(slot) + "turn: 1 " +
                         Judged() + "}")
                  .Send(1, "seat_request { " + Who("ann") + "turn: 1 }")
                  .Write();
  sent = history.Transaction("ann's seat", 1)
             .Input(sent[0])
             .Event("seat_taken { " + Who("ann") + In(slot) + "turn: 1 " +
                    number + "}")
             .Send(0, "seat_answer { " + Who("ann") + "turn: 1 }")
             .Write();
  history.Transaction("ann is booked", 0)
      .Input(sent[0])
      .Event("booked { " + Wish(book) + In(slot) + "turn: 1 " + number + "}")
      .Confirm(book, "outcome: OUTCOME_BOOKED " + number)
      .Write();
}

void Tick(HandmadeHistory& history, const std::string& name, uint32_t shard) {
  const auto tick = history.Command("tick for " + name, shard, "tick {}");
  history.Transaction(name, shard).Input(tick).Write();
}

}  // namespace slotlog::verify
