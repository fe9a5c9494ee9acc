#include "events/partitioner.h"

#include <gtest/gtest.h>

#include <string>

namespace slotlog {
namespace {

using std::string_view_literals::operator""sv;

struct Vector {
  std::string_view key;
  // As Java prints it.
  int32_t hash;
  uint32_t shard_of_12;
  uint32_t shard_of_64;
};

// Utils.murmur2 and Utils.toPositive of org.apache.kafka:kafka-clients:4.1.1,
// called on the keys' bytes; those marked so stand in Kafka's own
// UtilsTest.testMurmur2 too.
constexpr Vector kVectors[] = {
    {"", 275646681, 9, 25},
    {"a", -1563381124, 4, 60},
    {"ab", 316155434, 2, 42},
    {"abc", 479470107, 3, 27},  // Kafka's own
    {"abcd", -1323649548, 8, 52},
    {"abcde", 461995741, 1, 29},
    {"abcdef", 1870650108, 0, 60},
    {"abcdefg", -346467175, 1, 25},
    {"abcdefgh", -955427363, 9, 29},
    {"21", -973932308, 0, 44},                           // Kafka's own
    {"foobar", -790332482, 6, 62},                       // Kafka's own
    {"a-little-bit-long-string", -985981536, 8, 32},     // Kafka's own
    {"a-little-bit-longer-string", -1486304829, 11, 3},  // Kafka's own
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971, 5,
     13},  // Kafka's own
    {"c1", 2069367011, 11, 35},
    {"citizen-0000001", -1558318069, 7, 11},
    {"예방접종", -497367053, 3, 51},
    {"서울특별시 강남구 보건소", -164463592, 4, 24},
    // Bytes that are negative in Java, at every place of the last word.
    {"\xff"sv, -311467685, 3, 27},
    {"\xff\xfe"sv, 1717632651, 3, 11},
    {"\xff\xfe\x80"sv, -160726397, 3, 3},
    {"\xff\xfe\x80\xff"sv, -52095514, 10, 38},
    {"\xff\xfe\x80\xff\xff"sv, -1952059075, 1, 61},
    {"\xff\xfe\x80\xff\xff\x80"sv, 2038196785, 1, 49},
    {"\xff\xfe\x80\xff\xff\x80\0"sv, 1588414631, 11, 39},
};

TEST(PartitionerTest, HashIsKafkas) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(static_cast<int32_t>(Murmur2(vector.key)), vector.hash)
        << vector.key;
  }
}

TEST(PartitionerTest, ShardIsKafkasDefaultPartition) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(ShardOf(vector.key, ShardCount{12}).value, vector.shard_of_12)
        << vector.key;
    EXPECT_EQ(ShardOf(vector.key, ShardCount{64}).value, vector.shard_of_64)
        << vector.key;
    EXPECT_EQ(ShardOf(vector.key, ShardCount{1}).value, 0U);
  }
}

TEST(PartitionerTest, LongKeysAreHashedToTheirEnd) {
  const std::string key(128, 'x');
  EXPECT_EQ(static_cast<int32_t>(Murmur2(key)), -645564713);
}

TEST(PartitionerTest, KeysNeedNoAlignment) {
  const std::string keys = "---a-little-bit-long-string";
  EXPECT_EQ(static_cast<int32_t>(Murmur2(std::string_view(keys).substr(3))),
            -985981536);
}

}  // namespace
}  // namespace slotlog
