#include "projections/availability/supply.h"

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "projections/availability/rows.pb.h"
#include "projections/keys.h"

namespace slotlog {
namespace {

constexpr char kSiteRow = 's';
constexpr char kSlotRow = 't';

std::string SlotKey(std::string_view site_id, std::string_view slot_id) {
  return KeyWriter(kSlotRow).Id(site_id).Id(slot_id).Take();
}

std::string Encoded(const SupplySite& site) {
  projected::SupplySiteRow row;
  row.set_name(site.name);
  row.set_region(*site.region_name);
  row.set_is_closed(site.is_closed);
  row.set_shard(site.shard.value);
  row.set_changed(site.changed.value);
  return Encode(row);
}

std::string Encoded(const SupplySlot& slot) {
  projected::SupplySlotRow row;
  row.set_start_unix_ms(slot.start_unix_ms);
  row.set_end_unix_ms(slot.end_unix_ms);
  row.set_day_yyyymmdd(slot.day_yyyymmdd);
  row.set_capacity(slot.capacity);
  row.set_taken(slot.taken);
  row.set_is_closed(slot.is_closed);
  row.set_has_begun(slot.has_begun);
  row.set_is_lowered(slot.lowered_to.has_value());
  row.set_lowered_to(slot.lowered_to.value_or(0));
  row.set_changed(slot.changed.value);
  row.set_product(slot.product);
  return Encode(row);
}

SupplySlot SlotFrom(const projected::SupplySlotRow& row) {
  SupplySlot slot{.start_unix_ms = row.start_unix_ms(),
                  .end_unix_ms = row.end_unix_ms(),
                  .day_yyyymmdd = row.day_yyyymmdd(),
                  .product = row.product(),
                  .capacity = row.capacity(),
                  .taken = row.taken(),
                  .lowered_to = std::nullopt,
                  .is_closed = row.is_closed(),
                  .has_begun = row.has_begun(),
                  .changed = BatchNumber{row.changed()},
                  .is_dirty = false};
  if (row.is_lowered()) slot.lowered_to = row.lowered_to();
  return slot;
}

bool Parse(std::string_view bytes, google::protobuf::MessageLite& row) {
  return row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

int64_t SupplySlot::SeatsLeft() const {
  return IsOpen() ? std::max<int64_t>(0, int64_t{capacity} - taken) : 0;
}

SupplySum SupplySlot::Sum() const {
  if (!IsOpen()) return {};
  return {.capacity = capacity, .seats_left = SeatsLeft(), .slots = 1};
}

// --- What is in memory ---

void Supply::Reserve(size_t shards) {
  if (changed_.size() >= shards) return;
  changed_.resize(shards);
  sequences_.resize(shards);
  beginnings_.resize(shards);
  for (auto& [name, region] : regions_) region.changed.resize(shards);
}

void Supply::PutInRegion(SiteEntry& site, std::string_view name) {
  auto region = regions_.find(name);
  if (region == regions_.end()) {
    region = regions_.emplace(std::string(name), SupplyRegion()).first;
    region->second.changed.resize(changed_.size());
  }
  site.second.region_name = &region->first;
  site.second.region = &region->second;
  region->second.sites.emplace(site.first, &site.second);
}

void Supply::AddSlot(SiteEntry& site, SlotEntry& slot) {
  const DayAndProduct kind{slot.second.day_yyyymmdd, slot.second.product};
  slot.second.sum_in_region = &site.second.region->by_day[kind];
  slot.second.sum_in_all = &by_day_[kind];
  Add(slot.second.Sum(), 1, site, slot);
  if (slot.second.has_begun) return;
  beginnings_[site.second.shard.value].emplace(slot.second.start_unix_ms, &site,
                                               &slot);
}

void Supply::Add(const SupplySum& more, int64_t times, SiteEntry& site,
                 SlotEntry& slot) {
  for (SupplySum* sum : {&site.second.sum, &site.second.region->sum, &sum_,
                         slot.second.sum_in_region, slot.second.sum_in_all}) {
    sum->Add(more, times);
  }
}

void Supply::NoteChange(SupplySite& site, BatchNumber batch) {
  const size_t shard = site.shard.value;
  site.changed = std::max(site.changed, batch);
  site.region->changed[shard] = std::max(site.region->changed[shard], batch);
  changed_[shard] = std::max(changed_[shard], batch);
}

absl::Status Supply::Load(const Rows& rows) {
  const Rows::Position position = rows.GetPosition();
  Reserve(position.shards.size());
  for (size_t i = 0; i < position.shards.size(); ++i) {
    sequences_[i] = position.shards[i].sequence;
  }
  absl::Status damage;
  const auto load_site = [&](std::string_view key, std::string_view value) {
    projected::SupplySiteRow row;
    if (!Parse(value, row) || row.shard() >= changed_.size()) {
      damage = absl::DataLossError("a site's row cannot be read");
      return false;
    }
    SiteEntry& site =
        *sites_.emplace(std::string(KeyReader(key).Id()), SupplySite()).first;
    site.second.name = row.name();
    site.second.shard = Shard{row.shard()};
    site.second.is_closed = row.is_closed();
    PutInRegion(site, row.region());
    NoteChange(site.second, BatchNumber{row.changed()});
    return true;
  };
  const auto load_slot = [&](std::string_view key, std::string_view value) {
    projected::SupplySlotRow row;
    KeyReader ids(key);
    const auto site = sites_.find(ids.Id());
    if (!Parse(value, row) || site == sites_.end()) {
      damage = absl::DataLossError("a slot's row cannot be read");
      return false;
    }
    SlotEntry& slot =
        *site->second.slots.emplace(std::string(ids.Id()), SlotFrom(row)).first;
    AddSlot(*site, slot);
    NoteChange(site->second, slot.second.changed);
    return true;
  };
  absl::Status scanned = rows.Scan(std::string_view(&kSiteRow, 1), load_site);
  scanned.Update(rows.Scan(std::string_view(&kSlotRow, 1), load_slot));
  scanned.Update(damage);
  return scanned;
}

// --- What a batch changes ---

class Supply::Batch {
 public:
  Batch(Supply& supply, const v1::EventBatch& batch, Rows& rows)
      : supply_(supply), batch_(batch), rows_(rows) {}

  void Fold() {
    for (const v1::Event& event : batch_.events()) Fold(event);
    Begin();
    for (const auto& [site, slot] : dirty_) {
      slot->second.is_dirty = false;
      rows_.Put(SlotKey(site->first, slot->first), Encoded(slot->second));
    }
  }

 private:
  BatchNumber number() const { return BatchNumber{batch_.number()}; }

  /// Changes a slot by `change`, with all sums in which it stands.
  template <typename F>
  void Change(SiteEntry& site, SlotEntry& slot, F change) {
    const SupplySum before = slot.second.Sum();
    change(slot.second);
    supply_.Add(before, -1, site, slot);
    supply_.Add(slot.second.Sum(), 1, site, slot);
    NoteDirty(site, slot);
  }

  void NoteDirty(SiteEntry& site, SlotEntry& slot) {
    slot.second.changed = number();
    supply_.NoteChange(site.second, number());
    if (std::exchange(slot.second.is_dirty, true)) return;
    dirty_.emplace_back(&site, &slot);
  }

  template <typename F>
  void ChangeSlot(const std::string& site_id, const std::string& slot_id,
                  F change) {
    const auto site = supply_.sites_.find(site_id);
    if (site == supply_.sites_.end()) return;
    const auto slot = site->second.slots.find(slot_id);
    if (slot == site->second.slots.end()) return;
    Change(*site, *slot, change);
  }

  void Take(const std::string& site_id, const std::string& slot_id) {
    ChangeSlot(site_id, slot_id, [](SupplySlot& slot) { ++slot.taken; });
  }

  /// A capacity that is being lowered falls with the seats taken.
  void Free(const std::string& site_id, const std::string& slot_id) {
    ChangeSlot(site_id, slot_id, [](SupplySlot& slot) {
      --slot.taken;
      if (!slot.lowered_to.has_value()) return;
      slot.capacity = std::max(*slot.lowered_to, slot.taken);
      if (slot.taken <= *slot.lowered_to) slot.lowered_to.reset();
    });
  }

  void Move(const v1::SeatMoved& moved) {
    Free(moved.site_id(), moved.from_slot_id());
    Take(moved.site_id(), moved.slot_id());
  }

  void Define(const v1::DefineSite& defined) {
    SiteEntry& site =
        *supply_.sites_.emplace(defined.site_id(), SupplySite()).first;
    if (site.second.region != nullptr) return;
    site.second.name = defined.name();
    site.second.shard = Shard{batch_.shard()};
    supply_.PutInRegion(site, defined.region());
    Save(site);
  }

  void Save(SiteEntry& site) {
    supply_.NoteChange(site.second, number());
    rows_.Put(KeyWriter(kSiteRow).Id(site.first).Take(), Encoded(site.second));
  }

  void Open(const v1::SlotsOpened& opened) {
    const auto site = supply_.sites_.find(opened.site_id());
    if (site == supply_.sites_.end()) return;
    for (const v1::Slot& opening : opened.slots()) {
      const auto [slot, is_new] =
          site->second.slots.emplace(opening.slot_id(), SupplySlot());
      if (!is_new) continue;
      slot->second.start_unix_ms = opening.start_unix_ms();
      slot->second.end_unix_ms = opening.end_unix_ms();
      slot->second.day_yyyymmdd = opening.day_yyyymmdd();
      slot->second.product = opening.product();
      slot->second.capacity = opening.capacity();
      supply_.AddSlot(*site, *slot);
      NoteDirty(*site, *slot);
    }
  }

  void ChangeCapacity(const v1::CapacityChanged& changed) {
    ChangeSlot(changed.site_id(), changed.slot_id(), [&](SupplySlot& slot) {
      slot.lowered_to.reset();
      if (!changed.release_excess()) {
        slot.capacity = changed.capacity();
        return;
      }
      slot.lowered_to = changed.capacity();
      slot.capacity = slot.taken;
    });
  }

  void Close(const std::string& site_id, const std::string& slot_id) {
    ChangeSlot(site_id, slot_id,
               [](SupplySlot& slot) { slot.is_closed = true; });
  }

  void Close(const v1::SiteClosed& closed) {
    const auto site = supply_.sites_.find(closed.site_id());
    if (site == supply_.sites_.end()) return;
    site->second.is_closed = true;
    Save(*site);
    for (SlotEntry& slot : site->second.slots) {
      if (slot.second.is_closed) continue;
      Change(*site, slot,
             [](SupplySlot& closing) { closing.is_closed = true; });
    }
  }

  /// By the line's time these have begun.
  void Begin() {
    auto& beginnings = supply_.beginnings_[batch_.shard()];
    while (!beginnings.empty() &&
           std::get<0>(*beginnings.begin()) <= batch_.now_unix_ms()) {
      const auto [start, site, slot] = *beginnings.begin();
      beginnings.erase(beginnings.begin());
      Change(*site, *slot, [](SupplySlot& begun) { begun.has_begun = true; });
    }
  }

  void Fold(const v1::Event& event) {
    switch (event.body_case()) {
      case v1::Event::kSiteDefined:
        return Define(event.site_defined().site());
      case v1::Event::kSlotsOpened:
        return Open(event.slots_opened());
      case v1::Event::kCapacityChanged:
        return ChangeCapacity(event.capacity_changed());
      case v1::Event::kSlotClosed:
        return Close(event.slot_closed().site_id(),
                     event.slot_closed().slot_id());
      case v1::Event::kSiteClosed:
        return Close(event.site_closed());
      case v1::Event::kSeatTaken:
        return Take(event.seat_taken().site_id(), event.seat_taken().slot_id());
      case v1::Event::kSeatOffered:
        return Take(event.seat_offered().site_id(),
                    event.seat_offered().slot_id());
      case v1::Event::kSeatReleased:
        return Free(event.seat_released().site_id(),
                    event.seat_released().slot_id());
      case v1::Event::kSeatWithdrawn:
        return Free(event.seat_withdrawn().site_id(),
                    event.seat_withdrawn().slot_id());
      case v1::Event::kSeatMoved:
        return Move(event.seat_moved());
      case v1::Event::kSeatsSwapped:
        Move(event.seats_swapped().waiting());
        return Move(event.seats_swapped().asking());
      case v1::Event::kInputDeadLettered:
      case v1::Event::kCampaignDefined:
      case v1::Event::kCampaignAdopted:
      case v1::Event::kCampaignAcknowledged:
      case v1::Event::kOperationRefused:
      case v1::Event::kOperationRepeated:
      case v1::Event::kCampaignChanged:
      case v1::Event::kCommandRefused:
      case v1::Event::kCommandRepeated:
      case v1::Event::kCommandParked:
      case v1::Event::kSeatAsked:
      case v1::Event::kBooked:
      case v1::Event::kReleaseAsked:
      case v1::Event::kCancelled:
      case v1::Event::kHeld:
      case v1::Event::kHoldConfirmed:
      case v1::Event::kHoldExpired:
      case v1::Event::kHoldGivenBack:
      case v1::Event::kHoldDeferred:
      case v1::Event::kMoveAsked:
      case v1::Event::kNewSeatTaken:
      case v1::Event::kNewSeatReturned:
      case v1::Event::kRescheduled:
      case v1::Event::kSeatLost:
      case v1::Event::kFulfilled:
      case v1::Event::kMissed:
      case v1::Event::kWaitlistAsked:
      case v1::Event::kWaiting:
      case v1::Event::kWaitlistLeft:
      case v1::Event::kOffered:
      case v1::Event::kOfferParked:
      case v1::Event::kOfferDeclined:
      case v1::Event::kOfferWithdrawn:
      case v1::Event::kSeatRefused:
      case v1::Event::kSeatConfirmed:
      case v1::Event::kReleaseRefused:
      case v1::Event::kMoveDelayed:
      case v1::Event::kSeatCheckedIn:
      case v1::Event::kDoseGiven:
      case v1::Event::kSeatMissed:
      case v1::Event::kSlotEnded:
      case v1::Event::kWaitlistJoined:
      case v1::Event::kAgendaPassed:
      case v1::Event::kWavePassed:
      case v1::Event::kSearchPassed:
      case v1::Event::BODY_NOT_SET:
        return;  // neither seats nor slots
    }
  }

  Supply& supply_;
  const v1::EventBatch& batch_;
  Rows& rows_;
  std::vector<std::pair<SiteEntry*, SlotEntry*>> dirty_;
};

void Supply::Fold(const v1::EventBatch& batch, Rows& rows) {
  Reserve(batch.shards());
  Batch(*this, batch, rows).Fold();
  sequences_[batch.shard()] =
      Sequence{batch.first_sequence() + batch.events_size() - 1};
}

}  // namespace slotlog
