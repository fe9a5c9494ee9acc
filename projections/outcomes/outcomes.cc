#include "projections/outcomes/outcomes.h"

#include <utility>

#include "projections/keys.h"
#include "projections/outcomes/outcome_rows.h"
#include "projections/outcomes/outcomes_folding.h"
#include "projections/outcomes/rows.pb.h"

namespace slotlog {
namespace {

template <typename Row>
absl::StatusOr<std::optional<Row>> FindRow(const Rows& rows,
                                           const std::string& key) {
  auto found = rows.Find(key);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return std::nullopt;
  Row row;
  if (!row.ParseFromString(**found)) {
    return absl::DataLossError("an outcome's row cannot be read");
  }
  return row;
}

CommandOutcome OutcomeFrom(Ticket ticket, projected::OutcomeRow row) {
  CommandOutcome outcome{
      .ticket = ticket,
      .citizen_id = std::move(*row.mutable_citizen_id()),
      .command_id = std::move(*row.mutable_command_id()),
      .is_decided = row.is_decided(),
      .command_digest = row.command_digest(),
      .asked_at = absl::FromUnixMillis(row.asked_at_unix_ms()),
      .campaign_id = std::move(*row.mutable_campaign_id()),
      .outcome = static_cast<v1::Outcome>(row.outcome()),
      .refusal = static_cast<v1::Refusal>(row.refusal()),
      .field = std::move(*row.mutable_field()),
      .is_repeated = row.is_repeated(),
      .site_id = std::move(*row.mutable_site_id()),
      .slot_id = std::move(*row.mutable_slot_id()),
      .seat = SeatNumber{row.seat()},
      .deadline = std::nullopt,
      .decided_at = absl::FromUnixMillis(row.decided_at_unix_ms()),
      .sequence = Sequence{row.sequence()},
      .slot_shard = Shard{row.slot_shard()},
      .slot_sequence = Sequence{row.slot_sequence()}};
  if (row.deadline_unix_ms() != 0) {
    outcome.deadline = absl::FromUnixMillis(row.deadline_unix_ms());
  }
  return outcome;
}

}  // namespace

Outcomes::Outcomes(std::unique_ptr<Rows> rows, OutcomesOptions options)
    : Projection(std::move(rows)), options_(options) {}

void Outcomes::Fold(const v1::EventBatch& batch) {
  OutcomesFolding(batch, options_.kept_for, rows()).Fold();
}

absl::StatusOr<std::optional<CommandOutcome>> Outcomes::Find(
    Ticket ticket) const {
  auto row = FindRow<projected::OutcomeRow>(rows(), OutcomeKey(ticket));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return OutcomeFrom(ticket, **std::move(row));
}

absl::StatusOr<std::optional<CommandOutcome>> Outcomes::Find(
    CitizenId citizen, CommandId command) const {
  auto found = rows().Find(CommandKey(citizen.value, command.value));
  if (!found.ok()) return found.status();
  if (!found->has_value()) return std::nullopt;
  return Find(TicketFromBytes(**found));
}

absl::StatusOr<std::optional<OperationOutcome>> Outcomes::FindOperation(
    Ticket record) const {
  auto row = FindRow<projected::OperationRow>(rows(), OperationKey(record));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return OperationOutcome{
      .record = record,
      .operation_id = (*row)->operation_id(),
      .outcome = static_cast<v1::Outcome>((*row)->outcome()),
      .refusal = static_cast<v1::Refusal>((*row)->refusal()),
      .field = (*row)->field(),
      .asked_at = absl::FromUnixMillis((*row)->asked_at_unix_ms()),
      .decided_at = absl::FromUnixMillis((*row)->decided_at_unix_ms()),
      .sequence = Sequence{(*row)->sequence()}};
}

absl::StatusOr<bool> Outcomes::IsForgotten(Ticket ticket) const {
  auto row = FindRow<projected::ForgottenRow>(
      rows(), ForgottenKey(Topic::kCommands, ticket.shard));
  if (!row.ok()) return row.status();
  return row->has_value() && ticket.offset.value < (*row)->next();
}

}  // namespace slotlog
