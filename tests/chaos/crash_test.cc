// kill -9, again and again: the real program, a real disk, a real rush. Between
// the kills and at the end the independent check must hold, and when the rush
// has been let through, everyone is booked and nothing is in flight.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "events/invariant.h"

extern char** environ;

namespace slotlog {
namespace {

constexpr int kKills = 24;
constexpr int kKillsBetweenChecks = 6;
constexpr int kBookings = 150'000;
constexpr int kKillAfterMsMax = 350;
constexpr size_t kLastWordsMax = 2'000;

/// The program that the user runs, as Bazel built it.
const char* const kSlotlog = "tools/slotlog";

/// What wait() told of a process that ended.
struct Ending {
  int status = 0;
  bool WasKilled() const {
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }
  bool Succeeded() const {
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
};

class Process {
 public:
  Process(std::vector<std::string> arguments, const std::string& output) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) {
      pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions, descriptor, output.c_str(),
                                       O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    const int error = posix_spawn(&process_, kSlotlog, &actions, nullptr,
                                  pointers.data(), environ);
    INVARIANT(error == 0, "cannot start tools/slotlog: run me by bazel test");
    posix_spawn_file_actions_destroy(&actions);
  }

  void Kill(int signal) const { kill(process_, signal); }
  Ending Wait() const {
    Ending ending;
    EXPECT_EQ(waitpid(process_, &ending.status, 0), process_);
    return ending;
  }

 private:
  pid_t process_ = -1;
};

class CrashTest : public testing::Test {
 protected:
  CrashTest()
      : directory_(std::filesystem::path(testing::TempDir()) /
                   fmt::format("crash-{}", getpid())) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~CrashTest() override {
    if (!HasFailure()) std::filesystem::remove_all(directory_);
  }

  std::string Path(const std::string& name) const {
    return (directory_ / name).string();
  }

  /// A rush that writes what it says to a file. At `rate` it lasts until it is
  /// killed; 0 is as fast as it can.
  Process Rush(int rate) const {
    std::vector<std::string> arguments = {
        "slotlog",    "rush",           "--data",
        Path("data"), "--bookings",     std::to_string(kBookings),
        "--json",     Path("rush.json")};
    if (rate > 0) {
      arguments.insert(arguments.end(), {"--rate", std::to_string(rate)});
    }
    return Process(arguments, Path("output"));
  }

  nlohmann::json Verify() const {
    const Ending ending = Process({"slotlog", "verify", "--data", Path("data"),
                                   "--redecide", "--json", Path("verify.json")},
                                  Path("output"))
                              .Wait();
    EXPECT_TRUE(ending.Succeeded()) << LastWords();
    return ReadJson("verify.json");
  }

  /// The end of what the processes said.
  std::string LastWords() const {
    std::ifstream file(Path("output"));
    const std::string said{std::istreambuf_iterator<char>(file), {}};
    return said.substr(said.size() - std::min(said.size(), kLastWordsMax));
  }

  nlohmann::json ReadJson(const std::string& name) const {
    std::ifstream file(Path(name));
    return nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  }

  const std::filesystem::path directory_;
};

TEST_F(CrashTest, NothingIsLostOrDoneTwiceWhateverTheMomentOfTheKill) {
  std::mt19937 random(20210712);
  for (int kills = 1; kills <= kKills; ++kills) {
    const Process rush = Rush(/*rate=*/15'000);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(20 + random() % kKillAfterMsMax));
    rush.Kill(SIGKILL);
    ASSERT_TRUE(rush.Wait().WasKilled())
        << "it ended before it was killed: " << LastWords();
    if (kills % kKillsBetweenChecks == 0) {
      ASSERT_TRUE(Verify().value("holds", false)) << LastWords();
    }
  }

  ASSERT_TRUE(Rush(/*rate=*/0).Wait().Succeeded()) << LastWords();

  EXPECT_EQ(ReadJson("rush.json").value("bookings", 0), kBookings);
  const nlohmann::json verified = Verify();
  EXPECT_TRUE(verified.value("holds", false));
  EXPECT_EQ(verified["in_flight"].value("commands_undecided", -1), 0);
  EXPECT_EQ(verified["in_flight"].value("conversations", -1), 0);
}

TEST_F(CrashTest, CtrlCStopsCleanlyAndTheSameCommandContinues) {
  const Process rush = Rush(/*rate=*/15'000);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  rush.Kill(SIGINT);
  const Ending stopped = rush.Wait();
  ASSERT_TRUE(WIFEXITED(stopped.status));
  EXPECT_EQ(WEXITSTATUS(stopped.status), 130);
  EXPECT_TRUE(Verify().value("holds", false));

  ASSERT_TRUE(Rush(/*rate=*/0).Wait().Succeeded()) << LastWords();
  EXPECT_EQ(ReadJson("rush.json").value("bookings", 0), kBookings);
}

}  // namespace
}  // namespace slotlog
