#include "tools/supply/csv_rows.h"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <utility>

#include "events/invariant.h"

namespace slotlog::supply {
namespace {

constexpr size_t kRowBytesMax = kLineBytesMax;

constexpr unsigned char kOptions = CSV_STRICT | CSV_STRICT_FINI;

/// A carriage return within a line is a byte like any other.
int IsLineFeed(unsigned char byte) { return byte == '\n' ? 1 : 0; }

RowFault LineTooLong() {
  return {"LINE_TOO_LONG", "", "a longer line",
          fmt::format("{} bytes at most", kLineBytesMax)};
}

RowFault QuoteMisplaced(const std::string& text) {
  return {"QUOTE_MISPLACED", "", text,
          "quotation marks around a whole field, those within it doubled"};
}

RowFault QuoteNotClosed(const std::string& text) {
  return {
      "QUOTE_NOT_CLOSED", "", text,
      fmt::format("a closing quotation mark within {} lines", kRowLinesMax)};
}

RowFault OtherColumns(size_t found, size_t expected) {
  return {"OTHER_COLUMNS", "", fmt::format("{} fields", found),
          fmt::format("{}, as the first line names", expected)};
}

}  // namespace

CsvRows::CsvRows(LineReader& lines, char delimiter)
    : lines_(lines), delimiter_(delimiter) {
  RestartParser();
}

CsvRows::~CsvRows() { csv_free(&parser_); }

void CsvRows::RestartParser() {
  csv_free(&parser_);
  INVARIANT(csv_init(&parser_, kOptions) == 0, "libcsv refuses its options");
  csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
  csv_set_term_func(&parser_, &IsLineFeed);
  fields_.clear();
  is_row_complete_ = false;
}

absl::StatusOr<std::unique_ptr<CsvRows>> CsvRows::Open(LineReader& lines,
                                                       char delimiter) {
  std::unique_ptr<CsvRows> rows(new CsvRows(lines, delimiter));
  auto header = rows->ReadRecord();
  if (!header.ok()) return header.status();
  if (!header->has_value()) {
    return absl::InvalidArgumentError(fmt::format(
        "{} is empty: its first line must name the columns", lines.name()));
  }
  if ((*header)->fault.has_value()) {
    return absl::InvalidArgumentError(
        fmt::format("{}:{}: the first line must name the columns: {}",
                    lines.name(), (*header)->line, (*header)->fault->reason));
  }
  std::set<std::string_view> seen;
  for (const std::string& column : (*header)->fields) {
    if (column.empty() || !seen.insert(column).second) {
      return absl::InvalidArgumentError(fmt::format(
          "{}:{}: {}", lines.name(), (*header)->line,
          column.empty() ? "a column has no name"
                         : fmt::format("two columns are named {}", column)));
    }
  }
  rows->columns_ = std::move((*header)->fields);
  return rows;
}

absl::StatusOr<std::optional<Row>> CsvRows::Next() {
  auto record = ReadRecord();
  if (!record.ok()) return record.status();
  if (!record->has_value()) return std::nullopt;
  auto& [line, fields, fault] = **record;
  if (fault.has_value()) return FaultyRow(line, *std::move(fault));
  if (fields.size() != columns_.size()) {
    return FaultyRow(line, OtherColumns(fields.size(), columns_.size()));
  }
  Row row{.line = line};
  row.fields.reserve(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    row.fields.emplace_back(columns_[i], std::move(fields[i]));
  }
  return row;
}

absl::StatusOr<std::optional<CsvRows::Record>> CsvRows::ReadRecord() {
  const auto field = [](void* text, size_t size, void* self) {
    // An empty field may have no place at all.
    static_cast<CsvRows*>(self)->fields_.emplace_back(
        size == 0 ? "" : static_cast<const char*>(text), size);
  };
  const auto end_of_row = [](int, void* self) {
    static_cast<CsvRows*>(self)->is_row_complete_ = true;
  };
  fields_.clear();
  is_row_complete_ = false;
  std::vector<Line> taken;
  size_t bytes = 0;
  while (true) {
    auto line = TakeLine();
    if (!line.ok()) return line.status();
    if (!line->has_value()) {
      if (taken.empty()) return std::nullopt;
      RowFault fault = QuoteNotClosed(taken.front().text);
      return GiveUp(std::move(taken), std::move(fault));
    }
    if ((*line)->is_too_long && taken.empty()) {
      return Record{.line = (*line)->number, .fault = LineTooLong()};
    }
    taken.push_back(**std::move(line));
    const std::string& text = taken.back().text;
    bytes += text.size() + 1;
    if (taken.size() > kRowLinesMax || bytes > kRowBytesMax) {
      RowFault fault = QuoteNotClosed(taken.front().text);
      return GiveUp(std::move(taken), std::move(fault));
    }
    const size_t parsed =
        csv_parse(&parser_, text.data(), text.size(), field, end_of_row, this);
    if (parsed != text.size() ||
        csv_parse(&parser_, "\n", 1, field, end_of_row, this) != 1) {
      RowFault fault = QuoteMisplaced(text);
      return GiveUp(std::move(taken), std::move(fault));
    }
    if (is_row_complete_) {
      return Record{.line = taken.front().number, .fields = std::move(fields_)};
    }
    // An empty line: nothing was begun.
    if (taken.size() == 1 && text.find('"') == std::string::npos) {
      taken.clear();
      bytes = 0;
    }
  }
}

CsvRows::Record CsvRows::GiveUp(std::vector<Line> taken, RowFault fault) {
  for (size_t i = taken.size(); i > 1; --i) {
    unread_.push_front(std::move(taken[i - 1]));
  }
  RestartParser();
  return {.line = taken.front().number, .fault = std::move(fault)};
}

absl::StatusOr<std::optional<Line>> CsvRows::TakeLine() {
  if (unread_.empty()) return lines_.Next();
  std::optional<Line> line = std::move(unread_.front());
  unread_.pop_front();
  return line;
}

}  // namespace slotlog::supply
