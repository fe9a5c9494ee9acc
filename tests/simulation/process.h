// A worker's process, as far as its death is concerned: whatever it asks of the
// world goes through Call or Look, and at the one that was planned it dies,
// before or after the world has done what was asked. The code of a dead process
// runs on to the end of its step, but nothing that it does has an effect; then
// it is destroyed.
//
//   process.DieAt(7, Process::Death::kBeforeCall);
//   return process.Call([&] { return store.WriteCheckpoint(...); });
//
// So a crash between any two steps is one number. Threads: one.

#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <utility>

namespace slotlog {

class Process {
 public:
  enum class Death { kBeforeCall, kAfterCall };

  /// Counted from 1, from now on.
  void DieAt(uint64_t call, Death death) {
    calls_left_ = call;
    death_ = death;
  }
  bool IsDead() const { return is_dead_; }

  /// Its next checkpoint is not written.
  void FailNextWrite(absl::Status error) { write_error_ = std::move(error); }
  absl::Status TakeWriteError() {
    return std::exchange(write_error_, absl::OkStatus());
  }

  /// Something that has an effect; a dead process has none.
  /// REQUIRES: `call` gives an absl::Status or StatusOr.
  template <typename F>
  auto Call(const F& call) -> decltype(call()) {
    if (is_dead_) return NothingMore();
    if (!Strikes()) return call();
    is_dead_ = true;
    if (death_ == Death::kAfterCall) {
      const auto unheard = call();
    }
    return NothingMore();
  }

  /// Something without an effect: whether it was seen before or after the
  /// death, nobody can tell.
  template <typename F>
  auto Look(const F& look) -> decltype(look()) {
    if (!is_dead_ && Strikes()) is_dead_ = true;
    return look();
  }

 private:
  bool Strikes() { return calls_left_ > 0 && --calls_left_ == 0; }
  static absl::Status NothingMore() {
    return absl::CancelledError("the process is dead");
  }

  uint64_t calls_left_ = 0;
  Death death_ = Death::kBeforeCall;
  bool is_dead_ = false;
  absl::Status write_error_;
};

}  // namespace slotlog
