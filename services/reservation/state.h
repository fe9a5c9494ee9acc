// What a shard knows: rows of five kinds and its head. Everything here is a
// fold of the shard's events (fold.h) and of nothing else.
//
// Decide sees a `const State&`; only Fold and its steps change one. What stands
// behind the tables is not their business: plain maps (memory_state.h), a
// batch's overlay (overlay_state.h), or memory over a store
// (services/shard/cached_state.h).
//
// Threads: a State belongs to its shard's thread.

#pragma once

#include <absl/container/inlined_vector.h>
#include <absl/time/time.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/digest.h"
#include "events/ids.h"
#include "events/log/log.h"
#include "services/reservation/row_key.h"
#include "services/reservation/row_map.h"
#include "slotlog/v1/confirmations.pb.h"

namespace slotlog {

/// A calendar date as its decimal digits: 19620712.
using Date = Number<struct DateTag, uint32_t>;

struct Campaign {
  Date born_from;
  Date born_to;
  absl::Time opens;
  absl::Time closes;
  Shard home;
  /// At home only, while it is being announced: the shards that have not
  /// answered yet, and the operation to confirm when all have.
  std::vector<Shard> awaited;
  std::string operation_id;
  Offset operation_offset;

  friend bool operator==(const Campaign&, const Campaign&) = default;
};

struct Site {
  std::string name;
  std::string region;

  friend bool operator==(const Site&, const Site&) = default;
};

struct Slot {
  absl::Time start;
  absl::Time end;
  int32_t capacity = 0;
  int32_t taken = 0;
  bool closed = false;

  friend bool operator==(const Slot&, const Slot&) = default;
};

/// A seat that is taken. The turn is the one under which it was taken.
struct Seat {
  Turn turn;

  friend bool operator==(const Seat&, const Seat&) = default;
};

/// What a command id was answered, so that it is answered the same for ever.
/// Site and slot are not kept: the repeated command itself names them.
struct Answer {
  uint64_t command_id_digest = 0;
  uint64_t command_digest = 0;
  Sequence sequence;
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;

  friend bool operator==(const Answer&, const Answer&) = default;
};

/// A command that waits for the end of the open conversation.
struct ParkedCommand {
  Offset offset;
  absl::Time asked_at;
  uint64_t command_digest = 0;
  uint64_t command_id_digest = 0;
  /// The command's bytes.
  std::string command;

  friend bool operator==(const ParkedCommand&, const ParkedCommand&) = default;
};

/// The exchange that is open with a slot's shard, and who waits for its end.
struct Conversation {
  std::string command_id;
  Offset command_offset;
  uint64_t command_digest = 0;
  std::vector<ParkedCommand> parked;

  friend bool operator==(const Conversation&, const Conversation&) = default;
};

enum class ClaimState : uint8_t { kIdle, kAsked, kBooked, kReleasing };

/// Where a citizen stands in one campaign.
struct Claim {
  std::string campaign_id;
  ClaimState state = ClaimState::kIdle;
  /// The latest conversation's.
  Turn turn;
  /// The one under which the seat was taken, while there is one.
  Turn seat_turn;
  /// Asked for or taken; empty when idle.
  std::string site_id;
  std::string slot_id;
  /// Set while one is open or commands are parked behind it.
  std::unique_ptr<Conversation> conversation;

  Claim() = default;
  Claim(Claim&&) = default;
  Claim& operator=(Claim&&) = default;
  Claim(const Claim& other);
  Claim& operator=(const Claim& other) { return *this = Claim(other); }

  /// Is a conversation with a slot going on?
  bool IsOpen() const {
    return state == ClaimState::kAsked || state == ClaimState::kReleasing;
  }
  friend bool operator==(const Claim& a, const Claim& b);
};

struct Citizen {
  absl::InlinedVector<Claim, 1> claims;
  absl::InlinedVector<Answer, 1> answers;

  const Claim* FindClaim(CampaignId campaign) const;
  Claim* FindClaim(CampaignId campaign);
  const Answer* FindAnswer(uint64_t command_id_digest) const;
  friend bool operator==(const Citizen&, const Citizen&) = default;
};

/// The next input to be decided: the index within a packed record.
struct InputPosition {
  Offset offset;
  uint32_t index = 0;

