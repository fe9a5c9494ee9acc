// The query service over a day in memory, for http_bench.py: prints its port
// and the paths worth asking for, and serves until it is told to end.

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "tests/support/reading.h"

namespace slotlog {
namespace {

constexpr int kDecided = 5'000;
constexpr int kWaiting = 5'000;
constexpr int kSeatsOfASite = 2'000;

class QueryServer : public Reading {
 public:
  void TestBody() override {}

  void Serve(const sigset_t& until) {
    OpenTheDay(kSeatsOfASite);
    Ticket decided;
    Ticket waiting;
    for (int i = 0; i < kDecided; ++i) {
      decided = Book(fmt::format("a{}", i), kSites[i % 4]);
    }
    Decide();
    for (int i = 0; i < kWaiting; ++i) {
      waiting = Book(fmt::format("b{}", i), kSites[i % 4]);
    }
    while (models_.line().PlaceOf(waiting).state != PlaceState::kWaiting) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    std::printf("%d /v1/availability /v1/availability?region=Seoul",
                server_->port());
    std::printf(" /v1/tickets/%s /v1/tickets/%s /v1/line\n",
                FormatTicket(decided).c_str(), FormatTicket(waiting).c_str());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&until, &signal);
  }
};

}  // namespace
}  // namespace slotlog

int main() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  slotlog::QueryServer().Serve(signals);
  return 0;
}
