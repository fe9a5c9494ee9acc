#include "events/digest.h"

#include <gtest/gtest.h>

namespace slotlog {
namespace {

struct Vector {
  std::string bytes;
  uint64_t digest_64;
  // In hexadecimal, as it stands in an event batch.
  std::string_view digest_128;
};

// Computed by an implementation that shares no code with libxxhash:
// net.openhft:zero-allocation-hashing:0.16. The lengths take each of XXH3's
// ways: nothing, up to 3, 8, 16, 128, 240 bytes, one block and many. Digests
// stand in events that are kept for ever: a number that changes here is no
// number to be corrected.
const Vector kVectors[] = {
    {"", 0x2d06800538d394c2, "99aa06d3014798d86001c324468d497f"},
    {"abc", 0x78af5f94892f3950, "06b05ab6733a618578af5f94892f3950"},
    {"slotlog", 0x9f6e88780792228f, "151e3f6650ec11e782cb6ad9b02646e1"},
    {std::string(12, 'x'), 0x38d09d542189d4e2,
     "e890796c9da9b4f101e56a4bd45939f9"},
    {std::string(17, 'x'), 0x89975e6b7d2f5a11,
     "9e8a29b5dfc13013416e526dfb687d89"},
    {std::string(200, 'x'), 0x50ef124fb1e4de53,
     "062dfbe359870f1a0f7bed28ebd8500d"},
    {std::string(1000, 'x'), 0xc0a4877b962cba82,
     "50a1af5a5f2dcf01c0a4877b962cba82"},
    {std::string(300'000, 'x'), 0x06fe7c0f19bb18bf,
     "2e523d36bd31644506fe7c0f19bb18bf"},
};

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

TEST(DigestTest, DigestOfACommandIsXxh3) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(Digest64(vector.bytes), vector.digest_64)
        << vector.bytes.size() << " bytes";
  }
}

TEST(DigestTest, DigestOfABatchIsXxh3InBigEndian) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(Hex(AsBytes(DigestOfBatch(vector.bytes))), vector.digest_128)
        << vector.bytes.size() << " bytes";
  }
}

TEST(DigestTest, OneBitMakesAnotherDigest) {
  std::string record(1000, 'x');
  const uint64_t digest_64 = Digest64(record);
  const BatchDigest digest_128 = DigestOfBatch(record);
  record[999] ^= 1;
  EXPECT_NE(Digest64(record), digest_64);
  EXPECT_NE(DigestOfBatch(record), digest_128);
}

}  // namespace
}  // namespace slotlog
