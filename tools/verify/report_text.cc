#include "tools/verify/report_text.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>

#include "events/codec.h"
#include "tools/texts.h"

namespace slotlog::verify {
namespace {

class ReportText {
 public:
  explicit ReportText(const VerifyReport& report) : report_(report) {}

  std::string Make() {
    Line("log {}, {} shards", report_.log_id, report_.shards.value);
    Invariants();
    Ranges();
    InFlightLines();
    TotalLines();
    return std::move(text_);
  }

 private:
  template <typename... Parts>
  void Line(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text_), format,
                   std::forward<Parts>(parts)...);
    text_ += '\n';
  }

  void Invariants() {
    Line("");
    for (Invariant invariant : kInvariants) {
      const Findings::Finding& finding = report_.findings.Of(invariant);
      Line("{}  {:<50}  {:<8}  {:>11} {}", static_cast<int>(invariant),
           PromiseOf(invariant), finding.violations == 0 ? "holds" : "VIOLATED",
           Grouped(finding.checked), UnitOf(invariant));
      Offences(finding);
    }
  }

  void Offences(const Findings::Finding& finding) {
    for (const Offence& offence : finding.offences) {
      Line("     {}: {}", DebugString(offence.place), offence.what);
    }
    if (finding.violations > finding.offences.size()) {
      Line("     and {} more",
           Grouped(finding.violations - finding.offences.size()));
    }
  }

  void Ranges() {
    Line("");
    Line("read: offsets from .. to (exclusive), of what is committed:");
    for (const ReadRange& range : report_.ranges) {
      if (range.end == range.from) continue;
      Line("   {:<18}  {:>12} .. {:>12} of {:>12}",
           DebugString(range.partition), Grouped(range.from.value),
           Grouped(range.to.value), Grouped(range.end.value));
    }
  }

  void Count(std::string_view what, uint64_t count) {
    Line("   {:<44}  {:>12}", what, Grouped(count));
  }

  void InFlightLines() {
    const InFlight& in_flight = report_.in_flight;
    Line("");
    Line("in flight:");
    Count("commands not decided yet", in_flight.commands_undecided);
    Count("operations not decided yet", in_flight.operations_undecided);
    Count("conversations open", in_flight.conversations);
    Count("commands parked behind one", in_flight.commands_parked);
    Count("operations not known to all shards yet", in_flight.operations);
    Count("messages between shards", in_flight.messages);
    Count("holds whose time is over", in_flight.holds_due);
    Count("seats to be taken back", in_flight.seats_to_withdraw);
  }

  void TotalLines() {
    const Totals& totals = report_.totals;
    Line("");
    Line("decided:");
    Count("batches", totals.batches);
    Count("events", totals.events);
    Count("commands", totals.commands);
    Count("ticks", totals.ticks);
    Count("operations", totals.operations);
    Count("operations refused", totals.operations_refused);
    Count("confirmations", totals.confirmations);
    Count("dead letters", totals.dead_letters);
    Count("bookings", totals.bookings);
    Count("cancellations", totals.cancellations);
    Count("bookings standing", totals.bookings_standing);
    Count("holds", totals.holds);
    Count("holds confirmed", totals.holds_confirmed);
    Count("holds expired", totals.holds_expired);
    Count("holds standing", totals.holds_standing);
    Count("reschedules", totals.reschedules);
    Count("seats taken back", totals.seats_lost);
    Count("check-ins", totals.check_ins);
    Count("visits fulfilled", totals.visits_fulfilled);
    Count("visits missed", totals.visits_missed);
    Count("waitlists joined", totals.waits);
    Count("seats offered", totals.seats_offered);
    Count("commands repeated", totals.commands_repeated);
    Count("commands refused", totals.commands_refused);
    for (const auto& [reason, count] : totals.commands_refused_by_reason) {
      Count("   " + NameOf(reason), count);
    }
  }

  const VerifyReport& report_;
  std::string text_;
};

}  // namespace

std::string TextOf(const VerifyReport& report) {
  return ReportText(report).Make();
}

std::string TextOf(const RedecideReport& report) {
  std::string text = fmt::format(
      "decided again: {} inputs in {} batches, and {} rows in the stores "
      "compared: {}\n",
      report.inputs, report.batches, report.rows,
      report.Holds() ? "holds" : "VIOLATED");
  for (const std::string& difference : report.differences) {
    text += "   " + difference + "\n";
  }
  return text;
}

}  // namespace slotlog::verify
