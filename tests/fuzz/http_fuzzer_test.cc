// The fuzzer's target without a fuzzer: seeds, and mutations of them that are
// the same in every run.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace slotlog {
namespace {

constexpr int kMutationsOfEachSeed = 3000;
constexpr int kChangesMax = 4;

constexpr std::string_view kSeeds[] = {
    "GET /v1/tickets/3-18211?region=S%C3%A9oul+1 HTTP/1.1\r\nHost: x\r\n"
    "Prefer: wait=5\r\nAccept: text/event-stream\r\n"
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
    "\r\n"
    "GET /v1/tickets/3-18211 HTTP/1.0\r\n\r\n",
    "POST /v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n"
    "Content-Type: application/json\r\n\r\n{\"a\":[1,2,3]}"
    "GET /v1/tickets/%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /v1/commands HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    "\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nTrailer: t\r\n\r\n"
    "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
};

void Feed(std::string_view bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()),
                         bytes.size());
}

class HttpFuzzer : public testing::Test {
 protected:
  size_t Pick(size_t end) { return random_() % end; }

  /// The seed with a few changes: a bit, a byte, a cut, a line end, a piece of
  /// its own twice.
  std::string Mutate(std::string bytes) {
    const size_t changes = 1 + Pick(kChangesMax);
    for (size_t i = 0; i < changes && !bytes.empty(); ++i) {
      const size_t at = Pick(bytes.size());
      switch (Pick(6)) {
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
          bytes.insert(at, "\r\n");
          break;
        case 5:
          bytes.insert(Pick(bytes.size()), bytes.substr(at, 1 + Pick(64)));
          break;
      }
    }
    return bytes;
  }

 private:
  std::mt19937 random_{20210712};
};

TEST_F(HttpFuzzer, SeedsAndTheirMutationsAreSurvived) {
  for (std::string_view seed : kSeeds) {
    Feed(seed);
    for (int i = 0; i < kMutationsOfEachSeed; ++i) {
      Feed(Mutate(std::string(seed)));
    }
  }
}

}  // namespace
}  // namespace slotlog
