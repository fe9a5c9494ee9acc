#include "tools/rush/manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

namespace slotlog {
namespace {

using nlohmann::json;

constexpr char kFileName[] = "rush.json";
constexpr char kUnfinishedName[] = "rush.json.new";

absl::Status SystemError(std::string_view what,
                         const std::filesystem::path& path) {
  return absl::UnavailableError(
      fmt::format("{} {}: {}", what, path.string(), std::strerror(errno)));
}

absl::Status WriteDurably(const std::filesystem::path& path,
                          std::string_view text) {
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return SystemError("cannot write", path);
  const bool ok = ::write(file, text.data(), text.size()) ==
                      static_cast<ssize_t>(text.size()) &&
                  ::fsync(file) == 0;
  const absl::Status status =
      ok ? absl::OkStatus() : SystemError("cannot write", path);
  ::close(file);
  return status;
}

absl::Status SyncDirectory(const std::filesystem::path& path) {
  const int directory =
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return SystemError("cannot open", path);
  const absl::Status status = ::fsync(directory) == 0
                                  ? absl::OkStatus()
                                  : SystemError("cannot sync", path);
  ::close(directory);
  return status;
}

}  // namespace

absl::StatusOr<std::optional<Manifest>> ReadManifest(
    const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kFileName;
  std::ifstream file(path);
  if (!file.is_open()) {
    std::error_code ignored;
    std::filesystem::remove(directory / kUnfinishedName, ignored);
    return std::optional<Manifest>();
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto is = [&](const char* field, bool (json::*type)() const) {
    const auto found = document.find(field);
    return found != document.end() && ((*found).*type)();
  };
  if (!document.is_object() || !is("scenario", &json::is_string) ||
      !is("scenario_digest", &json::is_string) ||
      !is("seats", &json::is_number_unsigned) ||
      !is("shards", &json::is_number_unsigned) ||
      !is("seed", &json::is_number_unsigned) ||
      !is("year", &json::is_number_unsigned)) {
    return absl::DataLossError(fmt::format(
        "{} is no manifest of a rehearsal; remove {} and start again",
        path.string(), directory.string()));
  }
  Manifest manifest;
  manifest.scenario = document["scenario"];
  manifest.scenario_digest = document["scenario_digest"];
  manifest.seats = document["seats"];
  manifest.shards = ShardCount{document["shards"].get<uint32_t>()};
  manifest.seed = document["seed"];
  manifest.year = document["year"];
  manifest.is_on_kafka = is("kafka_log", &json::is_string);
  if (manifest.is_on_kafka) manifest.kafka_log = document["kafka_log"];
  return manifest;
}

absl::Status WriteManifest(const std::filesystem::path& directory,
                           const Manifest& manifest) {
  json document = {{"scenario", manifest.scenario},
                   {"scenario_digest", manifest.scenario_digest},
                   {"seats", manifest.seats},
                   {"shards", manifest.shards.value},
                   {"seed", manifest.seed},
                   {"year", manifest.year}};
  if (manifest.is_on_kafka) document["kafka_log"] = manifest.kafka_log;
  const std::filesystem::path path = directory / kFileName;
  const std::filesystem::path unfinished = directory / kUnfinishedName;
  if (auto status = WriteDurably(unfinished, document.dump(2) + "\n");
      !status.ok()) {
    return status;
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) {
    return SystemError("cannot rename to", path);
  }
  return SyncDirectory(directory);
}

absl::Status CheckSame(const Manifest& there, const Manifest& asked_for) {
  std::vector<std::string> differences;
  const auto compare = [&](std::string_view what, const auto& is,
                           const auto& asked) {
    if (is == asked) return;
    differences.push_back(fmt::format("{} {}, not {}", what, is, asked));
  };
  compare("scenario", there.scenario, asked_for.scenario);
  compare("--bookings", there.seats, asked_for.seats);
  if (asked_for.shards.value != 0) {
    compare("--shards", there.shards.value, asked_for.shards.value);
  }
  compare("--seed", there.seed, asked_for.seed);
  const auto place = [](const Manifest& manifest) -> std::string_view {
    return manifest.is_on_kafka ? "on Kafka" : "on a log of its own";
  };
  compare("it", place(there), place(asked_for));
  if (there.is_on_kafka && !asked_for.kafka_log.empty()) {
    compare("the log", there.kafka_log, asked_for.kafka_log);
  }
  if (differences.empty() &&
      there.scenario_digest != asked_for.scenario_digest) {
    differences.push_back(
        fmt::format("scenario {} as its file was then", there.scenario));
  }
  if (differences.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("this directory rehearses {}; ask for the same to continue "
                  "it, or give another --data",
                  fmt::join(differences, ", ")));
}

}  // namespace slotlog
