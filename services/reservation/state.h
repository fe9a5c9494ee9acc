// What a shard knows: rows of nine kinds and its head. Everything here is a
// fold of the shard's events (fold.h) and of nothing else.
//
// Decide sees a `const State&`; only Fold and its steps change one. What stands
// behind the tables is not their business: plain maps (memory_state.h), a
// batch's overlay (overlay_state.h), or memory over a store
// (services/shard/cached_state.h).
//
// Threads: a State belongs to its shard's thread.

#pragma once

#include <absl/container/btree_map.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "events/digest.h"
#include "events/ids.h"
#include "events/log/log.h"
#include "services/reservation/campaign.h"
#include "services/reservation/citizen.h"
#include "services/reservation/row_key.h"
#include "services/reservation/row_map.h"
#include "services/reservation/site.h"
#include "services/reservation/waitlist_rows.h"

namespace slotlog {

enum class DueKind : uint8_t {
  /// The claim's hold ends, unless its seat is of another turn.
  kHold,
  /// The move that was delayed under this turn at this site is refused.
  kDelayedMove,
  /// Who has not come to this slot has missed it.
  kSlotEnd,
};

/// What falls due; of the ids, those that its kind names.
struct DueEntry {
  DueKind kind = DueKind::kHold;
  std::string citizen_id;
  std::string campaign_id;
  Turn turn;
  std::string site_id;
  std::string slot_id;

  friend bool operator==(const DueEntry&, const DueEntry&) = default;
};

/// A few of those that are due at one second.
struct Due {
  std::vector<DueEntry> entries;

  friend bool operator==(const Due&, const Due&) = default;
};

/// Goes through the seats of a slot, or of all slots of a site, from the latest
/// to the first, and ends those that it is about.
struct Wave {
  enum class Kind : uint8_t {
    /// Because the slot or the site is closed.
    kWithdraw,
    /// Until no more are taken than the capacity was lowered to.
    kLower,
    /// Who has not come has missed it.
    kMiss,
  };
  Kind kind = Kind::kWithdraw;
  std::string site_id;
  /// Empty: all slots of the site, and `slot_index` is the one at hand.
  std::string slot_id;
  uint32_t slot_index = 0;
  /// The seat at hand; none: the slot at hand is done.
  SeatNumber next;

  friend bool operator==(const Wave&, const Wave&) = default;
};

/// What the shard will do by itself, in order; the entries are rows.
struct Agenda {
  /// The first is at hand, before anything else.
  std::vector<Wave> waves;
  /// The first is at hand, before anything that is due.
  std::vector<Search> searches;
  /// How many entries are due at which second since 1970.
  absl::btree_map<int64_t, uint32_t> due;
  /// Those of the first second that are passed.
  uint32_t passed = 0;

  friend bool operator==(const Agenda&, const Agenda&) = default;
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
  uint64_t agenda_steps = 0;
  /// Who stands in this shard's waitlists; one who stands in two counts twice.
  uint64_t waiters = 0;
  Agenda agenda;

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
  virtual const Table<Due>& dues() const = 0;
  virtual const Table<SiteUse>& site_uses() const = 0;
  virtual const Table<Waitlist>& waitlists() const = 0;
  virtual const Table<WaiterChunk>& waiter_chunks() const = 0;

  virtual Table<Campaign>& campaigns() = 0;
  virtual Table<Site>& sites() = 0;
  virtual Table<Slot>& slots() = 0;
  virtual Table<Seat>& seats() = 0;
  virtual Table<Citizen>& citizens() = 0;
  virtual Table<Due>& dues() = 0;
  virtual Table<SiteUse>& site_uses() = 0;
  virtual Table<Waitlist>& waitlists() = 0;
  virtual Table<WaiterChunk>& waiter_chunks() = 0;

 protected:
  explicit State(Head head) : head_(std::move(head)) {}

 private:
  Head head_;
};

/// The citizen's claim in the campaign, or null.
const Claim* FindClaim(const State& state, CitizenId citizen,
                       CampaignId campaign);

/// A State of nine tables of one make, each made from the same arguments.
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
        citizens_(from...),
        dues_(from...),
        site_uses_(from...),
        waitlists_(from...),
        waiter_chunks_(from...) {}

  const TableOf<Campaign>& campaigns() const override { return campaigns_; }
  const TableOf<Site>& sites() const override { return sites_; }
  const TableOf<Slot>& slots() const override { return slots_; }
  const TableOf<Seat>& seats() const override { return seats_; }
  const TableOf<Citizen>& citizens() const override { return citizens_; }
  const TableOf<Due>& dues() const override { return dues_; }
  const TableOf<SiteUse>& site_uses() const override { return site_uses_; }
  const TableOf<Waitlist>& waitlists() const override { return waitlists_; }
  const TableOf<WaiterChunk>& waiter_chunks() const override {
    return waiter_chunks_;
  }

  TableOf<Campaign>& campaigns() override { return campaigns_; }
  TableOf<Site>& sites() override { return sites_; }
  TableOf<Slot>& slots() override { return slots_; }
  TableOf<Seat>& seats() override { return seats_; }
  TableOf<Citizen>& citizens() override { return citizens_; }
  TableOf<Due>& dues() override { return dues_; }
  TableOf<SiteUse>& site_uses() override { return site_uses_; }
  TableOf<Waitlist>& waitlists() override { return waitlists_; }
  TableOf<WaiterChunk>& waiter_chunks() override { return waiter_chunks_; }

 private:
  TableOf<Campaign> campaigns_;
  TableOf<Site> sites_;
  TableOf<Slot> slots_;
  TableOf<Seat> seats_;
  TableOf<Citizen> citizens_;
  TableOf<Due> dues_;
  TableOf<SiteUse> site_uses_;
  TableOf<Waitlist> waitlists_;
  TableOf<WaiterChunk> waiter_chunks_;
};

/// The table of this kind of row, for code that treats all kinds alike.
template <typename Row>
const Table<Row>& TableIn(const State& state) {
  if constexpr (std::is_same_v<Row, Campaign>) return state.campaigns();
  if constexpr (std::is_same_v<Row, Site>) return state.sites();
  if constexpr (std::is_same_v<Row, Slot>) return state.slots();
  if constexpr (std::is_same_v<Row, Seat>) return state.seats();
  if constexpr (std::is_same_v<Row, Citizen>) return state.citizens();
  if constexpr (std::is_same_v<Row, Due>) return state.dues();
  if constexpr (std::is_same_v<Row, SiteUse>) return state.site_uses();
  if constexpr (std::is_same_v<Row, Waitlist>) return state.waitlists();
  if constexpr (std::is_same_v<Row, WaiterChunk>) return state.waiter_chunks();
}

/// Calls `visit` with each of a state's tables, for code that treats all kinds
/// alike: whoever goes by this forgets none.
template <typename SomeState, typename Visit>
void VisitTables(SomeState& state, Visit visit) {
  visit(state.campaigns());
  visit(state.sites());
  visit(state.slots());
  visit(state.seats());
  visit(state.citizens());
  visit(state.dues());
  visit(state.site_uses());
  visit(state.waitlists());
  visit(state.waiter_chunks());
}

}  // namespace slotlog
