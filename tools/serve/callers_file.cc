#include "tools/serve/callers_file.h"

#include <absl/time/time.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <system_error>
#include <utility>

#include "tools/input_file.h"

namespace slotlog {
namespace {

constexpr absl::Duration kLook = absl::Seconds(1);

absl::StatusOr<CallerList> Read(const std::string& path) {
  const auto text = ReadInputFile(path);
  if (!text.ok()) return text.status();
  auto list = CallerList::Parse(*text);
  if (list.ok()) return list;
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", path, std::string(list.status().message())));
}

/// The least of times: it cannot be told.
std::filesystem::file_time_type ChangedAt(const std::string& path) {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(path, error);
  return error ? std::filesystem::file_time_type::min() : changed;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CallersFile>> CallersFile::Open(
    std::string path) {
  // In this order: what changes in between is read again.
  const auto changed = ChangedAt(path);
  auto list = Read(path);
  if (!list.ok()) return list.status();
  std::unique_ptr<CallersFile> file(
      new CallersFile(std::move(path), *std::move(list)));
  file->read_at_ = changed;
  return file;
}

CallersFile::CallersFile(std::string path, CallerList list)
    : path_(std::move(path)), callers_(std::move(list)) {}

void CallersFile::Follow(TimerThread& timers) {
  timers.After(kLook, [this, &timers] {
    Look();
    Follow(timers);
  });
}

void CallersFile::Look() {
  const auto changed = ChangedAt(path_);
  if (changed == read_at_) return;
  read_at_ = changed;
  auto list = Read(path_);
  if (!list.ok()) {
    spdlog::error("callers: {}; those who were known before stay",
                  std::string(list.status().message()));
    return;
  }
  spdlog::info("callers: {} credentials read again", list->size());
  callers_.Replace(*std::move(list));
}

}  // namespace slotlog
