// The name of a row: bytes that are the same in memory and in the store.
//
// Grammar: a letter for the kind of row, then each id as one byte of length and
// its bytes. So ids may hold any byte, and all seats of a slot stand together.
//
//   campaign  'k' campaign
//   site      's' site
//   slot      'l' site slot
//   seat      't' site slot, and the seat's number in 4 bytes
//   citizen   'c' citizen
//   due       'd' the second and the chunk's number, in 8 bytes and 4
//   site use  'u' site campaign
//   waitlist  'w' site slot, of a site: site and nothing, of a region: nothing
//                 and region
//   waiters   'q' the same, and the queue's and the chunk's number, in 4 bytes
//                 each
//
// Numbers are big-endian, so that they stand in order.
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

namespace slotlog {

/// The letter that a row's key begins with.
enum class RowKind : char {
  kCampaign = 'k',
  kSite = 's',
  kSlot = 'l',
  kSeat = 't',
  kCitizen = 'c',
  kDue = 'd',
  kSiteUse = 'u',
  kWaitlist = 'w',
  kWaiterChunk = 'q',
};

/// Entries of the agenda that are due at a second since 1970, by their order.
struct DueChunk {
  int64_t second;
  uint32_t number;
};

/// A waitlist's name: of a slot, of a site (no slot), of a region (no site).
struct WaitlistName {
  std::string_view site_id;
  std::string_view slot_id_or_region;
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
  static RowKey Of(SiteId site, SlotId slot, SeatNumber seat) {
    return {RowKind::kSeat, {site.value, slot.value}, {seat.value}};
  }
  static RowKey Of(DueChunk chunk) {
    const auto second = static_cast<uint64_t>(chunk.second);
    return {RowKind::kDue,
            {},
            {static_cast<uint32_t>(second >> 32), static_cast<uint32_t>(second),
             chunk.number}};
  }
  static RowKey Of(SiteId site, CampaignId campaign) {
    return {RowKind::kSiteUse, {site.value, campaign.value}};
  }
  static RowKey Of(WaitlistName list) {
    return {RowKind::kWaitlist, {list.site_id, list.slot_id_or_region}};
  }
  static RowKey Of(WaitlistName list, uint32_t queue, uint32_t chunk) {
    return {RowKind::kWaiterChunk,
            {list.site_id, list.slot_id_or_region},
            {queue, chunk}};
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
  RowKey(RowKind kind, std::initializer_list<std::string_view> ids,
         std::initializer_list<uint32_t> numbers = {}) {
    bytes_[size_++] = static_cast<char>(kind);
    for (std::string_view id : ids) {
      INVARIANT(id.size() <= kIdBytesMax, "an id was let in unchecked");
      bytes_[size_++] = static_cast<char>(id.size());
      std::memcpy(bytes_.data() + size_, id.data(), id.size());
      size_ += id.size();
    }
    for (uint32_t number : numbers) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        bytes_[size_++] = static_cast<char>(number >> shift);
      }
    }
    hash_ = Digest64(bytes());
  }

  size_t size_ = 0;
  uint64_t hash_;
  std::array<char, 1 + 2 * (1 + kIdBytesMax) + 2 * sizeof(uint32_t)> bytes_;
};

}  // namespace slotlog
