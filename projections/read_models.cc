#include "projections/read_models.h"

#include <memory>
#include <utility>

namespace slotlog {

ReadModels::ReadModels(Log& log, ProjectionStores stores,
                       ReadModelsOptions options)
    : line_(log, progress_,
            {.clock = options.feed.clock,
             .undecided_max = options.undecided_max}),
      feed_(log, std::move(stores), options.feed) {
  feed_.Add(outcomes_, [options](std::unique_ptr<Rows> rows) {
    return std::make_shared<Outcomes>(std::move(rows), options.outcomes);
  });
  feed_.Add(appointments_);
  feed_.Add(availability_, [options](std::unique_ptr<Rows> rows) {
    return std::make_shared<Availability>(std::move(rows), options.feed.clock);
  });
  feed_.Add(demand_);
  feed_.Add(progress_);
  feed_.Add(line_);
}

}  // namespace slotlog
