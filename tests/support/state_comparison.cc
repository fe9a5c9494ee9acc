#include "tests/support/state_comparison.h"

#include <absl/strings/escaping.h>

namespace slotlog {
namespace {

template <typename Row>
std::string DifferenceIn(const MemoryTable<Row>& folded,
                         const State& live_state) {
  const Table<Row>& live = TableIn<Row>(live_state);
  for (const auto& [key, row] : folded.rows()) {
    const Row* found = live.Find(RowKey::FromBytes(key));
    if (found == nullptr)
      return "no live row " + absl::CHexEscape(std::string(key));
    if (!(*found == row))
      return "other live row " + absl::CHexEscape(std::string(key));
  }
  return "";
}

}  // namespace

std::string DifferenceBetween(const MemoryState& folded, const State& live) {
  if (!(folded.head() == live.head())) return "the heads differ";
  std::string difference;
  VisitTables(folded, [&](const auto& table) {
    if (difference.empty()) difference = DifferenceIn(table, live);
  });
  return difference;
}

size_t CountRows(const MemoryState& state) {
  size_t rows = 0;
  VisitTables(state, [&](const auto& table) { rows += table.rows().size(); });
  return rows;
}

}  // namespace slotlog
