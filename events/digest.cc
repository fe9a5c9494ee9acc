#include "events/digest.h"

// In place of calls of the library: most of what is hashed is as short as a
// row's key.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace slotlog {

uint64_t Digest64(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

BatchDigest DigestOfBatch(std::string_view record) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical,
                           XXH3_128bits(record.data(), record.size()));
  BatchDigest digest;
  static_assert(sizeof(canonical.digest) == sizeof(digest));
  std::memcpy(digest.data(), canonical.digest, sizeof(digest));
  return digest;
}

}  // namespace slotlog
