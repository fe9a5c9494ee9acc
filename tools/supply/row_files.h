// Opens a file of rows by its format. One thread.

#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>

#include "tools/supply/columns.h"
#include "tools/supply/line_reader.h"
#include "tools/supply/row.h"
#include "tools/supply/scheduling_links.h"

namespace slotlog::supply {

enum class Format { kCsv, kNdjson, kSchedulingLinks };

/// By the file name's ending: .csv, .ndjson or .jsonl. None: it doesn't tell.
std::optional<Format> FormatOf(const std::string& path);

struct RowFile {
  std::unique_ptr<LineReader> lines;
  std::unique_ptr<RowReader> rows = nullptr;
};

/// An error names the file: it cannot be read, or its columns are not ours.
/// `schedules` outlives the file.
absl::StatusOr<RowFile> OpenRowFile(const std::string& path, Format format,
                                    char delimiter, const Columns& columns,
                                    Schedules& schedules);

}  // namespace slotlog::supply
