// All that can be read, put together: the five read models, the line, and the
// feed that keeps them up. One for a process; the query service and the gateway
// share it.
//
//   ReadModels models(log, StoresIn(directory, memory), options);
//   models.feed().Start();
//   models.outcomes().Get()->Find(ticket);
//
// What is found in the line and then decided is found in the outcomes: they are
// folded before the line's progress.
//
// Threads and ownership: feed.h.

#pragma once

#include <functional>

#include "events/log/log.h"
#include "projections/appointments/appointments.h"
#include "projections/availability/availability.h"
#include "projections/demand/demand.h"
#include "projections/feed.h"
#include "projections/line/line.h"
#include "projections/outcomes/outcomes.h"
#include "projections/served.h"

namespace slotlog {

struct ReadModelsOptions {
  FeedOptions feed;
  OutcomesOptions outcomes;
  /// As LineOptions.
  size_t undecided_max = 4'000'000;
};

class ReadModels {
 public:
  ReadModels(Log& log, ProjectionStores stores, ReadModelsOptions options);

  Feed& feed() { return feed_; }
  const Served<Outcomes>& outcomes() const { return outcomes_; }
  const Served<Appointments>& appointments() const { return appointments_; }
  const Served<Availability>& availability() const { return availability_; }
  const Served<Demand>& demand() const { return demand_; }
  Line& line() { return line_; }
  const Line& line() const { return line_; }

 private:
  Served<Outcomes> outcomes_;
  Served<Appointments> appointments_;
  Served<Availability> availability_;
  Served<Demand> demand_;
  Served<Progress> progress_;
  Line line_;
  Feed feed_;
};

}  // namespace slotlog
