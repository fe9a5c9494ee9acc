// The import itself: takes rows, compares each with what the log holds, sends
// operations for what is missing, and reads from the events what became of
// them.
//
// Slots of a site go together, as many as an operation takes; what is refused
// as a whole is sent again one by one, so that every row has its own end. An
// operation's id is the digest of what it asks for: whoever imports the same
// rows again, after a crash say, repeats operations and changes nothing.
//
// Threads: one. Something must decide what it publishes, except in a dry run,
// which takes for granted that the core agrees.

#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "events/ids.h"
#include "events/log/log.h"
#include "slotlog/v1/operations.pb.h"
#include "tools/supply/import_report.h"
#include "tools/supply/inventory.h"
#include "tools/supply/supply_history.h"
#include "tools/supply/supply_row.h"

namespace slotlog::supply {

struct ImportOptions {
  /// Another capacity of a slot that stands there is a change, not a refusal.
  bool changes_capacities = false;
  /// No event for so long, while answers are missing, is an error.
  absl::Duration patience = absl::Seconds(60);
  std::function<absl::Time()> clock;
  /// Why nobody decides any more, if so.
  std::function<absl::Status()> health = [] { return absl::OkStatus(); };
  /// Called often.
  std::function<void()> on_progress = [] {};
};

class SupplyImport {
 public:
  /// `log` and `history` are null in a dry run; `inventory` holds what the log
  /// holds. All outlive the import.
  SupplyImport(Log* log, SupplyHistory* history, Inventory& inventory,
               ImportReport& report, ImportOptions options);

  /// RESOURCE_EXHAUSTED: the disk is full. DEADLINE_EXCEEDED: nothing is
  /// decided any more.
  absl::Status Take(RowPlace at, const SupplyRow& row);

  /// Sends the rest and waits until all is decided.
  absl::Status Finish();
  /// Sends no more, and waits for what was sent.
  absl::Status Stop();

 private:
  /// A row whose end is awaited.
  struct AwaitedRow {
    RowPlace at;
    ItemKey key;
    /// As people know it: the slot's id, or the site's.
    std::string id;
  };
  struct Sent {
    v1::Operation operation;
    std::vector<AwaitedRow> rows;
  };
  /// What a site or slot will be, once it is decided.
  struct Wanted {
    RowPlace at;
    uint64_t shape;
    int32_t capacity;
    /// Rows that said the same again meanwhile.
    std::vector<RowPlace> repeats;
  };
  using Ticket = std::pair<Shard, Offset>;

  void TakeSite(RowPlace at, const v1::DefineSite& site);
  void TakeSlot(RowPlace at, const SlotRow& row);
  void TakeKnownSlot(RowPlace at, const SlotRow& row, const ItemKey& key,
                     Item<KnownSlot>& item);
  void TakeNewSlot(RowPlace at, const SlotRow& row, const ItemKey& key);
  /// Has another row asked for it a moment ago? Then this row's end is said
  /// too.
  bool IsWanted(RowPlace at, const ItemKey& key, uint64_t shape,
                int32_t capacity, std::string_view id);
  void Want(RowPlace at, const ItemKey& key, uint64_t shape, int32_t capacity);
  /// It is decided: the rows that said the same meanwhile.
  std::vector<RowPlace> TakeWanted(const ItemKey& key);
  RowFault Repeated(std::string_view id, RowPlace first) const;

  void QueueSlotsOf(const std::string& site_id);
  void QueueAllSlots();
  void Queue(v1::Operation operation, std::vector<AwaitedRow> rows);
  absl::Status SendQueue();
  /// In place of sending, in a dry run.
  void ForeseeQueue();

  /// Until no more rows than this are sent and undecided.
  absl::Status AwaitAnswers(uint64_t rows_sent_max);
  /// True: there was something.
  absl::StatusOr<bool> ReadAnswers();
  void End(Sent sent, const v1::Event& event);
  void EndRefused(Sent sent, const v1::Event& event);
  void Leave(const std::vector<AwaitedRow>& rows);

  Log* const log_;
  SupplyHistory* const history_;
  Inventory& inventory_;
  ImportReport& report_;
  const ImportOptions options_;

  absl::flat_hash_map<ItemKey, Wanted> wanted_;
  /// Slots that wait until their site has enough, by site id.
  absl::btree_map<std::string, Sent> gathered_;
  /// With those that say the same again.
  uint64_t rows_gathered_ = 0;
  std::vector<Sent> queue_;
  absl::flat_hash_map<Ticket, Sent> sent_;
  uint64_t rows_sent_ = 0;
};

}  // namespace slotlog::supply
