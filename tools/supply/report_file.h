// The file that tells of each fault: NDJSON, or CSV where its name ends in
// .csv. Written as the import goes on, so that it needs no memory. One thread.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "tools/supply/import_report.h"

namespace slotlog::supply {

class ReportFile {
 public:
  /// Replaces what stands in the file; "-" is standard output. An error names
  /// the path and the reason.
  static absl::StatusOr<std::unique_ptr<ReportFile>> Open(std::string path);
  ~ReportFile();

  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  bool IsStandardOutput() const { return path_ == "-"; }
  /// After an error it writes nothing more; Close tells it.
  void Write(const ToldFault& told);
  /// An error: not all of it could be written, and why.
  absl::Status Close();

 private:
  ReportFile(std::string path, std::FILE* stream);
  void WriteAsJson(const ToldFault& told);
  void WriteAsCsv(const ToldFault& told);

  const std::string path_;
  const bool is_csv_;
  std::FILE* stream_;
  /// Why a write failed, the first one that did; 0: none.
  int error_ = 0;
};

}  // namespace slotlog::supply