  friend bool operator==(const InputPosition&, const InputPosition&) = default;
};

/// What a shard knows about itself: where it stands after its last batch.
struct Head {
  Shard shard;
  ShardCount shards;
  Epoch epoch;
  uint64_t batch_number = 0;
  BatchDigest digest = {};
  Sequence sequence;
  absl::Time now = absl::UnixEpoch();
  absl::Time decided_at = absl::UnixEpoch();
  InputPosition commands;
  InputPosition operations;
  InputPosition internal;
  /// Totals, indexed by the other shard.
  std::vector<uint64_t> messages_sent;
  std::vector<uint64_t> messages_received;
  uint64_t confirmations_sent = 0;

  static Head Of(Shard shard, ShardCount shards);
  friend bool operator==(const Head&, const Head&) = default;
};

/// What changed in a table, by RowKey bytes; none: the row is erased.
template <typename Row>
using RowChanges = RowMap<std::optional<Row>>;

/// Rows of one kind. A pointer or reference is good until the next call.
template <typename Row>
class Table {
 public:
  virtual ~Table() = default;
  virtual const Row* Find(const RowKey& key) const = 0;
  /// The row for changing; made if there is none.
  virtual Row& Mutable(const RowKey& key) = 0;
  /// Sets a row without looking whether there is one.
  virtual void Put(const RowKey& key, Row row) = 0;
  virtual void Erase(const RowKey& key) = 0;
  /// Puts and erases many rows at once.
  virtual void Absorb(RowChanges<Row> changes) = 0;
};

class State {
 public:
  virtual ~State() = default;

  Head& head() { return head_; }
  const Head& head() const { return head_; }

  virtual const Table<Campaign>& campaigns() const = 0;
  virtual const Table<Site>& sites() const = 0;
  virtual const Table<Slot>& slots() const = 0;
  virtual const Table<Seat>& seats() const = 0;
  virtual const Table<Citizen>& citizens() const = 0;

  virtual Table<Campaign>& campaigns() = 0;
  virtual Table<Site>& sites() = 0;
  virtual Table<Slot>& slots() = 0;
  virtual Table<Seat>& seats() = 0;
  virtual Table<Citizen>& citizens() = 0;

 protected:
  explicit State(Head head) : head_(std::move(head)) {}

 private:
  Head head_;
};

/// A State of five tables of one make, each made from the same arguments.
template <template <typename> class TableOf>
class StateOf : public State {
 public:
  template <typename... From>
  explicit StateOf(Head head, From&... from)
      : State(std::move(head)),
        campaigns_(from...),
        sites_(from...),
        slots_(from...),
        seats_(from...),
        citizens_(from...) {}

  const TableOf<Campaign>& campaigns() const override { return campaigns_; }
  const TableOf<Site>& sites() const override { return sites_; }
  const TableOf<Slot>& slots() const override { return slots_; }
  const TableOf<Seat>& seats() const override { return seats_; }
  const TableOf<Citizen>& citizens() const override { return citizens_; }

  TableOf<Campaign>& campaigns() override { return campaigns_; }
  TableOf<Site>& sites() override { return sites_; }
  TableOf<Slot>& slots() override { return slots_; }
  TableOf<Seat>& seats() override { return seats_; }
  TableOf<Citizen>& citizens() override { return citizens_; }

 private:
  TableOf<Campaign> campaigns_;
  TableOf<Site> sites_;
  TableOf<Slot> slots_;
  TableOf<Seat> seats_;
  TableOf<Citizen> citizens_;
};

/// The table of this kind of row, for code that treats all kinds alike.
template <typename Row>
const Table<Row>& TableIn(const State& state) {
  if constexpr (std::is_same_v<Row, Campaign>) return state.campaigns();
  if constexpr (std::is_same_v<Row, Site>) return state.sites();
  if constexpr (std::is_same_v<Row, Slot>) return state.slots();
  if constexpr (std::is_same_v<Row, Seat>) return state.seats();
  if constexpr (std::is_same_v<Row, Citizen>) return state.citizens();
}

}  // namespace slotlog
