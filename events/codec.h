// Bytes to messages and back. Decoding never throws, and bytes that are no
// message are answered by a name (Undecodable), which is what `dead-letters`
// and error texts say. Thread-safe.

#pragma once

#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "slotlog/v1/events.pb.h"

namespace slotlog {

/// A record of `commands` or `operations` may not be larger.
inline constexpr size_t kInputBytesMax = 64 * 1024;
/// No record that a worker writes is larger.
inline constexpr size_t kRecordBytesMax = 4 * 1024 * 1024;

/// Parses `bytes` into `message` (on its arena). UNDECODABLE_UNSPECIFIED means
/// that it went well; otherwise the message's content is unspecified.
v1::Undecodable Decode(std::string_view bytes, size_t bytes_max,
                       google::protobuf::MessageLite& message);

/// The name for people: "MALFORMED".
std::string_view NameOf(v1::Undecodable reason);
/// "SLOT_FULL"; "" for REFUSAL_UNSPECIFIED; "REFUSAL_99" is how a number shows
/// that this program does not know.
std::string NameOf(v1::Refusal refusal);
/// "BOOKED"; "" is how a number shows that this program does not know.
std::string_view NameOf(v1::Outcome outcome);
/// "HOLD_EXPIRED".
std::string NameOf(v1::NoticeKind kind);

/// Appends the message's bytes to `bytes`. REQUIRES: it fits kRecordBytesMax.
void EncodeTo(const google::protobuf::MessageLite& message, std::string& bytes);
std::string Encode(const google::protobuf::MessageLite& message);

}  // namespace slotlog
