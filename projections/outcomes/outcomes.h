// What became of each command, by its ticket and by its id: kept for a set time
// after it was decided, and then removed, a few with each batch. Operations
// too, by their record.
//
// A command id's answer is its first one: a repetition has a ticket of its own,
// whose answer says that it is repeated, and does not replace it. A command
// that was taken from the line and waits for another shard, or behind one that
// does, is here as well: it is being decided. Ids that are longer than any may
// be, of commands that make no sense, are left out.
//
// Threads and ownership: projection.h.

#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/ids.h"
#include "projections/projection.h"
#include "projections/ticket.h"
#include "slotlog/v1/confirmations.pb.h"

namespace slotlog {

struct CommandOutcome {
  Ticket ticket;
  std::string citizen_id;
  std::string command_id;
  /// False: it is being decided, and what follows `campaign_id` is not known.
  bool is_decided = false;
  /// XXH3-64 of the command's record; 0: not known.
  uint64_t command_digest = 0;
  absl::Time asked_at;
  std::string campaign_id;

  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
  /// At fault, for refusals that name one.
  std::string field;
  /// The id was answered before, and this is that answer.
  bool is_repeated = false;
  std::string site_id;
  std::string slot_id;
  /// 0: none.
  SeatNumber seat;
  /// Of a hold.
  std::optional<absl::Time> deadline;
  absl::Time decided_at;
  /// The event in the ticket's shard that decided it, and the one in the slot's
  /// shard behind it, if there is one (sequence 0: none).
  Sequence sequence;
  Shard slot_shard;
  Sequence slot_sequence;
};

struct OperationOutcome {
  Ticket record;
  std::string operation_id;
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
  std::string field;
  absl::Time asked_at;
  absl::Time decided_at;
  Sequence sequence;
};

struct OutcomesOptions {
  /// From decided_at, by the decided_at of later batches.
  absl::Duration kept_for = absl::Hours(48);
};

class Outcomes final : public Projection {
 public:
  static constexpr std::string_view kName = "outcomes";
  static constexpr uint32_t kVersion = 1;
  static constexpr uint32_t kLayout = 1;

  explicit Outcomes(std::unique_ptr<Rows> rows, OutcomesOptions options = {});

  void Fold(const v1::EventBatch& batch) override;

  /// None: not answered, or answered too long ago (IsForgotten), or no command.
  absl::StatusOr<std::optional<CommandOutcome>> Find(Ticket ticket) const;
  /// The same by id: of the citizen's home shard.
  absl::StatusOr<std::optional<CommandOutcome>> Find(CitizenId citizen,
                                                     CommandId command) const;
  absl::StatusOr<std::optional<OperationOutcome>> FindOperation(
      Ticket record) const;

  /// It was decided so long ago that it is not kept any more.
  absl::StatusOr<bool> IsForgotten(Ticket ticket) const;

 private:
  const OutcomesOptions options_;
};

}  // namespace slotlog
