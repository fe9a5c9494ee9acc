// Writes a file and tells the rows that a format finds in it, one a line:
//
//   2 site_id=s1 name="Town hall"
//   3 bad QUOTE_MISPLACED
//
// For tests.

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tools/supply/row.h"
#include "tools/supply/row_files.h"

namespace slotlog::supply {

class TestFile {
 public:
  explicit TestFile(std::string_view text, std::string_view name = "rows")
      : path_((std::filesystem::path(testing::TempDir()) /
               fmt::format("{}-{}", getpid(), name))
                  .string()) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~TestFile() { std::filesystem::remove(path_); }

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

inline std::string TextOf(const Row& row) {
  std::string text = std::to_string(row.line);
  for (const auto& [name, value] : row.fields) {
    text += fmt::format(" {}={}", name, value);
  }
  for (const RowFault& fault : row.faults) text += " bad " + fault.reason;
  for (const RowFault& doubt : row.doubts) text += " doubt " + doubt.reason;
  return text + "\n";
}

/// The rows, or why the file was not opened or ended.
inline std::string RowsIn(std::string_view text, Format format,
                          Schedules& schedules, const Columns& columns = {},
                          char delimiter = ',') {
  const TestFile file(text);
  auto opened = OpenRowFile(file.path(), format, delimiter, columns, schedules);
  if (!opened.ok()) return std::string(opened.status().message());
  std::string rows;
  while (true) {
    auto row = opened->rows->Next();
    if (!row.ok()) return rows + std::string(row.status().message());
    if (!row->has_value()) return rows;
    rows += TextOf(columns.Apply(**std::move(row)));
  }
}

inline std::string RowsIn(std::string_view text, Format format,
                          const Columns& columns = {}, char delimiter = ',') {
  Schedules schedules;
  return RowsIn(text, format, schedules, columns, delimiter);
}

}  // namespace slotlog::supply
