// Imports files, one after the other, on a log that is open, and shows how far
// it is. One thread.

#pragma once

#include <absl/status/status.h>

#include <functional>
#include <string>
#include <vector>

#include "tools/progress_line.h"
#include "tools/supply/columns.h"
#include "tools/supply/import_report.h"
#include "tools/supply/row_files.h"
#include "tools/supply/supply_history.h"
#include "tools/supply/supply_import.h"
#include "tools/supply/supply_row.h"

namespace slotlog::supply {

struct FilesToImport {
  std::vector<RowFile> files;
  Columns columns;
  RowRules rules;
  /// Asked before each row; true ends the import as soon as what was sent is
  /// decided.
  std::function<bool()> stop;
};

/// Reads all that the log holds now into the inventory.
absl::Status ReadInventory(SupplyHistory& history, Inventory& inventory,
                           ProgressLine& progress,
                           const std::function<bool()>& stop);

/// To the end of the files, or to a stop. An error ends it, too, when what was
/// sent is decided.
absl::Status ImportFiles(FilesToImport& files, SupplyImport& import,
                         ImportReport& report, ProgressLine& progress);

}  // namespace slotlog::supply
