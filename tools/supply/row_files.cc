#include "tools/supply/row_files.h"

#include <utility>

#include "tools/supply/csv_rows.h"
#include "tools/supply/json_rows.h"

namespace slotlog::supply {

std::optional<Format> FormatOf(const std::string& path) {
  if (path.ends_with(".csv")) return Format::kCsv;
  if (path.ends_with(".ndjson") || path.ends_with(".jsonl")) {
    return Format::kNdjson;
  }
  return std::nullopt;
}

absl::StatusOr<RowFile> OpenRowFile(const std::string& path, Format format,
                                    char delimiter, const Columns& columns,
                                    Schedules& schedules) {
  auto lines = LineReader::Open(path);
  if (!lines.ok()) return lines.status();
  RowFile file{.lines = *std::move(lines)};
  switch (format) {
    case Format::kCsv: {
      auto rows = CsvRows::Open(*file.lines, delimiter);
      if (!rows.ok()) return rows.status();
      if (auto checked = columns.Check((*rows)->columns(), file.lines->name());
          !checked.ok()) {
        return checked;
      }
      file.rows = *std::move(rows);
      break;
    }
    case Format::kNdjson:
      file.rows = std::make_unique<JsonRows>(*file.lines);
      break;
    case Format::kSchedulingLinks:
      file.rows = std::make_unique<SchedulingLinks>(*file.lines, schedules);
      break;
  }
  return file;
}

}  // namespace slotlog::supply
