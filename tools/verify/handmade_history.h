// A history made by hand on a log in memory, so that a test can write one that
// nothing of ours would write. Every command and every transaction has a name;
// a test says beforehand what is to be otherwise under which name, or where the
// history ends. All counters, digests and offsets are those of the honest
// history: only what a test changes is wrong.
//
//   HandmadeHistory history;
//   history.ChangeTransaction("ann is booked", [](auto& t) { ... });
//   WriteSmallDay(history);
//   Verify(history.log(), {});

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "events/log/memory/memory_log.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog::verify {

/// What one transaction writes.
struct HandmadeTransaction {
  v1::EventBatch batch;
  std::vector<v1::ConfirmationRecord> confirmations;
  /// By destination.
  std::map<uint32_t, v1::InternalRecord> messages;
  std::vector<v1::DeadLetter> dead_letters;
};

/// An input, as events name it.
struct HandmadeInput {
  Topic topic = Topic::kCommands;
  int64_t offset = 0;
  uint32_t index = 0;
  int64_t asked_at_unix_ms = 0;
  uint64_t digest = 0;
  /// For its confirmation.
  std::string citizen_id;
  std::string command_id;
};

class HandmadeHistory {
 public:
  static constexpr uint32_t kShards = 2;

  HandmadeHistory();

  // --- Said beforehand ---
  using ChangeOfTransaction = std::function<void(HandmadeTransaction&)>;
  using ChangeOfBytes = std::function<void(std::string&)>;
  void ChangeTransaction(std::string_view name, ChangeOfTransaction change);
  void ChangeCommand(std::string_view name,
                     std::function<void(v1::Command&)> change);
  void ChangeBytes(std::string_view name, ChangeOfBytes change);
  /// What comes later is not written.
  void EndAfter(std::string_view name);

  // --- The story ---
  /// Milliseconds.
  void At(int64_t unix_ms) { now_unix_ms_ = unix_ms; }
  /// The message is protobuf text.
  HandmadeInput Command(std::string_view name, uint32_t shard,
                        const std::string& text);
  HandmadeInput Operation(std::string_view name, uint32_t shard,
                          const std::string& text);
  HandmadeInput Bytes(std::string_view name, TopicPartition to,
                      std::string bytes);

  class Draft;
  /// A transaction of this shard.
  Draft Transaction(std::string_view name, uint32_t shard);

  MemoryLog& log() { return log_; }

 private:
  struct ShardTotals {
    uint64_t batches = 0;
    uint64_t sequence = 0;
    uint64_t confirmations = 0;
    uint64_t agenda_steps = 0;
    int64_t now_unix_ms = 0;
    std::string last_record;
    uint64_t sent[kShards] = {};
    uint64_t received[kShards] = {};
  };

  int64_t High(TopicPartition partition) const;
  void Write(std::string_view name, HandmadeTransaction& transaction);

  MemoryLog log_;
  int64_t now_unix_ms_ = 0;
  ShardTotals shards_[kShards];
  std::map<std::string, ChangeOfTransaction, std::less<>> changes_;
  std::map<std::string, ChangeOfBytes, std::less<>> changes_of_bytes_;
  std::string last_;
  bool has_ended_ = false;
};

/// A transaction on its way: inputs and events in order, then Write.
class HandmadeHistory::Draft {
 public:
  Draft(HandmadeHistory& history, std::string_view name, uint32_t shard);

  /// Decides this input; what follows is caused by it.
  Draft& Input(const HandmadeInput& input);
  /// What follows is caused by this command, parked before.
  Draft& Resume(const HandmadeInput& input);
  /// What follows is caused by the next step of the agenda.
  Draft& Step();
  /// An event's body, as protobuf text.
  Draft& Event(const std::string& text);
  /// The last event lets go on what this command began: it bears its time.
  Draft& Of(const HandmadeInput& command);
  /// The last event answers this input: other fields of Confirmation, as text.
  Draft& Confirm(const HandmadeInput& input, const std::string& text);
  /// The last event is news to a citizen: fields of Notice, as text.
  Draft& Notice(const std::string& text);
  /// The last event is told to another shard.
  Draft& Send(uint32_t to, const std::string& text);
  /// The input's bytes go to `dead-letters`.
  Draft& DeadLetter(const std::string& bytes);
  /// The messages sent, as inputs of the shards they are for.
  std::vector<HandmadeInput> Write();

 private:
  HandmadeHistory& history_;
  const std::string name_;
  const uint32_t shard_;
  ShardTotals& totals_;
  HandmadeInput cause_;
  HandmadeTransaction transaction_;
};

/// A campaign, a site with three slots, and three people who book, wait, are
/// refused and cancel, across the two shards and within one.
void WriteSmallDay(HandmadeHistory& history);

}  // namespace slotlog::verify
