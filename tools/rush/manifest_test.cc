#include "tools/rush/manifest.h"

#include <gtest/gtest.h>

#include <fstream>

namespace slotlog {
namespace {

class ManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(testing::TempDir()) /
                 testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(directory_);
  }

  const Manifest manifest_{"korea",
                           "00ff",
                           1'850'000,
                           ShardCount{2},
                           7,
                           2031,
                           /*is_on_kafka=*/false,
                           /*kafka_log=*/""};
  std::filesystem::path directory_;
};

TEST_F(ManifestTest, IsReadAsItWasWritten) {
  ASSERT_TRUE(WriteManifest(directory_, manifest_).ok());
  const auto there = ReadManifest(directory_);
  ASSERT_TRUE(there.ok() && there->has_value());
  EXPECT_TRUE(CheckSame(**there, manifest_).ok());
  EXPECT_EQ((*there)->year, 2031);
}

TEST_F(ManifestTest, IsNoneInANewDirectory) {
  const auto there = ReadManifest(directory_);
  ASSERT_TRUE(there.ok());
  EXPECT_FALSE(there->has_value());
}

TEST_F(ManifestTest, OneThatACrashLeftUnfinishedIsNone) {
  std::ofstream(directory_ / "rush.json.new") << "{";
  const auto there = ReadManifest(directory_);
  ASSERT_TRUE(there.ok());
  EXPECT_FALSE(there->has_value());
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

TEST_F(ManifestTest, WhatIsNoManifestIsRefused) {
  for (const char* text : {"", "{", "[]", "{}", R"({"scenario": 1})"}) {
    std::ofstream(directory_ / "rush.json") << text;
    EXPECT_EQ(ReadManifest(directory_).status().code(),
              absl::StatusCode::kDataLoss)
        << text;
  }
}

TEST_F(ManifestTest, NamesWhatDiffers) {
  Manifest asked_for = manifest_;
  asked_for.seats = 10;
  asked_for.seed = 8;
  EXPECT_EQ(CheckSame(manifest_, asked_for).message(),
            "this directory rehearses --bookings 1850000, not 10, --seed 7, "
            "not 8; ask for the same to continue it, or give another --data");
  asked_for = manifest_;
  asked_for.scenario_digest = "00fe";
  EXPECT_FALSE(CheckSame(manifest_, asked_for).ok());
  asked_for = manifest_;
  asked_for.year = 2032;
  EXPECT_TRUE(CheckSame(manifest_, asked_for).ok());
}

TEST_F(ManifestTest, OneOnKafkaIsOfThatLogOnly) {
  Manifest manifest = manifest_;
  manifest.is_on_kafka = true;
  manifest.kafka_log = "00ab";
  ASSERT_TRUE(WriteManifest(directory_, manifest).ok());
  const auto there = ReadManifest(directory_);
  ASSERT_TRUE(there.ok() && there->has_value());

  // Before the topics were looked at, neither their id nor their number is
  // known.
  Manifest asked_for = manifest_;
  asked_for.is_on_kafka = true;
  asked_for.shards = ShardCount{0};
  EXPECT_TRUE(CheckSame(**there, asked_for).ok());
  asked_for.kafka_log = "00ab";
  EXPECT_TRUE(CheckSame(**there, asked_for).ok());
  asked_for.kafka_log = "00ac";
  EXPECT_EQ(CheckSame(**there, asked_for).message(),
            "this directory rehearses the log 00ab, not 00ac; ask for the same "
            "to continue it, or give another --data");
  EXPECT_FALSE(CheckSame(**there, manifest_).ok());
}

}  // namespace
}  // namespace slotlog
