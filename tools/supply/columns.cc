#include "tools/supply/columns.h"

#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace slotlog::supply {
namespace {

constexpr std::string_view kOurs[] = {"site_id", "name", "region",   "slot_id",
                                      "start",   "end",  "capacity", "day"};
constexpr std::string_view kOfEverySlot[] = {"site_id", "slot_id", "start",
                                             "end", "capacity"};

bool IsOurs(std::string_view field) {
  return std::find(std::begin(kOurs), std::end(kOurs), field) !=
         std::end(kOurs);
}

}  // namespace

absl::StatusOr<Columns> Columns::From(const std::vector<std::string>& texts) {
  Columns columns;
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = absl::StrSplit(text, ',');
    for (const std::string& part : parts) {
      const std::vector<std::string> sides =
          absl::StrSplit(part, absl::MaxSplits('=', 1));
      if (sides.size() != 2 || !IsOurs(sides[0])) {
        return absl::InvalidArgumentError(
            fmt::format("\"{}\" must be FIELD=COLUMN, and FIELD one of {}",
                        part, fmt::join(kOurs, ", ")));
      }
      const std::vector<std::string> sources = absl::StrSplit(sides[1], '+');
      if (std::find(sources.begin(), sources.end(), "") != sources.end()) {
        return absl::InvalidArgumentError(
            fmt::format("\"{}\" names a column without a name", part));
      }
      columns.sources_[sides[0]] = sources;
    }
  }
  return columns;
}

bool Columns::Has(const std::vector<std::string>& columns,
                  std::string_view ours) const {
  const auto mapped = sources_.find(ours);
  const auto stands = [&](std::string_view name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  };
  if (mapped == sources_.end()) return stands(ours);
  return std::all_of(mapped->second.begin(), mapped->second.end(), stands);
}

absl::Status Columns::Check(const std::vector<std::string>& columns,
                            std::string_view file) const {
  for (const auto& [ours, sources] : sources_) {
    if (Has(columns, ours)) continue;
    return absl::InvalidArgumentError(fmt::format(
        "{}: {} is to be read from {}, and the columns are {}", file, ours,
        fmt::join(sources, "+"), fmt::join(columns, ", ")));
  }
  const bool has_slots = Has(columns, "slot_id");
  for (const std::string_view field : kOfEverySlot) {
    if (!Has(columns, field) && (has_slots || field == "site_id")) {
      return absl::InvalidArgumentError(fmt::format(
          "{}: column {} is missing; {} have the columns {}", file, field,
          has_slots ? "slots" : "sites",
          has_slots ? "site_id, slot_id, start, end, capacity and day"
                    : "site_id, name and region"));
    }
  }
  if (!sources_.empty()) return absl::OkStatus();
  for (const std::string& column : columns) {
    if (IsOurs(column)) continue;
    return absl::InvalidArgumentError(fmt::format(
        "{}: nobody knows the column {}; --columns says which ones count", file,
        column));
  }
  return absl::OkStatus();
}

Row Columns::Apply(Row row) const {
  if (sources_.empty()) return row;
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [ours, sources] : sources_) {
    std::string joined;
    bool is_there = true;
    for (size_t i = 0; i < sources.size(); ++i) {
      const std::string* value = row.Find(sources[i]);
      is_there = is_there && value != nullptr;
      if (value != nullptr) joined += (i == 0 ? "" : "/") + *value;
    }
    if (is_there) fields.emplace_back(ours, std::move(joined));
  }
  for (auto& field : row.fields) {
    if (IsOurs(field.first) && !sources_.contains(field.first)) {
      fields.push_back(std::move(field));
    }
  }
  row.fields = std::move(fields);
  return row;
}

}  // namespace slotlog::supply
