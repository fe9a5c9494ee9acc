#include "tools/verify/report_json.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "events/codec.h"

namespace slotlog::verify {
namespace {

using Json = nlohmann::ordered_json;

Json JsonOfOffence(const Offence& offence) {
  Json json = {
      {"topic", NameOf(offence.place.partition.topic)},
      {"partition", offence.place.partition.shard.value},
      {"offset", offence.place.offset.value},
  };
  if (offence.place.sequence.value != 0) {
    json["sequence"] = offence.place.sequence.value;
  }
  json["what"] = offence.what;
  return json;
}

Json JsonOfFinding(Invariant invariant, const Findings::Finding& finding) {
  Json offences = Json::array();
  for (const Offence& offence : finding.offences) {
    offences.push_back(JsonOfOffence(offence));
  }
  return {
      {"invariant", static_cast<int>(invariant)},
      {"promise", PromiseOf(invariant)},
      {"holds", finding.violations == 0},
      {"checked", finding.checked},
      {"unit", UnitOf(invariant)},
      {"violations", finding.violations},
      {"first", offences},
  };
}

Json JsonOfRange(const ReadRange& range) {
  return {
      {"topic", NameOf(range.partition.topic)},
      {"partition", range.partition.shard.value},
      {"from", range.from.value},
      {"to", range.to.value},
      {"end", range.end.value},
  };
}

Json JsonOfInFlight(const InFlight& in_flight) {
  return {
      {"commands_undecided", in_flight.commands_undecided},
      {"operations_undecided", in_flight.operations_undecided},
      {"conversations", in_flight.conversations},
      {"commands_parked", in_flight.commands_parked},
      {"operations", in_flight.operations},
      {"messages", in_flight.messages},
      {"holds_due", in_flight.holds_due},
      {"seats_to_withdraw", in_flight.seats_to_withdraw},
  };
}

Json JsonOfTotals(const Totals& totals) {
  Json reasons = Json::object();
  for (const auto& [reason, count] : totals.commands_refused_by_reason) {
    reasons[NameOf(reason)] = count;
  }
  return {
      {"batches", totals.batches},
      {"events", totals.events},
      {"commands", totals.commands},
      {"ticks", totals.ticks},
      {"operations", totals.operations},
      {"operations_refused", totals.operations_refused},
      {"confirmations", totals.confirmations},
      {"dead_letters", totals.dead_letters},
      {"bookings", totals.bookings},
      {"cancellations", totals.cancellations},
      {"bookings_standing", totals.bookings_standing},
      {"holds", totals.holds},
      {"holds_confirmed", totals.holds_confirmed},
      {"holds_expired", totals.holds_expired},
      {"holds_standing", totals.holds_standing},
      {"reschedules", totals.reschedules},
      {"seats_lost", totals.seats_lost},
      {"check_ins", totals.check_ins},
      {"visits_fulfilled", totals.visits_fulfilled},
      {"visits_missed", totals.visits_missed},
      {"waits", totals.waits},
      {"seats_offered", totals.seats_offered},
      {"commands_parked", totals.commands_parked},
      {"commands_repeated", totals.commands_repeated},
      {"commands_refused", totals.commands_refused},
      {"commands_refused_by_reason", reasons},
  };
}

}  // namespace

std::string JsonOf(const VerifyReport& report,
                   const RedecideReport* redecided) {
  Json findings = Json::array();
  for (Invariant invariant : kInvariants) {
    findings.push_back(JsonOfFinding(invariant, report.findings.Of(invariant)));
  }
  Json ranges = Json::array();
  for (const ReadRange& range : report.ranges) {
    ranges.push_back(JsonOfRange(range));
  }
  Json json = {
      {"log_id", report.log_id},
      {"shards", report.shards.value},
      {"holds",
       report.findings.Hold() && (redecided == nullptr || redecided->Holds())},
      {"invariants", findings},
      {"read", ranges},
      {"in_flight", JsonOfInFlight(report.in_flight)},
      {"totals", JsonOfTotals(report.totals)},
  };
  if (redecided != nullptr) {
    json["redecided"] = {{"holds", redecided->Holds()},
                         {"batches", redecided->batches},
                         {"inputs", redecided->inputs},
                         {"rows", redecided->rows},
                         {"differences", redecided->differences}};
  }
  // Ids in the texts may be any bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace slotlog::verify
