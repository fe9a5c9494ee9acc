// One batch, folded into the demand's cells and rows: for demand.cc.
//
// Threads: one, for as long as a fold.

#pragma once

#include <optional>
#include <set>
#include <string>

#include "projections/answer.h"
#include "projections/demand/demand.h"
#include "projections/rows.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

class DemandFolding {
 public:
  DemandFolding(const v1::EventBatch& batch, DemandTable& table, Rows& rows)
      : batch_(batch), table_(table), rows_(rows) {}

  void Fold();

 private:
  void Fold(const v1::Event& event);
  template <typename Body>
  void Open(const v1::Event& event, const Body& body);
  void Wait(const v1::Event& event, const v1::Waiting& waiting);
  void Confirm(int64_t command_offset);
  void Refuse(const v1::Event& event, const v1::CommandRefused& refused);

  /// The cell of the command's request, which is over now. None: it is none.
  std::optional<DemandCell> Close(int64_t command_offset);
  /// Counts in the cell and in all.
  template <typename F>
  void Count(const DemandCell& cell, F count);
  void CountRefusal(const DemandCell& cell, v1::Refusal refusal);
  void Save();

  const v1::EventBatch& batch_;
  DemandTable& table_;
  Rows& rows_;
  std::set<DemandCell> changed_;
};

}  // namespace slotlog
