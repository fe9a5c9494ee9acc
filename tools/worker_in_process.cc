#include "tools/worker_in_process.h"

#include <absl/time/clock.h>
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

#include "tools/data_directory.h"

namespace slotlog {

absl::StatusOr<std::unique_ptr<Worker>> StartWorker(
    Log& log, const std::filesystem::path& data, uint64_t memory_mib) {
  WorkerOptions options;
  options.directory = StateDirectory(data);
  options.clock = [] { return absl::Now(); };
  options.memory_bytes = memory_mib << 20;
  return Worker::Start(log, std::move(options));
}

absl::Status StopWorker(Worker& worker) {
  absl::Status stopped = worker.Stop();
  if (!absl::IsResourceExhausted(stopped)) return stopped;
  spdlog::warn("{}", std::string(stopped.message()));
  return absl::OkStatus();
}

}  // namespace slotlog
