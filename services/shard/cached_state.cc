#include "services/shard/cached_state.h"

#include <algorithm>

namespace slotlog {
namespace {

/// Calls `visit` with the table in which the key's kind of row stands.
template <typename Visit>
void VisitTableOf(std::string_view key, CachedState& state, Visit visit) {
  switch (RowKey::KindOf(key)) {
    case RowKind::kCampaign:
      return visit(state.campaigns());
    case RowKind::kSite:
      return visit(state.sites());
    case RowKind::kSlot:
      return visit(state.slots());
    case RowKind::kSeat:
      return visit(state.seats());
    case RowKind::kCitizen:
      return visit(state.citizens());
    case RowKind::kDue:
      return visit(state.dues());
    case RowKind::kSiteUse:
      return visit(state.site_uses());
    case RowKind::kWaitlist:
      return visit(state.waitlists());
    case RowKind::kWaiterChunk:
      return visit(state.waiter_chunks());
  }
}

template <typename Row>
void Remember(const RowKey& key, const std::optional<std::string>& bytes,
              RowLoader& loader, CachedTable<Row>& table) {
  table.Remember(key, loader.Decode<Row>(bytes));
}

}  // namespace

void CachedState::Want(const RowKey& key) {
  VisitTableOf(key.bytes(), *this, [&](auto& table) { table.Prefetch(key); });
  wanted_.push_back({wanted_bytes_.size(), key.bytes().size()});
  wanted_bytes_.append(key.bytes());
}

void CachedState::LoadWanted() {
  std::vector<std::string_view> keys;
  for (const WantedKey& wanted : wanted_) {
    const auto bytes =
        std::string_view(wanted_bytes_).substr(wanted.start, wanted.size);
    VisitTableOf(bytes, *this, [&](auto& table) {
      if (!table.IsInMemory(RowKey::FromBytes(bytes))) keys.push_back(bytes);
    });
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());

  if (!keys.empty()) Load(keys);
  wanted_.clear();
  wanted_bytes_.clear();
}

void CachedState::Load(absl::Span<const std::string_view> keys) {
  auto found = loader_.store().Read(keys);
  if (!found.ok()) return loader_.Fail(found.status());
  for (size_t i = 0; i < keys.size(); ++i) {
    VisitTableOf(keys[i], *this, [&](auto& table) {
      Remember(RowKey::FromBytes(keys[i]), (*found)[i], loader_, table);
    });
  }
}

void CachedState::TrimLoaded(size_t bytes_max) {
  size_t bytes = 0;
  VisitTables(*this, [&](auto& table) { bytes += table.loaded_bytes(); });
  if (bytes <= bytes_max) return;
  VisitTables(*this, [](auto& table) { table.DropLoaded(); });
}

SealedRows CachedState::Seal() {
  return {.campaigns = campaigns().Seal(),
          .sites = sites().Seal(),
          .slots = slots().Seal(),
          .seats = seats().Seal(),
          .citizens = citizens().Seal(),
          .dues = dues().Seal(),
          .site_uses = site_uses().Seal(),
          .waitlists = waitlists().Seal(),
          .waiter_chunks = waiter_chunks().Seal()};
}

size_t CachedState::LiveBytes() const {
  size_t bytes = 0;
  VisitTables(*this, [&](const auto& table) { bytes += table.live_bytes(); });
  return bytes;
}

}  // namespace slotlog
