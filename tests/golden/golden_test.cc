// Every history that was ever recorded folds to what it folded to then.

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "slotlog/v1/events.pb.h"
#include "tests/golden/golden_history.h"

namespace slotlog::golden {
namespace {

const std::filesystem::path kHistories = "tests/golden/histories";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Recorded {
  GoldenHistory history;
  std::string digests;
};

/// By name.
std::map<std::string, Recorded> AllRecorded() {
  std::map<std::string, Recorded> all;
  for (const auto& entry : std::filesystem::directory_iterator(kHistories)) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() != ".history") continue;
    auto history = DecodeHistory(ReadFile(path));
    EXPECT_TRUE(history.ok()) << path << ": " << history.status();
    all[path.stem()] = {
        *std::move(history),
        ReadFile(kHistories / (path.stem().string() + ".digests"))};
  }
  return all;
}

TEST(GoldenTest, EveryRecordedHistoryFoldsToWhatItFoldedToThen) {
  const auto all = AllRecorded();
  EXPECT_FALSE(all.empty());
  for (const auto& [name, recorded] : all) {
    const absl::Status status = Check(name, recorded.history, recorded.digests);
    EXPECT_TRUE(status.ok()) << std::string(status.message());
  }
}

TEST(GoldenTest, EveryKindOfEventIsRecorded) {
  std::set<std::string> recorded;
  for (const auto& [name, golden] : AllRecorded()) {
    recorded.merge(KindsIn(golden.history));
  }
  const auto* body = v1::Event::descriptor()->FindOneofByName("body");
  for (int i = 0; i < body->field_count(); ++i) {
    EXPECT_TRUE(recorded.contains(body->field(i)->name()))
        << "no golden history has the event " << body->field(i)->name()
        << ": write a story with it in tests/golden/stories and record it by "
           "tools/record history NAME";
  }
}

TEST(GoldenTest, AnotherMeaningIsToldWithWhatToDo) {
  const auto all = AllRecorded();
  ASSERT_FALSE(all.empty());
  Recorded recorded = all.begin()->second;
  // As if the last batch meant nothing any more.
  recorded.history.pop_back();
  const absl::Status status =
      Check("a history", recorded.history, recorded.digests);
  EXPECT_FALSE(status.ok());
  const std::string message(status.message());
  EXPECT_NE(message.find("must stay readable"), std::string::npos) << message;
  EXPECT_NE(message.find("add a new event"), std::string::npos) << message;
}

TEST(GoldenTest, ARecordThatCannotBeReadIsTold) {
  const auto all = AllRecorded();
  ASSERT_FALSE(all.empty());
  Recorded recorded = all.begin()->second;
  recorded.history.erase(recorded.history.begin());
  EXPECT_FALSE(Check("torn", recorded.history, recorded.digests).ok());
  recorded.history.front().bytes = "\xff";
  EXPECT_FALSE(Check("none", recorded.history, recorded.digests).ok());
  const std::string bytes = Encode(recorded.history);
  EXPECT_FALSE(DecodeHistory(bytes.substr(0, bytes.size() - 1)).ok());
  EXPECT_FALSE(DecodeHistory("short").ok());
}

}  // namespace
}  // namespace slotlog::golden
