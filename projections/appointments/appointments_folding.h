// One batch, folded into the appointments' rows: for appointments.cc. Events of
// the citizen's shard change the citizen's row, those of the slot's shard the
// seats'.
//
// Threads: one, for as long as a fold.

#pragma once

#include <optional>
#include <string>

#include "projections/appointments/appointments.h"
#include "projections/appointments/rows.pb.h"
#include "projections/rows.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

class AppointmentsFolding {
 public:
  AppointmentsFolding(const v1::EventBatch& batch, Rows& rows)
      : batch_(batch), rows_(rows) {}

  void Fold();

 private:
  template <typename Row>
  std::optional<Row> GetRow(const std::string& key);
  void Fold(const v1::Event& event);

  // The citizen's shard.

  /// Changes the citizen's claim in this campaign by `change`.
  template <typename Body, typename F>
  void ChangeClaim(const Body& body, F change);
  template <typename Body>
  void TakeClaim(const Body& body, AppointmentStatus status, uint32_t turn,
                 int64_t deadline_unix_ms);
  template <typename Body>
  void EndClaim(const Body& body, AppointmentStatus status);
  void Move(const v1::Rescheduled& moved);
  void Offer(const v1::Offered& offered);
  void Lose(const v1::SeatLost& lost);
  void Wait(const v1::Waiting& waiting);
  void BeginMove(const v1::MoveAsked& asked);
  void Refuse(const v1::CommandRefused& refused);
  void Withdraw(const v1::OfferWithdrawn& withdrawn);

  // The slot's shard.

  void OpenSlots(const v1::SlotsOpened& opened);
  template <typename Body>
  void TakeSeat(const Body& body);
  template <typename Body>
  void FreeSeat(const Body& body);
  void MoveSeat(const v1::SeatMoved& moved);
  template <typename Body>
  void ChangeSeat(const Body& body, AppointmentStatus status);

  const v1::EventBatch& batch_;
  Rows& rows_;
};

}  // namespace slotlog
