// Records stories as golden histories: `tools/record` calls it.
//
//   record DIRECTORY NAME...
//
// tells DIRECTORY/stories/NAME.story on three shards, which must be answered as
// it says, and writes DIRECTORY/histories/NAME.history and NAME.digests. A
// history that stands there is never replaced.

#include <absl/status/status.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "services/reservation/story.h"
#include "services/reservation/story_expectation.h"
#include "tests/golden/golden_history.h"

namespace slotlog::golden {
namespace {

constexpr ShardCount kShards{3};

absl::Status Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return absl::OkStatus();
  return absl::UnavailableError("cannot write " + path.string());
}

absl::Status Record(const std::filesystem::path& directory,
                    const std::string& name) {
  const auto story_path = directory / "stories" / (name + ".story");
  const auto history_path = directory / "histories" / (name + ".history");
  if (std::filesystem::exists(history_path)) {
    return absl::AlreadyExistsError(
        history_path.string() +
        " is recorded already, and stays: record a story of another name");
  }
  std::ifstream file(story_path);
  if (!file) return absl::NotFoundError("cannot read " + story_path.string());
  const std::string story{std::istreambuf_iterator<char>(file), {}};

  GoldenHistory history;
  const std::string told =
      TellStory(story, kShards, [&](Shard shard, std::string_view record) {
        history.push_back({shard, std::string(record)});
      });
  if (Squeeze(told) != Squeeze(std::string(kOpening) + story)) {
    return absl::FailedPreconditionError(
        fmt::format("{} is answered otherwise than it says:\n{}",
                    story_path.string(), told));
  }
  const auto digests = DigestsOf(history);
  if (!digests.ok()) return digests.status();
  if (auto status = Write(history_path, Encode(history)); !status.ok()) {
    return status;
  }
  return Write(directory / "histories" / (name + ".digests"), *digests);
}

}  // namespace
}  // namespace slotlog::golden

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("Usage: record DIRECTORY NAME...\n", stderr);
    return 2;
  }
  for (int i = 2; i < argc; ++i) {
    const absl::Status status = slotlog::golden::Record(argv[1], argv[i]);
    if (status.ok()) continue;
    fmt::print(stderr, "record: {}\n", std::string(status.message()));
    return 1;
  }
  return 0;
}
