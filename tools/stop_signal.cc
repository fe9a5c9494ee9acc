#include "tools/stop_signal.h"

#include <csignal>

namespace slotlog {
namespace {

/// A signal handler has nothing else to write to.
volatile std::sig_atomic_t stop_asked = 0;

}  // namespace

void StopOnSignals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { stop_asked = 1; };
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool IsStopAsked() { return stop_asked != 0; }

}  // namespace slotlog
