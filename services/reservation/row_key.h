// The name of a row: bytes that are the same in memory and in the store.
//
// Grammar: a letter for the kind of row, then each id as one byte of length and
// its bytes. So ids may hold any byte, and all seats of a slot stand together.
//
//   campaign  'k' campaign
//   site      's' site
//   slot      'l' site slot
//   seat      't' site slot campaign citizen
//   citizen   'c' citizen
//
// A key lives on the stack and carries its hash: making one costs no
// allocation, and however many tables are looked into, it is hashed once.

#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "events/digest.h"
#include "events/ids.h"
#include "events/invariant.h"
#include "services/reservation/limits.h"

namespace slotlog {

/// The letter that a row's key begins with.
enum class RowKind : char {
  kCampaign = 'k',
  kSite = 's',
  kSlot = 'l',
  kSeat = 't',
  kCitizen = 'c',
};

class RowKey {
 public:
  static RowKey Of(CampaignId campaign) {
    return {RowKind::kCampaign, {campaign.value}};
  }
  static RowKey Of(SiteId site) { return {RowKind::kSite, {site.value}}; }
  static RowKey Of(CitizenId citizen) {
    return {RowKind::kCitizen, {citizen.value}};
  }
  static RowKey Of(SiteId site, SlotId slot) {
    return {RowKind::kSlot, {site.value, slot.value}};
  }
  static RowKey Of(SiteId site, SlotId slot, CampaignId campaign,
                   CitizenId citizen) {
    return {RowKind::kSeat,
            {site.value, slot.value, campaign.value, citizen.value}};
  }

  /// REQUIRES: these are a key's bytes.
  static RowKey FromBytes(std::string_view bytes) { return RowKey(bytes); }

  std::string_view bytes() const { return {bytes_.data(), size_}; }
  uint64_t hash() const { return hash_; }

  /// REQUIRES: these are a key's bytes.
  static RowKind KindOf(std::string_view key) {
    return static_cast<RowKind>(key.front());
  }

 private:
  explicit RowKey(std::string_view bytes) : size_(bytes.size()) {
    INVARIANT(size_ <= bytes_.size(), "these are no key's bytes");
    std::memcpy(bytes_.data(), bytes.data(), size_);
    hash_ = Digest64(this->bytes());
  }

  /// REQUIRES: no id is longer than kIdBytesMax.
  RowKey(RowKind kind, std::initializer_list<std::string_view> ids) {
    bytes_[size_++] = static_cast<char>(kind);
    for (std::string_view id : ids) {
      INVARIANT(id.size() <= kIdBytesMax, "an id was let in unchecked");
      bytes_[size_++] = static_cast<char>(id.size());
      std::memcpy(bytes_.data() + size_, id.data(), id.size());
      size_ += id.size();
    }
    hash_ = Digest64(bytes());
  }

  size_t size_ = 0;
  uint64_t hash_;
  std::array<char, 1 + 4 * (1 + kIdBytesMax)> bytes_;
};

}  // namespace slotlog
