// The two checksums of the contract, both XXH3 (fast, well-kept, not
// cryptographic: they find damage and mistakes, not forgers). Thread-safe.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace slotlog {

/// XXH3-64: of a command record's bytes (`Event.command_digest`), of payloads.
uint64_t Digest64(std::string_view bytes);

/// XXH3-128 in canonical (big-endian) form: chains the event batches.
using BatchDigest = std::array<char, 16>;
BatchDigest DigestOfBatch(std::string_view record);

inline std::string_view AsBytes(const BatchDigest& digest) {
  return {digest.data(), digest.size()};
}

}  // namespace slotlog
