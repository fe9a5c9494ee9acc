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
// A key lives on the stack: making one costs no allocation.

#pragma once

#include <array>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "events/ids.h"
#include "events/invariant.h"
#include "services/reservation/limits.h"

namespace slotlog {

class RowKey {
 public:
  static RowKey Of(CampaignId campaign) { return {'k', {campaign.value}}; }
  static RowKey Of(SiteId site) { return {'s', {site.value}}; }
  static RowKey Of(CitizenId citizen) { return {'c', {citizen.value}}; }
  static RowKey Of(SiteId site, SlotId slot) {
    return {'l', {site.value, slot.value}};
  }
  static RowKey Of(SiteId site, SlotId slot, CampaignId campaign,
                   CitizenId citizen) {
    return {'t', {site.value, slot.value, campaign.value, citizen.value}};
  }

  std::string_view bytes() const { return {bytes_.data(), size_}; }

 private:
  /// REQUIRES: no id is longer than kIdBytesMax.
  RowKey(char kind, std::initializer_list<std::string_view> ids) {
    bytes_[size_++] = kind;
    for (std::string_view id : ids) {
      INVARIANT(id.size() <= kIdBytesMax, "an id was let in unchecked");
      bytes_[size_++] = static_cast<char>(id.size());
      std::memcpy(bytes_.data() + size_, id.data(), id.size());
      size_ += id.size();
    }
  }

  size_t size_ = 0;
  std::array<char, 1 + 4 * (1 + kIdBytesMax)> bytes_;
};

}  // namespace slotlog
