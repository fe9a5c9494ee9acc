#include "events/partitioner.h"

#include <cstring>

namespace slotlog {

uint32_t Murmur2(std::string_view key) {
  constexpr uint32_t kSeed = 0x9747b28c;
  constexpr uint32_t kMix = 0x5bd1e995;
  constexpr int kShift = 24;
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  size_t left = key.size();
  uint32_t hash = kSeed ^ static_cast<uint32_t>(left);
  for (; left >= 4; bytes += 4, left -= 4) {
    uint32_t word;
    std::memcpy(&word, bytes, 4);  // little-endian, as on every target we have
    word *= kMix;
    word ^= word >> kShift;
    word *= kMix;
    hash *= kMix;
    hash ^= word;
  }
  if (left >= 3) hash ^= static_cast<uint32_t>(bytes[2]) << 16;
  if (left >= 2) hash ^= static_cast<uint32_t>(bytes[1]) << 8;
  if (left >= 1) {
    hash ^= bytes[0];
    hash *= kMix;
  }
  hash ^= hash >> 13;
  hash *= kMix;
  hash ^= hash >> 15;
  return hash;
}

Shard ShardOf(std::string_view key, ShardCount shards) {
  return Shard{(Murmur2(key) & 0x7fffffff) % shards.value};
}

}  // namespace slotlog
