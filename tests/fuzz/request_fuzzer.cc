// What a fuzzer calls with bytes that it makes up, as the body of a request to
// the gateway and as its header Idempotency-Key: no bytes bring its readers
// down, what is refused is refused by name, and what is read says the same
// after it was written as JSON and read again.
//
// Called by libFuzzer (tools/fuzz) and, with seeds and mutations of them, by
// request_fuzzer_test.cc.

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "events/codec.h"
#include "events/invariant.h"
#include "services/gateway/message_json.h"
#include "services/gateway/message_request.h"
#include "services/http/request.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {
namespace {

constexpr size_t kKeyBytesMax = 32;

template <typename Message>
void ExpectRoundTrip(std::string_view json) {
  Message message;
  const auto error = ReadJson(json, message);
  if (error.has_value()) {
    INVARIANT(!error->detail.empty(), "a fault without words");
    return;
  }
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string written;
  INVARIANT(
      google::protobuf::util::MessageToJsonString(message, &written, options)
          .ok(),
      "what was read cannot be written");
  Message again;
  INVARIANT(!ReadJson(written, again).has_value(),
            "what was written cannot be read");
  INVARIANT(google::protobuf::util::MessageDifferencer::Equals(message, again),
            "a message changed on its way");
}

void ExpectAnswers(std::string_view key, std::string_view body,
                   std::string_view type) {
  http::RequestBuilder builder;
  builder.SetMethod(http::Method::kPost)
      .SetTarget("/v1/commands")
      .AddHeader("Content-Type", type)
      .AddHeader("Idempotency-Key", key)
      .AppendBody(body);
  v1::Command command;
  const auto problem = ReadCommand(builder.request(), command);
  if (problem.has_value()) {
    INVARIANT(problem->status >= 400 && !problem->name.empty(),
              "a refusal without a name");
  } else {
    INVARIANT(!command.citizen_id().empty() && !command.command_id().empty() &&
                  !command.has_tick(),
              "what is nobody's wish was taken");
    INVARIANT(Encode(command).size() <= kInputBytesMax,
              "no worker would read it");
  }
  v1::Operation operation;
  const auto refusal = ReadOperation(builder.request(), operation);
  INVARIANT(!refusal.has_value() || !refusal->name.empty(),
            "a refusal without a name");
}

}  // namespace
}  // namespace slotlog

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace slotlog;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ExpectRoundTrip<v1::Command>(bytes);
  ExpectRoundTrip<v1::Operation>(bytes);
  const std::string_view key = bytes.substr(0, kKeyBytesMax);
  ExpectAnswers("b1", bytes, "application/json");
  ExpectAnswers("b1", bytes, "application/x-protobuf");
  ExpectAnswers(key, bytes.substr(key.size()), "application/json");
  return 0;
}
