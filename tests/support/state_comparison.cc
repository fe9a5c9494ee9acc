#include "tests/support/state_comparison.h"

#include <absl/strings/escaping.h>

namespace slotlog {
namespace {

template <typename Row>
std::string DifferenceIn(const MemoryTable<Row>& folded,
                         const Table<Row>& live) {
  for (const auto& [key, row] : folded.rows()) {
    const Row* found = live.Find(RowKey::FromBytes(key));
    if (found == nullptr) return "no live row " + absl::CHexEscape(key);
    if (!(*found == row)) return "other live row " + absl::CHexEscape(key);
  }
  return "";
}

}  // namespace

std::string DifferenceBetween(const MemoryState& folded, const State& live) {
  if (!(folded.head() == live.head())) return "the heads differ";
  for (const std::string& difference :
       {DifferenceIn(folded.campaigns(), live.campaigns()),
        DifferenceIn(folded.sites(), live.sites()),
        DifferenceIn(folded.slots(), live.slots()),
        DifferenceIn(folded.seats(), live.seats()),
        DifferenceIn(folded.citizens(), live.citizens()),
        DifferenceIn(folded.dues(), live.dues()),
        DifferenceIn(folded.site_uses(), live.site_uses()),
        DifferenceIn(folded.waitlists(), live.waitlists()),
        DifferenceIn(folded.waiter_chunks(), live.waiter_chunks())}) {
    if (!difference.empty()) return difference;
  }
  return "";
}

size_t CountRows(const MemoryState& state) {
  return state.campaigns().rows().size() + state.sites().rows().size() +
         state.slots().rows().size() + state.seats().rows().size() +
         state.citizens().rows().size() + state.dues().rows().size() +
         state.site_uses().rows().size() + state.waitlists().rows().size() +
         state.waiter_chunks().rows().size();
}

}  // namespace slotlog
