// Stands in for the worker in tests: decides commands and operations of all
// shards one after the other, with rules that fit on a page, and does wrong on
// demand, so that a rehearsal can be seen to notice. It writes no events.
//
// Threads: it has one of its own between Start and Stop; everything else is
// called while it is stopped.

#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/log/log.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

class ScriptedWorker {
 public:
  explicit ScriptedWorker(Log& log);
  ~ScriptedWorker() { Stop(); }

  void Start();
  void Stop();
  uint64_t CommandsAnswered() const { return commands_answered_; }

  // What it will do wrong.
  void ForgetAnswer(uint64_t command) { forgotten_ = command; }
  void AnswerTwice(uint64_t command) { twice_ = command; }
  void SkipConfirmationNumber(uint64_t command) { skipped_ = command; }
  void IgnoreCapacity() { ignores_capacity_ = true; }
  void KeepHoldsForEver() { keeps_holds_ = true; }
  void RefuseOperations() { refuses_operations_ = true; }

 private:
  struct SlotState {
    int32_t capacity = 0;
    int32_t taken = 0;
  };
  using SlotName = std::pair<std::string, std::string>;
  struct HeldSeat {
    SlotName slot;
    absl::Time deadline;
    Shard shard;
  };

  void Run();
  void DecideAll(Topic topic, Shard shard);
  /// With a notice to each whose hold ran out.
  void ExpireHolds();
  v1::Confirmation Decide(const v1::Operation& operation);
  v1::Confirmation Decide(const v1::Command& command, int64_t asked_at_unix_ms);
  v1::Confirmation DecideConfirm(const std::string& citizen);
  v1::Confirmation DecideNew(const v1::Command& command,
                             int64_t asked_at_unix_ms);
  void Write(Shard shard, const v1::Confirmation& confirmation);
  void WriteRecord(Shard shard, const std::string& key,
                   v1::ConfirmationRecord record);

  Log& log_;
  std::unique_ptr<Consumer> consumer_;
  std::thread thread_;
  std::atomic<bool> stops_ = false;
  std::atomic<uint64_t> commands_answered_ = 0;

  std::map<SlotName, SlotState> slots_;
  std::map<std::string, v1::Campaign> campaigns_;
  /// By citizen.
  std::map<std::string, SlotName> appointments_;
  std::map<std::string, HeldSeat> held_;
  /// By command id, which are unique here.
  std::map<std::string, v1::Confirmation> answers_;
  std::vector<uint64_t> numbers_;

  uint64_t forgotten_ = 0;
  uint64_t twice_ = 0;
  uint64_t skipped_ = 0;
  bool keeps_holds_ = false;
  bool ignores_capacity_ = false;
  bool refuses_operations_ = false;
};

}  // namespace slotlog
