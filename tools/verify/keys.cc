#include "tools/verify/keys.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>

#include "events/digest.h"

namespace slotlog::verify {
namespace {

template <typename Key>
Key KeyOfPair(std::string_view first, std::string_view second) {
  // The length keeps ("ab", "c") and ("a", "bc") apart.
  const uint64_t length = first.size();
  const std::string_view length_bytes(reinterpret_cast<const char*>(&length),
                                      sizeof(length));
  fmt::memory_buffer bytes;
  for (std::string_view part : {length_bytes, first, second}) {
    bytes.append(part.data(), part.data() + part.size());
  }
  const BatchDigest digest =
      DigestOfBatch(std::string_view(bytes.data(), bytes.size()));
  Key key;
  static_assert(sizeof(digest) == sizeof(key.high) + sizeof(key.low));
  std::memcpy(&key.high, digest.data(), sizeof(key.high));
  std::memcpy(&key.low, digest.data() + sizeof(key.high), sizeof(key.low));
  return key;
}

}  // namespace

ClaimKey KeyOf(CitizenId citizen, CampaignId campaign) {
  return KeyOfPair<ClaimKey>(citizen.value, campaign.value);
}

SlotKey KeyOf(SiteId site, SlotId slot) {
  return KeyOfPair<SlotKey>(site.value, slot.value);
}

CommandKey KeyOf(CitizenId citizen, CommandId command) {
  return KeyOfPair<CommandKey>(citizen.value, command.value);
}

}  // namespace slotlog::verify
