// What the row codecs share: a message of rows.proto to the store's bytes, and
// back.

#pragma once

#include <absl/status/statusor.h>
#include <fmt/format.h>
#include <google/protobuf/message_lite.h>

#include <string>
#include <string_view>

#include "events/invariant.h"

namespace slotlog {

/// Not EncodeTo (codec.h): a row has not a record's bound. Commands that are
/// parked in many campaigns add up to more, and a campaign's many versions too.
inline void AppendRow(const google::protobuf::MessageLite& row,
                      std::string& bytes) {
  INVARIANT(row.AppendToString(&bytes),
            "a row is larger than a message may be");
}

template <typename Message>
absl::StatusOr<Message> Parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(
        fmt::format("the store holds a damaged {}", message.GetTypeName()));
  }
  return message;
}

}  // namespace slotlog
