#include "tools/supply/report_file.h"

#include <csv.h>
#include <fmt/format.h>

#include <cerrno>
#include <nlohmann/json.hpp>

namespace slotlog::supply {
namespace {

constexpr size_t kFoundBytesMax = 1'000;
constexpr char kCsvHeader[] = "verdict,file,line,field,reason,found,expected\n";

absl::Status CannotWrite(const std::string& path, int error) {
  return absl::ErrnoToStatus(
      error, fmt::format("cannot write {}",
                         path == "-" ? "to standard output" : path));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReportFile>> ReportFile::Open(std::string path) {
  std::FILE* const stream =
      path == "-" ? stdout : std::fopen(path.c_str(), "we");
  if (stream == nullptr) return CannotWrite(path, errno);
  return std::unique_ptr<ReportFile>(new ReportFile(std::move(path), stream));
}

ReportFile::ReportFile(std::string path, std::FILE* stream)
    : path_(std::move(path)),
      is_csv_(path_.ends_with(".csv")),
      stream_(stream) {
  if (is_csv_ && std::fputs(kCsvHeader, stream_) == EOF) error_ = errno;
}

ReportFile::~ReportFile() {
  if (stream_ != nullptr && stream_ != stdout) std::fclose(stream_);
}

void ReportFile::Write(const ToldFault& told) {
  if (error_ != 0) return;
  is_csv_ ? WriteAsCsv(told) : WriteAsJson(told);
  if (std::ferror(stream_) != 0) error_ = errno;
}

void ReportFile::WriteAsJson(const ToldFault& told) {
  const nlohmann::ordered_json line = {
      {"verdict", NameOf(told.verdict)},
      {"file", told.file},
      {"line", told.line},
      {"field", told.fault.field},
      {"reason", told.fault.reason},
      {"found", told.fault.found.substr(0, kFoundBytesMax)},
      {"expected", told.fault.expected}};
  // What is no UTF-8 may be what is told of.
  const std::string text =
      line.dump(-1, ' ', false,
                nlohmann::ordered_json::error_handler_t::replace) +
      "\n";
  // Not fmt::print, which throws on a full disk.
  std::fwrite(text.data(), 1, text.size(), stream_);
}

void ReportFile::WriteAsCsv(const ToldFault& told) {
  const std::string line = std::to_string(told.line);
  const std::string_view fields[] = {
      NameOf(told.verdict),
      told.file,
      line,
      told.fault.field,
      told.fault.reason,
      std::string_view(told.fault.found).substr(0, kFoundBytesMax),
      told.fault.expected};
  std::string_view separator;
  for (const std::string_view field : fields) {
    std::fwrite(separator.data(), 1, separator.size(), stream_);
    csv_fwrite(stream_, field.data(), field.size());
    separator = ",";
  }
  std::fputc('\n', stream_);
}

absl::Status ReportFile::Close() {
  std::FILE* const stream = std::exchange(stream_, nullptr);
  // Some file systems tell only then that the disk is full.
  const int ended =
      stream == stdout ? std::fflush(stream) : std::fclose(stream);
  if (ended != 0 && error_ == 0) error_ = errno;
  return error_ == 0 ? absl::OkStatus() : CannotWrite(path_, error_);
}

}  // namespace slotlog::supply
