#include "tools/supply/import_files.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <utility>

#include "tools/texts.h"

namespace slotlog::supply {
namespace {

/// A log of another process hands over by and by what it holds.
constexpr absl::Duration kWait = absl::Milliseconds(20);

/// What the line on the terminal says of a file.
std::string LineOf(const LineReader& lines, const ImportReport& report) {
  const ImportFigures& figures = report.figures();
  const std::string part =
      lines.bytes_total() == 0
          ? ""
          : fmt::format("{} %, ",
                        lines.bytes_read() * 100 / lines.bytes_total());
  return fmt::format("importing: {}rows {}, imported {}, bad {}, refused {}",
                     part, Short(figures.read), Short(figures.imported),
                     Short(figures.bad), Short(figures.refused));
}

absl::Status ImportRow(RowPlace at, Row row, const FilesToImport& files,
                       SupplyImport& import, ImportReport& report) {
  report.Doubts(at, row.doubts);
  if (row.is_context && row.faults.empty()) return absl::OkStatus();
  report.Read();
  if (row.faults.empty()) {
    SupplyReading read =
        ReadSupplyRow(files.columns.Apply(std::move(row)), files.rules);
    report.Doubts(at, read.doubts);
    if (read.row.has_value()) return import.Take(at, *read.row);
    row.faults = std::move(read.faults);
  }
  report.Bad(at, row.faults);
  return absl::OkStatus();
}

absl::Status ImportFile(uint32_t number, const FilesToImport& files,
                        SupplyImport& import, ImportReport& report,
                        ProgressLine& progress) {
  const RowFile& file = files.files[number];
  while (!files.stop()) {
    auto row = file.rows->Next();
    if (absl::IsCancelled(row.status())) continue;
    if (!row.ok()) return row.status();
    if (!row->has_value()) return absl::OkStatus();
    const RowPlace at{number, (*row)->line};
    if (auto taken = ImportRow(at, **std::move(row), files, import, report);
        !taken.ok()) {
      return taken;
    }
    constexpr uint64_t kRowsBetweenLooks = 1'000;
    if (report.figures().read % kRowsBetweenLooks == 0) {
      progress.Show(absl::Now(), [&] { return LineOf(*file.lines, report); });
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadInventory(SupplyHistory& history, Inventory& inventory,
                           ProgressLine& progress,
                           const std::function<bool()>& stop) {
  while (!stop()) {
    const auto read = history.ReadSome(
        [&](Shard, const v1::Event& event) { inventory.Fold(event); });
    if (!read.ok()) return read.status();
    if (history.ToRead() == 0) break;
    if (*read == 0) history.Await(kWait);
    progress.Show(absl::Now(), [&] {
      return fmt::format(
          "reading the log: {} %, {} slots",
          (history.AtOpen() - history.ToRead()) * 100 / history.AtOpen(),
          Short(inventory.slots()));
    });
  }
  return absl::OkStatus();
}

absl::Status ImportFiles(FilesToImport& files, SupplyImport& import,
                         ImportReport& report, ProgressLine& progress) {
  absl::Status status;
  for (uint32_t number = 0; number < files.files.size(); ++number) {
    status = ImportFile(number, files, import, report, progress);
    if (!status.ok() || files.stop()) break;
  }
  if (status.ok() && !files.stop()) status = import.Finish();
  // After an error or a stop: what was sent has its end, the rest is left.
  const absl::Status stopped = import.Stop();
  status.Update(stopped);
  report.Check();
  return status;
}

}  // namespace slotlog::supply
