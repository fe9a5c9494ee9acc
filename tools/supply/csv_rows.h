// Rows of a CSV file (RFC 4180, read by libcsv): the first line names the
// columns, fields may be quoted and then hold separators and line feeds. Lines
// that are empty are no rows. One thread.
//
// A quotation mark that is never closed costs one row and not the rest of the
// file: the lines behind it are read again on their own.

#pragma once

#include <csv.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tools/supply/line_reader.h"
#include "tools/supply/row.h"

namespace slotlog::supply {

/// Of one row whose fields hold line feeds.
inline constexpr size_t kRowLinesMax = 100;

class CsvRows final : public RowReader {
 public:
  /// Reads the first line. INVALID_ARGUMENT: it names no columns, or one twice.
  /// `lines` outlives the reader.
  static absl::StatusOr<std::unique_ptr<CsvRows>> Open(LineReader& lines,
                                                       char delimiter);
  ~CsvRows() override;

  CsvRows(const CsvRows&) = delete;
  CsvRows& operator=(const CsvRows&) = delete;

  const std::vector<std::string>& columns() const { return columns_; }
  absl::StatusOr<std::optional<Row>> Next() override;

 private:
  struct Record {
    uint32_t line = 0;
    std::vector<std::string> fields = {};
    std::optional<RowFault> fault = {};
  };

  CsvRows(LineReader& lines, char delimiter);

  absl::StatusOr<std::optional<Record>> ReadRecord();
  absl::StatusOr<std::optional<Line>> TakeLine();
  /// The row beginning with the first of these lines is none.
  Record GiveUp(std::vector<Line> taken, RowFault fault);
  void RestartParser();

  LineReader& lines_;
  const char delimiter_;
  csv_parser parser_ = {};
  /// To be read again.
  std::deque<Line> unread_;
  /// What the parser has found since the row began.
  std::vector<std::string> fields_;
  bool is_row_complete_ = false;
  std::vector<std::string> columns_;
};

}  // namespace slotlog::supply
