// The story of handmade_history.h: two shards; campaign "summer", ann and yan
// are at home in shard 0, site "hall" and kim in shard 1.

#include "tools/verify/handmade_history.h"

namespace slotlog::verify {
namespace {

constexpr int64_t kNine = 1'626'080'400'000;  // 12 July 2021, 9:00 in UTC
constexpr int64_t kMinute = 60'000;

std::string Campaign() {
  return "campaign { campaign_id: 'summer' cohorts { born_from_yyyymmdd: "
         "19620101 born_to_yyyymmdd: 19661231 } rounds { opens_unix_ms: "
         "1626080400000 closes_unix_ms: 1626087600000 } }";
}

std::string BookText(const std::string& command, const std::string& citizen,
                     const std::string& slot) {
  return "command_id: '" + command + "' citizen_id: '" + citizen +
         "' profile { birth_date_yyyymmdd: 19620712 } book { campaign_id: "
         "'summer' site_id: 'hall' slot_id: '" +
         slot + "' }";
}

/// The fields of an event of a citizen's conversation, in slot "early".
std::string Wish(const HandmadeInput& command) {
  return "citizen_id: '" + command.citizen_id + "' command_id: '" +
         command.command_id +
         "' command_offset: " + std::to_string(command.offset) +
         " campaign_id: 'summer' site_id: 'hall' slot_id: 'early' ";
}

/// The fields of an event of a seat, or of a request for one.
std::string SeatOf(const std::string& citizen, int turn) {
  return "citizen_id: '" + citizen +
         "' campaign_id: 'summer' site_id: 'hall' slot_id: 'early' turn: " +
         std::to_string(turn) + " ";
}

/// What a wish was judged by.
std::string Judged() {
  return "judged { campaign_version: 1 birth_date_yyyymmdd: 19620712 } ";
}

std::string AnswerTo(const std::string& citizen, int turn) {
  return "citizen_id: '" + citizen +
         "' campaign_id: 'summer' turn: " + std::to_string(turn) + " ";
}

void SetUp(HandmadeHistory& history) {
  history.At(kNine - 30 * kMinute);
  const auto summer = history.Operation(
      "summer", 0, "operation_id: 'o1' define_campaign { " + Campaign() + "}");
  auto sent =
      history.Transaction("summer is defined", 0)
          .Input(summer)
          .Event("campaign_defined { operation_id: 'o1' " + Campaign() + " }")
          .Send(1, "campaign_announcement { " + Campaign() + " version: 1 }")
          .Write();
  sent = history.Transaction("summer is adopted", 1)
             .Input(sent[0])
             .Event("campaign_adopted { " + Campaign() +
                    " home_shard: 0 version: 1 }")
             .Send(0, "campaign_adoption { campaign_id: 'summer' version: 1 }")
             .Write();
  history.Transaction("summer is known", 0)
      .Input(sent[0])
      .Event(
          "campaign_acknowledged { campaign_id: 'summer' shard: 1 version: 1 "
          "complete: true operation_id: 'o1' operation_offset: 0 }")
      .Confirm(summer, "outcome: OUTCOME_DONE")
      .Write();

  const auto hall = history.Operation(
      "hall", 1, "operation_id: 'o2' define_site { site_id: 'hall' }");
  const auto slots = history.Operation(
      "slots", 1, "operation_id: 'o3' open_slots { site_id: 'hall' }");
  const auto fewer = history.Operation(
      "fewer", 1, "operation_id: 'o4' change_capacity { site_id: 'hall' }");
  const auto close = history.Operation(
      "close", 1, "operation_id: 'o5' close_slot { site_id: 'hall' }");
  history.Transaction("hall is open", 1)
      .Input(hall)
      .Event("site_defined { operation_id: 'o2' site { site_id: 'hall' } }")
      .Confirm(hall, "outcome: OUTCOME_DONE")
      .Input(slots)
      .Event(
          "slots_opened { operation_id: 'o3' site_id: 'hall' slots { "
          "slot_id: 'early' capacity: 2 } slots { slot_id: 'late' capacity: "
          "1 } }")
      .Confirm(slots, "outcome: OUTCOME_DONE")
      .Input(fewer)
      .Event(
          "capacity_changed { operation_id: 'o4' site_id: 'hall' slot_id: "
          "'early' capacity: 1 }")
      .Confirm(fewer, "outcome: OUTCOME_DONE")
      .Input(close)
      .Event(
          "slot_closed { operation_id: 'o5' site_id: 'hall' slot_id: "
          "'late' }")
      .Confirm(close, "outcome: OUTCOME_DONE")
      .Write();
}

void AnnBooks(HandmadeHistory& history) {
  history.At(kNine + kMinute);
  const auto first = history.Command("ann", 0, BookText("a1", "ann", "early"));
  const auto again =
      history.Command("ann again", 0, BookText("a2", "ann", "early"));
  auto sent = history.Transaction("ann asks", 0)
                  .Input(first)
                  .Event("seat_asked { " + Wish(first) + Judged() + "turn: 1 }")
                  .Send(1, "seat_request { " + SeatOf("ann", 1) + "}")
                  .Input(again)
                  .Event("command_parked { command { " +
                         BookText("a2", "ann", "early") + " } }")
                  .Write();
  sent = history.Transaction("ann's seat", 1)
             .Input(sent[0])
             .Event("seat_taken { " + SeatOf("ann", 1) + "seat: 1 }")
             .Send(0, "seat_answer { " + AnswerTo("ann", 1) + "}")
             .Write();
  history.Transaction("ann is booked", 0)
      .Input(sent[0])
      .Event("booked { " + Wish(first) + "turn: 1 slot_shard: 1 seat: 1 }")
      .Confirm(first, "outcome: OUTCOME_BOOKED seat: 1")
      .Resume(again)
      .Event("command_refused { " + Wish(again) +
             "refusal: REFUSAL_ALREADY_BOOKED }")
      .Confirm(again,
               "outcome: OUTCOME_REFUSED refusal: REFUSAL_ALREADY_BOOKED")
      .Write();
}

void KimIsRefused(HandmadeHistory& history) {
  history.At(kNine + 2 * kMinute);
  const auto kim = history.Command("kim", 1, BookText("k1", "kim", "early"));
  history.Transaction("kim is refused", 1)
      .Input(kim)
      .Event("seat_asked { " + Wish(kim) + Judged() + "turn: 1 }")
      .Event("seat_refused { " + SeatOf("kim", 1) +
             "refusal: REFUSAL_SLOT_FULL }")
      .Event("command_refused { " + Wish(kim) + "refusal: REFUSAL_SLOT_FULL }")
      .Confirm(kim, "outcome: OUTCOME_REFUSED refusal: REFUSAL_SLOT_FULL")
      .Write();
}

void OddOnes(HandmadeHistory& history) {
  history.At(kNine + 3 * kMinute);
  const auto tick = history.Command("tick", 0, "tick {}");
  const auto yan = history.Command(
      "yan", 0,
      "command_id: 'y1' citizen_id: 'yan' cancel { campaign_id: 'summer' }");
  history.Transaction("yan is refused", 0)
      .Input(tick)
      .Input(yan)
      .Event(
          "command_refused { citizen_id: 'yan' command_id: 'y1' "
          "command_offset: 3 campaign_id: 'summer' refusal: "
          "REFUSAL_NOTHING_TO_CANCEL }")
      .Confirm(yan,
               "outcome: OUTCOME_REFUSED refusal: REFUSAL_NOTHING_TO_CANCEL")
      .Write();
  const std::string bytes = "\xff\xff no command";
  const auto garbage =
      history.Bytes("garbage", {Topic::kCommands, Shard{1}}, bytes);
  history.Transaction("garbage is put aside", 1)
      .Input(garbage)
      .Event("input_dead_lettered {}")
      .DeadLetter(bytes)
      .Write();
}

void AnnCancels(HandmadeHistory& history) {
  history.At(kNine + 4 * kMinute);
  const auto cancel = history.Command(
      "ann cancels", 0,
      "command_id: 'a3' citizen_id: 'ann' cancel { campaign_id: 'summer' }");
  auto sent = history.Transaction("ann gives back", 0)
                  .Input(cancel)
                  .Event("release_asked { " + Wish(cancel) +
                         "turn: 2 seat_turn: 1 seat: 1 }")
                  .Send(1, "release_request { " + SeatOf("ann", 2) +
                               "seat_turn: 1 seat: 1 }")
                  .Write();
  sent = history.Transaction("ann's seat is back", 1)
             .Input(sent[0])
             .Event("seat_released { " + SeatOf("ann", 2) +
                    "seat_turn: 1 seat: 1 }")
             .Send(0, "release_answer { " + AnswerTo("ann", 2) + "}")
             .Write();
  history.Transaction("ann is cancelled", 0)
      .Input(sent[0])
      .Event("cancelled { " + Wish(cancel) + "turn: 2 slot_shard: 1 }")
      .Confirm(cancel, "outcome: OUTCOME_CANCELLED")
      .Write();
}

void KimBooks(HandmadeHistory& history) {
  history.At(kNine + 5 * kMinute);
  const auto kim =
      history.Command("kim again", 1, BookText("k2", "kim", "early"));
  history.Transaction("kim is booked", 1)
      .Input(kim)
      .Event("seat_asked { " + Wish(kim) + Judged() + "turn: 2 }")
      .Event("seat_taken { " + SeatOf("kim", 2) + "seat: 2 }")
      .Event("booked { " + Wish(kim) + "turn: 2 slot_shard: 1 seat: 2 }")
      .Confirm(kim, "outcome: OUTCOME_BOOKED seat: 2")
      .Write();
}

void AnnSendsAgain(HandmadeHistory& history) {
  history.At(kNine + 6 * kMinute);
  const auto again =
      history.Command("ann sends again", 0, BookText("a1", "ann", "early"));
  history.Transaction("ann is told again", 0)
      .Input(again)
      .Event("command_repeated { " + Wish(again) +
             "outcome: OUTCOME_BOOKED first_sequence: 5 }")
      .Confirm(again, "outcome: OUTCOME_BOOKED repeated: true")
      .Write();
}

}  // namespace

void WriteSmallDay(HandmadeHistory& history) {
  SetUp(history);
  AnnBooks(history);
  KimIsRefused(history);
  OddOnes(history);
  AnnCancels(history);
  KimBooks(history);
  AnnSendsAgain(history);
}

}  // namespace slotlog::verify
