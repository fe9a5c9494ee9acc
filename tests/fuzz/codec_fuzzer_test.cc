// The fuzzer's target without a fuzzer: the seeds, and mutations of them that
// are the same in every run.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>

#include "events/codec.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace slotlog {
namespace {

constexpr int kMutationsOfEachSeed = 4000;
constexpr int kChangesMax = 4;
constexpr size_t kSeedBytesMax = 4096;

void Feed(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()),
                         bytes.size());
}

class CodecFuzzer : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& entry :
         std::filesystem::directory_iterator("tests/fuzz/seeds")) {
      if (entry.path().extension() != ".bin") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      seeds_[entry.path().stem()] =
          std::string(std::istreambuf_iterator<char>(file), {});
    }
    ASSERT_GE(seeds_.size(), 4u);
  }

  /// The seed with one to kChangesMax changes: a bit, a byte, a cut, a piece of
  /// its own twice.
  std::string Mutate(std::string bytes) {
    const size_t changes = 1 + Pick(kChangesMax);
    for (size_t i = 0; i < changes && !bytes.empty(); ++i) {
      const size_t at = Pick(bytes.size());
      switch (Pick(5)) {
        case 0:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << Pick(8)));
          break;
        case 1:
          bytes[at] = static_cast<char>(Pick(256));
          break;
        case 2:
          bytes.erase(at, 1 + Pick(4));
          break;
        case 3:
          bytes.resize(at);
          break;
        case 4:
          bytes.insert(Pick(bytes.size()), bytes.substr(at, 1 + Pick(32)));
          break;
      }
    }
    return bytes;
  }

  std::map<std::string, std::string> seeds_;

 private:
  size_t Pick(size_t below) { return random_() % below; }

  // Seeded, so that every run is the same.
  std::mt19937_64 random_{20210712};
};

template <typename Message>
bool Decodes(const std::string& bytes) {
  Message message;
  return Decode(bytes, kSeedBytesMax, message) == v1::UNDECODABLE_UNSPECIFIED &&
         Encode(message) == bytes &&
         message.GetReflection()->GetUnknownFields(message).empty();
}

TEST_F(CodecFuzzer, EverySeedIsAMessage) {
  EXPECT_TRUE(Decodes<v1::Command>(seeds_["command"]));
  EXPECT_TRUE(Decodes<v1::Operation>(seeds_["operation"]));
  EXPECT_TRUE(Decodes<v1::InternalRecord>(seeds_["internal_record"]));
  EXPECT_TRUE(Decodes<v1::EventBatch>(seeds_["event_batch"]));
}

TEST_F(CodecFuzzer, SeedsSurviveTheRoundTrip) {
  Feed("");
  for (const auto& [name, seed] : seeds_) Feed(seed);
}

TEST_F(CodecFuzzer, MutatedSeedsAreRefusedOrSurviveTheRoundTrip) {
  for (const auto& [name, seed] : seeds_) {
    for (int i = 0; i < kMutationsOfEachSeed; ++i) Feed(Mutate(seed));
  }
}

}  // namespace
}  // namespace slotlog
