#include "tools/supply/supply_import.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "events/codec.h"
#include "events/digest.h"
#include "events/partitioner.h"
#include "services/reservation/limits.h"
#include "tools/supply/supply_faults.h"

namespace slotlog::supply {
namespace {

/// Slots that wait for others of their site, all sites together.
constexpr uint64_t kRowsGatheredMax = 50'000;
/// In one append; the log's group commit makes them durable together.
constexpr size_t kOperationsInAppend = 200;
/// How far sending runs ahead of the answers.
constexpr uint64_t kRowsSentMax = 100'000;
constexpr absl::Duration kIdleWait = absl::Milliseconds(20);

/// The same wish has the same id, whichever run has it.
std::string IdOf(const v1::Operation& operation) {
  const BatchDigest digest = DigestOfBatch(Encode(operation));
  return "import-" + std::string(absl::BytesToHexString(
                         absl::string_view(digest.data(), digest.size())));
}

const std::string& SiteIdOf(const v1::Operation& operation) {
  if (operation.has_define_site()) return operation.define_site().site_id();
  if (operation.has_open_slots()) return operation.open_slots().site_id();
  return operation.change_capacity().site_id();
}

/// What the core makes of an operation, as far as an import can foresee it.
v1::Event Foresee(const v1::Operation& operation, uint64_t slots_at_site) {
  v1::Event event;
  if (operation.has_define_site()) {
    *event.mutable_site_defined()->mutable_site() = operation.define_site();
  } else if (operation.has_change_capacity()) {
    const v1::ChangeCapacity& change = operation.change_capacity();
    v1::CapacityChanged& changed = *event.mutable_capacity_changed();
    changed.set_site_id(change.site_id());
    changed.set_slot_id(change.slot_id());
    changed.set_capacity(change.capacity());
  } else if (slots_at_site + operation.open_slots().slots_size() >
             kSlotsPerSiteMax) {
    event.mutable_operation_refused()->set_refusal(v1::REFUSAL_TOO_MANY_SLOTS);
  } else {
    v1::SlotsOpened& opened = *event.mutable_slots_opened();
    opened.set_site_id(operation.open_slots().site_id());
    *opened.mutable_slots() = operation.open_slots().slots();
  }
  return event;
}

}  // namespace

SupplyImport::SupplyImport(Log* log, SupplyHistory* history,
                           Inventory& inventory, ImportReport& report,
                           ImportOptions options)
    : log_(log),
      history_(history),
      inventory_(inventory),
      report_(report),
      options_(std::move(options)) {}

absl::Status SupplyImport::Take(RowPlace at, const SupplyRow& row) {
  if (const auto* slot = std::get_if<SlotRow>(&row)) {
    TakeSlot(at, *slot);
  } else {
    TakeSite(at, std::get<v1::DefineSite>(row));
  }
  if (rows_gathered_ >= kRowsGatheredMax) QueueAllSlots();
  if (queue_.size() < kOperationsInAppend) return absl::OkStatus();
  if (auto sent = SendQueue(); !sent.ok()) return sent;
  if (auto read = ReadAnswers(); !read.ok()) return read.status();
  return rows_sent_ <= kRowsSentMax ? absl::OkStatus()
                                    : AwaitAnswers(kRowsSentMax / 2);
}

absl::Status SupplyImport::Finish() {
  QueueAllSlots();
  do {
    if (auto sent = SendQueue(); !sent.ok()) return sent;
    // What is refused as a whole comes back into the queue.
    if (auto status = AwaitAnswers(0); !status.ok()) return status;
  } while (!queue_.empty());
  return absl::OkStatus();
}

absl::Status SupplyImport::Stop() {
  auto status = AwaitAnswers(0);
  for (const auto& [site_id, gathered] : gathered_) Leave(gathered.rows);
  for (const Sent& queued : queue_) Leave(queued.rows);
  for (const auto& [ticket, sent] : sent_) Leave(sent.rows);
  gathered_.clear();
  queue_.clear();
  sent_.clear();
  return status;
}

void SupplyImport::Leave(const std::vector<AwaitedRow>& rows) {
  for (const AwaitedRow& row : rows) {
    report_.Left();
    for (size_t i = 0; i < TakeWanted(row.key).size(); ++i) report_.Left();
  }
}

// --- What a row is, beside what is known ---

void SupplyImport::TakeSite(RowPlace at, const v1::DefineSite& site) {
  const ItemKey key = KeyOf(SiteId{site.site_id()});
  const uint64_t shape = ShapeOf(site);
  if (IsWanted(at, key, shape, 0, site.site_id())) return;
  if (Item<KnownSite>* item = inventory_.FindSite(key)) {
    if (item->known.shape != shape) {
      const bool is_told = item->told_at.line != 0;
      report_.Refused(at, is_told ? Repeated(site.site_id(), item->told_at)
                                  : SiteDiffers(site));
      return;
    }
    item->told_at = at;
    if (item->known.is_closed) report_.Doubts(at, {SiteClosed(site.site_id())});
    report_.AlreadyThere();
    return;
  }
  Want(at, key, shape, 0);
  v1::Operation operation;
  *operation.mutable_define_site() = site;
  Queue(std::move(operation), {{at, key, site.site_id()}});
}

void SupplyImport::TakeSlot(RowPlace at, const SlotRow& row) {
  const ItemKey key = KeyOf(SiteId{row.site_id}, SlotId{row.slot.slot_id()});
  if (IsWanted(at, key, ShapeOf(row.slot), row.slot.capacity(),
               row.slot.slot_id())) {
    return;
  }
  const ItemKey site_key = KeyOf(SiteId{row.site_id});
  const Item<KnownSite>* site = inventory_.FindSite(site_key);
  if (site == nullptr && !wanted_.contains(site_key)) {
    return report_.Refused(at, SiteUnknown(row));
  }
  if (site != nullptr && site->known.is_closed) {
    return report_.Refused(at, SiteClosed(row.site_id));
  }
  if (Item<KnownSlot>* item = inventory_.FindSlot(key)) {
    TakeKnownSlot(at, row, key, *item);
  } else {
    TakeNewSlot(at, row, key);
  }
}

void SupplyImport::TakeKnownSlot(RowPlace at, const SlotRow& row,
                                 const ItemKey& key, Item<KnownSlot>& item) {
  const bool is_shaped_otherwise = item.known.shape != ShapeOf(row.slot);
  const bool differs =
      is_shaped_otherwise || item.known.capacity != row.slot.capacity();
  if (differs && item.told_at.line != 0) {
    return report_.Refused(at, Repeated(row.slot.slot_id(), item.told_at));
  }
  if (is_shaped_otherwise) return report_.Refused(at, SlotDiffers(row.slot));
  if (differs && !options_.changes_capacities) {
    return report_.Refused(at, CapacityDiffers(row.slot, item.known.capacity));
  }
  if (item.known.is_closed) {
    report_.Doubts(
        at, {{"SLOT_CLOSED", "slot_id", row.slot.slot_id(), "an open slot"}});
  }
  if (!differs) {
    item.told_at = at;
    return report_.AlreadyThere();
  }
  Want(at, key, item.known.shape, row.slot.capacity());
  v1::Operation operation;
  v1::ChangeCapacity& change = *operation.mutable_change_capacity();
  change.set_site_id(row.site_id);
  change.set_slot_id(row.slot.slot_id());
  change.set_capacity(row.slot.capacity());
  Queue(std::move(operation), {{at, key, row.slot.slot_id()}});
}

void SupplyImport::TakeNewSlot(RowPlace at, const SlotRow& row,
                               const ItemKey& key) {
  Want(at, key, ShapeOf(row.slot), row.slot.capacity());
  Sent& gathered = gathered_[row.site_id];
  v1::OpenSlots& open = *gathered.operation.mutable_open_slots();
  open.set_site_id(row.site_id);
  *open.add_slots() = row.slot;
  gathered.rows.push_back({at, key, row.slot.slot_id()});
  ++rows_gathered_;
  if (open.slots_size() == kSlotsPerOperationMax) QueueSlotsOf(row.site_id);
}

bool SupplyImport::IsWanted(RowPlace at, const ItemKey& key, uint64_t shape,
                            int32_t capacity, std::string_view id) {
  const auto found = wanted_.find(key);
  if (found == wanted_.end()) return false;
  Wanted& wanted = found->second;
  if (wanted.shape != shape || wanted.capacity != capacity) {
    report_.Refused(at, Repeated(id, wanted.at));
  } else {
    wanted.repeats.push_back(at);
    ++rows_gathered_;
  }
  return true;
}

void SupplyImport::Want(RowPlace at, const ItemKey& key, uint64_t shape,
                        int32_t capacity) {
  wanted_.emplace(key, Wanted{at, shape, capacity, {}});
}

std::vector<RowPlace> SupplyImport::TakeWanted(const ItemKey& key) {
  const auto found = wanted_.find(key);
  if (found == wanted_.end()) return {};
  std::vector<RowPlace> repeats = std::move(found->second.repeats);
  wanted_.erase(found);
  return repeats;
}

RowFault SupplyImport::Repeated(std::string_view id, RowPlace first) const {
  return {"ID_REPEATED", "", std::string(id),
          "what " + report_.TextOf(first) + " says of the same id"};
}

// --- Sending ---

void SupplyImport::QueueSlotsOf(const std::string& site_id) {
  const auto found = gathered_.find(site_id);
  rows_gathered_ -=
      std::min<uint64_t>(rows_gathered_, found->second.rows.size());
  Sent gathered = std::move(found->second);
  gathered_.erase(found);
  Queue(std::move(gathered.operation), std::move(gathered.rows));
}

void SupplyImport::QueueAllSlots() {
  for (auto& [site_id, gathered] : gathered_) {
    Queue(std::move(gathered.operation), std::move(gathered.rows));
  }
  gathered_.clear();
  rows_gathered_ = 0;
}

void SupplyImport::Queue(v1::Operation operation,
                         std::vector<AwaitedRow> rows) {
  operation.set_operation_id(IdOf(operation));
  queue_.push_back({std::move(operation), std::move(rows)});
}

absl::Status SupplyImport::SendQueue() {
  options_.on_progress();
  if (log_ == nullptr) {
    ForeseeQueue();
    return absl::OkStatus();
  }
  if (queue_.empty()) return absl::OkStatus();
  std::vector<std::string> values;
  std::vector<NewRecord> records;
  values.reserve(queue_.size());
  for (const Sent& queued : queue_) {
    const std::string& site_id = SiteIdOf(queued.operation);
    values.push_back(Encode(queued.operation));
    records.push_back({{Topic::kOperations, ShardOf(site_id, log_->Shards())},
                       site_id,
                       values.back()});
  }
  const auto offsets = log_->Append(records);
  if (!offsets.ok()) return offsets.status();
  for (size_t i = 0; i < queue_.size(); ++i) {
    rows_sent_ += queue_[i].rows.size();
    sent_.emplace(Ticket{records[i].to.shard, (*offsets)[i]},
                  std::move(queue_[i]));
  }
  queue_.clear();
  return absl::OkStatus();
}

void SupplyImport::ForeseeQueue() {
  std::vector<Sent> queue = std::exchange(queue_, {});
  for (Sent& queued : queue) {
    const auto* site =
        inventory_.FindSite(KeyOf(SiteId{SiteIdOf(queued.operation)}));
    const v1::Event event =
        Foresee(queued.operation, site == nullptr ? 0 : site->known.slots);
    inventory_.Fold(event);
    End(std::move(queued), event);
  }
}

// --- Answers ---

absl::Status SupplyImport::AwaitAnswers(uint64_t rows_sent_max) {
  absl::Time last_news = options_.clock();
  while (rows_sent_ > rows_sent_max) {
    const auto read = ReadAnswers();
    if (!read.ok()) return read.status();
    const absl::Time now = options_.clock();
    options_.on_progress();
    if (*read) {
      last_news = now;
      continue;
    }
    if (auto status = options_.health(); !status.ok()) return status;
    if (now - last_news >= options_.patience) {
      return absl::DeadlineExceededError(
          fmt::format("nothing was decided for {}, and {} rows wait for it",
                      absl::FormatDuration(options_.patience), rows_sent_));
    }
    history_->Await(kIdleWait);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SupplyImport::ReadAnswers() {
  if (history_ == nullptr) return false;
  const auto read =
      history_->ReadSome([this](Shard shard, const v1::Event& event) {
        inventory_.Fold(event);
        if (event.cause_topic() != v1::TOPIC_OPERATIONS) return;
        auto found = sent_.find({shard, Offset{event.cause_offset()}});
        if (found == sent_.end()) return;
        Sent sent = std::move(found->second);
        sent_.erase(found);
        rows_sent_ -= sent.rows.size();
        End(std::move(sent), event);
      });
  if (!read.ok()) return read.status();
  return *read > 0;
}

void SupplyImport::End(Sent sent, const v1::Event& event) {
  if (event.has_operation_refused()) return EndRefused(std::move(sent), event);
  absl::flat_hash_set<ItemKey> opened;
  for (const v1::Slot& slot : event.slots_opened().slots()) {
    opened.insert(
        KeyOf(SiteId{event.slots_opened().site_id()}, SlotId{slot.slot_id()}));
  }
  for (const AwaitedRow& row : sent.rows) {
    if (event.has_capacity_changed()) {
      report_.Changed();
    } else if (event.has_site_defined() || opened.contains(row.key)) {
      report_.Imported();
    } else {
      report_.AlreadyThere();
    }
    for (size_t i = TakeWanted(row.key).size(); i > 0; --i) {
      report_.AlreadyThere();
    }
    if (auto* slot = inventory_.FindSlot(row.key)) slot->told_at = row.at;
    if (auto* site = inventory_.FindSite(row.key)) site->told_at = row.at;
  }
}

void SupplyImport::EndRefused(Sent sent, const v1::Event& event) {
  const v1::OperationRefused& refused = event.operation_refused();
  if (sent.rows.size() > 1) {
    // All or none: each row deserves an answer of its own.
    for (size_t i = 0; i < sent.rows.size(); ++i) {
      v1::Operation operation;
      v1::OpenSlots& open = *operation.mutable_open_slots();
      open.set_site_id(SiteIdOf(sent.operation));
      *open.add_slots() =
          sent.operation.open_slots().slots(static_cast<int>(i));
      Queue(std::move(operation), {std::move(sent.rows[i])});
    }
    return;
  }
  const AwaitedRow& row = sent.rows.front();
  const RowFault fault{slotlog::NameOf(refused.refusal()), refused.field(),
                       row.id, ""};
  report_.Refused(row.at, fault);
  for (const RowPlace& repeat : TakeWanted(row.key)) {
    report_.Refused(repeat, fault);
  }
}

}  // namespace slotlog::supply
