// The sites and slots that a log holds, as far as an import must know them:
// folded from the events, and compared with rows. Ids and definitions are kept
// as digests: 2 million slots take about 170 MB, whatever their names. One
// thread.

#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "events/digest.h"
#include "events/ids.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/operations.pb.h"
#include "tools/supply/row.h"

namespace slotlog::supply {

/// Of a site's or a slot's ids.
using ItemKey = BatchDigest;
ItemKey KeyOf(SiteId site);
ItemKey KeyOf(SiteId site, SlotId slot);

/// Of what a definition says beside ids and capacity.
uint64_t ShapeOf(const v1::DefineSite& site);
uint64_t ShapeOf(const v1::Slot& slot);

struct KnownSite {
  uint64_t shape = 0;
  uint32_t slots = 0;
  bool is_closed = false;
};

struct KnownSlot {
  uint64_t shape = 0;
  /// As it was last asked for.
  int32_t capacity = 0;
  bool is_closed = false;
};

/// What is known, and which row of this import spoke of it.
template <typename Known>
struct Item {
  Known known;
  /// Line 0: none did.
  RowPlace told_at;
};

class Inventory {
 public:
  /// Events that are none of sites and slots change nothing.
  void Fold(const v1::Event& event);

  /// Null: there is none. Good until the next Fold.
  Item<KnownSite>* FindSite(const ItemKey& key);
  Item<KnownSlot>* FindSlot(const ItemKey& key);

  size_t sites() const { return sites_.size(); }
  size_t slots() const { return slots_.size(); }

 private:
  /// What digests are for: they need no hash of their own.
  struct FirstBytes {
    size_t operator()(const ItemKey& key) const;
  };

  void FoldOpened(const v1::SlotsOpened& opened);

  absl::flat_hash_map<ItemKey, Item<KnownSite>, FirstBytes> sites_;
  absl::flat_hash_map<ItemKey, Item<KnownSlot>, FirstBytes> slots_;
};

}  // namespace slotlog::supply
