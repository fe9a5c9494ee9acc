#include "projections/demand/demand.h"

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "projections/demand/demand_folding.h"
#include "projections/demand/rows.pb.h"
#include "projections/keys.h"

namespace slotlog {
namespace {

DemandCount CountFrom(const projected::DemandRow& row) {
  DemandCount count{.requests = row.requests(),
                    .confirmed = row.confirmed(),
                    .refused = row.refused(),
                    .refusals = {}};
  for (const projected::RefusedRow& refused : row.refusals()) {
    count.refusals[static_cast<v1::Refusal>(refused.refusal())] =
        refused.times();
  }
  return count;
}

bool Parse(std::string_view bytes, google::protobuf::MessageLite& row) {
  return row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

DemandCell CellFrom(std::string_view key) {
  KeyReader parts(key);
  DemandCell cell;
  cell.minute = absl::FromUnixSeconds(static_cast<int64_t>(parts.Number(8)));
  cell.campaign_id = std::string(parts.Id());
  cell.region = std::string(parts.Id());
  cell.cohort = static_cast<uint32_t>(parts.Number(4));
  return cell;
}

}  // namespace

Demand::Demand(std::unique_ptr<Rows> rows) : Projection(std::move(rows)) {}

absl::Status Demand::Load() {
  const absl::MutexLock lock(&mutex_);
  absl::Status damage;
  const auto load_cell = [&](std::string_view key, std::string_view value) {
    projected::DemandRow row;
    if (!Parse(value, row)) {
      damage = absl::DataLossError("a row of demand cannot be read");
      return false;
    }
    table_.Put(CellFrom(key), CountFrom(row));
    return true;
  };
  const auto load_sum = [&](std::string_view, std::string_view value) {
    projected::DemandRow row;
    if (!Parse(value, row)) {
      damage = absl::DataLossError("the sum of demand cannot be read");
      return false;
    }
    table_.totals = CountFrom(row);
    table_.has_dropped = row.has_dropped();
    return true;
  };
  absl::Status scanned = rows().Scan("c", load_cell);
  scanned.Update(rows().Scan("s", load_sum));
  scanned.Update(damage);
  return scanned;
}

void Demand::Fold(const v1::EventBatch& batch) {
  const absl::MutexLock lock(&mutex_);
  DemandFolding(batch, table_, rows()).Fold();
}

DemandReport Demand::Report(const DemandQuery& query) const {
  const absl::ReaderMutexLock lock(&mutex_);
  DemandReport report{
      .totals = table_.totals, .rows = {}, .is_complete = !table_.has_dropped};
  const auto fits = [&](const DemandCell& cell) {
    return !query.region.has_value() || cell.region == *query.region;
  };
  // The newest first, so that those are given where not all can be.
  const auto& cells = table_.cells();
  auto cell = cells.lower_bound(
      {.minute = query.to, .campaign_id = {}, .region = {}, .cohort = 0});
  while (cell != cells.begin()) {
    --cell;
    if (cell->first.minute < query.from) break;
    if (!fits(cell->first)) continue;
    if (report.rows.size() == query.rows_max) {
      report.is_complete = false;
      break;
    }
    report.rows.push_back({.cell = cell->first, .count = cell->second});
  }
  std::reverse(report.rows.begin(), report.rows.end());
  return report;
}

}  // namespace slotlog
