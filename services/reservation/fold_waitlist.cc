#include "services/reservation/agenda.h"
#include "services/reservation/fold_steps.h"
#include "services/reservation/waitlist.h"

namespace slotlog {

void Apply(const v1::WaitlistJoined& joined, State& state) {
  const WaitlistName list =
      joined.region().empty() ? WaitlistName{joined.site_id(), joined.slot_id()}
                              : WaitlistName{"", joined.region()};
  AddWaiter(list, joined.campaign_id(), joined.order(),
            {.citizen_id = joined.citizen_id(),
             .turn = Turn{joined.turn()},
             .from = absl::FromUnixMillis(joined.from_unix_ms()),
             .to = joined.to_unix_ms() == 0
                       ? absl::InfiniteFuture()
                       : absl::FromUnixMillis(joined.to_unix_ms())},
            state);
}

void LeaveWaitlist(const v1::SeatOffered& offered, State& state) {
  std::vector<Search>& searches = state.head().agenda.searches;
  if (offered.next_dose_by() != v1::NEXT_DOSE_BY_UNSPECIFIED) {
    searches.erase(searches.begin());
    return;
  }
  WaitPlace place = PlaceFrom(offered.place());
  const std::string region = RegionOf(offered.site_id(), state);
  const auto list =
      WaitlistOf(offered.site_id(), offered.slot_id(), region, place.list);
  place.position = RemoveWaiter(*list, place, state);
  searches.front().next = place;
}

void Apply(const v1::SearchPassed& passed, State& state) {
  std::vector<Search>& searches = state.head().agenda.searches;
  Search& search = searches.front();
  const bool is_for_next_dose = search.by != v1::NEXT_DOSE_BY_UNSPECIFIED;
  if (passed.is_over()) {
    if (!is_for_next_dose) {
      const RowKey slot =
          RowKey::Of(SiteId{search.site_id}, SlotId{search.slot_id});
      state.slots().Mutable(slot).is_on_offer = false;
    }
    searches.erase(searches.begin());
  } else if (is_for_next_dose) {
    search.next_slot_index = passed.next_slot_index();
    search.slot_id = passed.best_slot_id();
    search.best_start = absl::FromUnixMillis(passed.best_start_unix_ms());
  } else {
    search.next = PlaceFrom(passed.next());
  }
}

}  // namespace slotlog
