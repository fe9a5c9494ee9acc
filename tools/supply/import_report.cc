#include "tools/supply/import_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/invariant.h"
#include "tools/texts.h"

namespace slotlog::supply {
namespace {

/// Of a text that is shown in the table.
constexpr size_t kShownBytesMax = 80;

/// Without what would disturb a terminal, and cut.
std::string Shown(std::string_view text) {
  std::string shown;
  for (const char letter : text.substr(0, kShownBytesMax)) {
    const auto byte = static_cast<unsigned char>(letter);
    shown += byte < ' ' || byte >= 0x7f ? '?' : letter;
  }
  return text.size() > kShownBytesMax ? shown + "..." : shown;
}

}  // namespace

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBad:
      return "bad";
    case Verdict::kRefused:
      return "refused";
    case Verdict::kDoubt:
      return "doubt";
  }
  return "";
}

ImportReport::ImportReport(std::vector<std::string> files,
                           std::function<void(const ToldFault&)> tell)
    : files_(std::move(files)), tell_(std::move(tell)) {}

void ImportReport::Refused(RowPlace at, const RowFault& fault) {
  ++figures_.refused;
  Tell(Verdict::kRefused, at, fault);
}

void ImportReport::Bad(RowPlace at, const std::vector<RowFault>& faults) {
  ++figures_.bad;
  for (const RowFault& fault : faults) Tell(Verdict::kBad, at, fault);
}

void ImportReport::Doubts(RowPlace at, const std::vector<RowFault>& doubts) {
  for (const RowFault& doubt : doubts) Tell(Verdict::kDoubt, at, doubt);
}

std::string ImportReport::TextOf(RowPlace at) const {
  return fmt::format("{}:{}", NameOfFile(at), at.line);
}

void ImportReport::Tell(Verdict verdict, RowPlace at, const RowFault& fault) {
  ReasonCount& reason = reasons_[{verdict, fault.reason}];
  if (++reason.count == 1) {
    reason.first = fmt::format("{}{}{}: \"{}\"", TextOf(at),
                               fault.field.empty() ? "" : " ", fault.field,
                               Shown(fault.found));
    if (!fault.expected.empty()) {
      reason.first += fmt::format(", expected {}", Shown(fault.expected));
    }
  }
  tell_({verdict, NameOfFile(at), at.line, fault});
}

void ImportReport::Check() const {
  INVARIANT(figures_.read == figures_.imported + figures_.already_there +
                                 figures_.refused + figures_.bad +
                                 figures_.left,
            "an import has lost a row");
}

std::string ImportReport::Summary(bool is_dry_run) const {
  const auto count = [](std::string_view what, uint64_t rows,
                        std::string_view more = "") {
    return fmt::format("{:<20} {:>13}{}\n", what, Grouped(rows), more);
  };
  std::string text;
  if (!reasons_.empty()) {
    text += fmt::format("{:<8} {:<24} {:>9}  first at\n", "verdict", "reason",
                        "faults");
  }
  for (const auto& [what, reason] : reasons_) {
    text += fmt::format("{:<8} {:<24} {:>9}  {}\n", NameOf(what.first),
                        what.second, Grouped(reason.count), reason.first);
  }
  if (!reasons_.empty()) text += "\n";
  text += count("rows read", figures_.read);
  text += count(
      is_dry_run ? "= would be imported" : "= imported", figures_.imported,
      figures_.changed == 0 ? ""
                            : fmt::format("  of them capacities changed: {}",
                                          Grouped(figures_.changed)));
  text += count("+ already there", figures_.already_there);
  text += count("+ refused", figures_.refused);
  text += count("+ bad", figures_.bad);
  if (figures_.left > 0) {
    text += count("+ left", figures_.left, "  stopped: run it again");
  }
  return text;
}

}  // namespace slotlog::supply
