// Which fields of a file make which of ours, for files that were not written
// for us. A field of ours may be made of several, joined with `/`: for files
// whose ids are not unique alone. What nobody names keeps its name. Pure.

#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/supply/row.h"

namespace slotlog::supply {

class Columns {
 public:
  /// Each text is `OURS=THEIRS` or `OURS=THEIRS+THEIRS`, several separated by
  /// commas. INVALID_ARGUMENT: one is not, or names no field of ours.
  static absl::StatusOr<Columns> From(const std::vector<std::string>& texts);

  bool IsEmpty() const { return sources_.empty(); }

  /// INVALID_ARGUMENT: with these columns a file has neither sites nor slots,
  /// or one column is nobody's: a misspelt one would be lost silently. Where
  /// any column was named, others are left out.
  absl::Status Check(const std::vector<std::string>& columns,
                     std::string_view file) const;

  /// Our fields of this row.
  Row Apply(Row row) const;

 private:
  bool Has(const std::vector<std::string>& columns,
           std::string_view ours) const;

  /// By our field's name.
  std::map<std::string, std::vector<std::string>, std::less<>> sources_;
};

}  // namespace slotlog::supply
