// What a fuzzer calls with bytes that it makes up: no bytes bring the codec
// down, and what decodes says the same after it was encoded and decoded again.
//
// Called by libFuzzer (tools/fuzz) and, with the seeds and mutations of them,
// by codec_fuzzer_test.cc.

#include <google/protobuf/util/message_differencer.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "events/codec.h"
#include "events/invariant.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {
namespace {

template <typename Message>
void ExpectRoundTrip(std::string_view bytes, size_t bytes_max) {
  Message message;
  const v1::Undecodable reason = Decode(bytes, bytes_max, message);
  if (reason != v1::UNDECODABLE_UNSPECIFIED) {
    INVARIANT(!NameOf(reason).empty(), "a reason without a name");
    return;
  }
  const std::string encoded = Encode(message);
  // A message that says nothing has no bytes, and no bytes are no message.
  if (encoded.empty()) return;
  Message again;
  INVARIANT(
      Decode(encoded, kRecordBytesMax, again) == v1::UNDECODABLE_UNSPECIFIED,
      "what was encoded does not decode");
  INVARIANT(google::protobuf::util::MessageDifferencer::Equals(message, again),
            "a message changed on its way");
}

}  // namespace
}  // namespace slotlog

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slotlog;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ExpectRoundTrip<v1::Command>(bytes, kInputBytesMax);
  ExpectRoundTrip<v1::Operation>(bytes, kInputBytesMax);
  ExpectRoundTrip<v1::InternalRecord>(bytes, kRecordBytesMax);
  ExpectRoundTrip<v1::EventBatch>(bytes, kRecordBytesMax);
  ExpectRoundTrip<v1::ConfirmationRecord>(bytes, kRecordBytesMax);
  return 0;
}
