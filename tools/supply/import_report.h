// What became of every row: counted, and each row that is not in the log as its
// file says told one by one, to a file and in a table. Each row that was read
// ends in one of the counts, and Check holds us to it. One thread.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/supply/row.h"

namespace slotlog::supply {

struct ImportFigures {
  uint64_t read = 0;
  /// Of which so many changed a capacity.
  uint64_t imported = 0;
  uint64_t changed = 0;
  uint64_t already_there = 0;
  uint64_t refused = 0;
  uint64_t bad = 0;
  /// Stopped before they were sent: the next run's.
  uint64_t left = 0;

  friend bool operator==(const ImportFigures&, const ImportFigures&) = default;
};

/// kBad: it cannot be read. kRefused: it contradicts what is so. kDoubt: it is
/// taken, and odd.
enum class Verdict { kBad, kRefused, kDoubt };
/// "bad", "refused", "doubt".
std::string_view NameOf(Verdict verdict);

/// One fault, as it is told.
struct ToldFault {
  Verdict verdict;
  std::string_view file;
  uint32_t line;
  const RowFault& fault;
};

class ImportReport {
 public:
  /// `tell` is called for every fault; `files` are the names of those imported.
  ImportReport(std::vector<std::string> files,
               std::function<void(const ToldFault&)> tell);

  void Read() { ++figures_.read; }
  void Imported() { ++figures_.imported; }
  void Changed() {
    ++figures_.imported;
    ++figures_.changed;
  }
  void AlreadyThere() { ++figures_.already_there; }
  void Left() { ++figures_.left; }
  void Refused(RowPlace at, const RowFault& fault);
  /// One row with all its faults.
  void Bad(RowPlace at, const std::vector<RowFault>& faults);
  void Doubts(RowPlace at, const std::vector<RowFault>& doubts);

  const ImportFigures& figures() const { return figures_; }
  std::string_view NameOfFile(RowPlace at) const { return files_[at.file]; }
  /// "slots.csv:17".
  std::string TextOf(RowPlace at) const;

  /// REQUIRES: every row that was read has met its end.
  void Check() const;

  /// Counts and, by reason, how many faults of each there are and where the
  /// first one stands.
  std::string Summary(bool is_dry_run) const;

 private:
  void Tell(Verdict verdict, RowPlace at, const RowFault& fault);

  struct ReasonCount {
    uint64_t count = 0;
    std::string first;
  };

  const std::vector<std::string> files_;
  const std::function<void(const ToldFault&)> tell_;
  ImportFigures figures_;
  std::map<std::pair<Verdict, std::string>, ReasonCount> reasons_;
};

}  // namespace slotlog::supply
