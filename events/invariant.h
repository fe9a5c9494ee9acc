// INVARIANT(condition, message): for what cannot be false unless we are wrong.
// Always on; says what, where, and ends the process at once, because a process
// that is wrong about itself must not write another event.

#pragma once

#include <cstdio>
#include <cstdlib>

#define INVARIANT(condition, message)                                      \
  do {                                                                     \
    if (!(condition)) [[unlikely]] {                                       \
      std::fprintf(stderr, "%s:%d: invariant broken: %s (%s)\n", __FILE__, \
                   __LINE__, message, #condition);                         \
      std::abort();                                                        \
    }                                                                      \
  } while (false)
