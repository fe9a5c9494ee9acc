// The embedded log, on the operating system's file system.

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "events/log/embedded/embedded_log.h"
#include "tests/conformance/log_conformance.h"

namespace slotlog {
namespace {

/// A directory of its own, gone when the last OpenLog is.
class NewDirectory {
 public:
  NewDirectory()
      : path_(std::filesystem::path(testing::TempDir()) /
              fmt::format("embedded-log-{}", fmt::ptr(this))) {
    std::filesystem::remove_all(path_);
  }
  NewDirectory(const NewDirectory&) = delete;
  NewDirectory& operator=(const NewDirectory&) = delete;
  ~NewDirectory() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

OpenLog NewEmbeddedLog(size_t tail_bytes_max) {
  return [tail_bytes_max, directory = std::make_shared<NewDirectory>()]()
             -> absl::StatusOr<std::unique_ptr<Log>> {
    EmbeddedLogOptions options;
    options.shards = kConformanceShards;
    options.clock = [] { return absl::Now(); };
    options.tail_bytes_max = tail_bytes_max;
    return EmbeddedLog::Open(directory->path(), std::move(options));
  };
}

INSTANTIATE_TEST_SUITE_P(
    EmbeddedReadFromMemory, LogConformance,
    testing::Values(LogKind{
        .new_log = [] { return NewEmbeddedLog(size_t{64} << 20); },
        .is_durable = true}));

INSTANTIATE_TEST_SUITE_P(EmbeddedReadFromFile, LogConformance,
                         testing::Values(LogKind{
                             .new_log = [] { return NewEmbeddedLog(0); },
                             .is_durable = true}));

}  // namespace
}  // namespace slotlog
