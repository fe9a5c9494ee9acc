// The fuzzer's target without a fuzzer: seeds, and mutations of them that are
// the same in every run.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace slotlog {
namespace {

constexpr int kMutationsOfEachSeed = 10'000;
constexpr int kChangesMax = 4;

/// What JSON is made of, and what it must not be.
constexpr std::string_view kPieces[] = {"{",
                                        "}",
                                        "[",
                                        "]",
                                        "\"",
                                        ",",
                                        ":",
                                        "null",
                                        "true",
                                        "-1",
                                        "1e999",
                                        "1.5",
                                        "\\u0000",
                                        "\\ud800",
                                        "\xff",
                                        "\xc3",
                                        "4294967296",
                                        "\"tick\":{}",
                                        "9223372036854775808",
                                        "\"command_id\":\"\"",
                                        "[[[[[[[[[[",
                                        "\\"};

void Feed(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()),
                         bytes.size());
}

class RequestFuzzer : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto& entry :
         std::filesystem::directory_iterator("tests/fuzz/request_seeds")) {
      std::ifstream file(entry.path(), std::ios::binary);
      seeds_.emplace_back(std::istreambuf_iterator<char>(file),
                          std::istreambuf_iterator<char>());
    }
    ASSERT_GE(seeds_.size(), 3u);
  }

  std::string Mutate(std::string bytes) {
    const size_t changes = 1 + Pick(kChangesMax);
    for (size_t i = 0; i < changes && !bytes.empty(); ++i) {
      const size_t at = Pick(bytes.size());
      switch (Pick(5)) {
        case 0:
          bytes[at] = static_cast<char>(bytes[at] ^ (1 << Pick(8)));
          break;
        case 1:
          bytes.insert(at, kPieces[Pick(std::size(kPieces))]);
          break;
        case 2:
          bytes.erase(at, 1 + Pick(8));
          break;
        case 3:
          bytes.resize(at);
          break;
        case 4:
          bytes.insert(Pick(bytes.size()), bytes.substr(at, 1 + Pick(64)));
          break;
      }
    }
    return bytes;
  }

  std::vector<std::string> seeds_;

 private:
  size_t Pick(size_t below) { return random_() % below; }

  // Seeded, so that every run is the same.
  std::mt19937_64 random_{20210712};
};

TEST_F(RequestFuzzer, SeedsAreReadOrRefused) {
  Feed("");
  for (const std::string& seed : seeds_) Feed(seed);
}

TEST_F(RequestFuzzer, MutatedSeedsAreReadOrRefused) {
  for (const std::string& seed : seeds_) {
    for (int i = 0; i < kMutationsOfEachSeed; ++i) Feed(Mutate(seed));
  }
}

}  // namespace
}  // namespace slotlog
