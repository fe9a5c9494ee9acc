#include "events/codec.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "events/invariant.h"

namespace slotlog {

v1::Undecodable Decode(std::string_view bytes, size_t bytes_max,
                       google::protobuf::MessageLite& message) {
  if (bytes.empty()) return v1::UNDECODABLE_EMPTY;
  if (bytes.size() > bytes_max) return v1::UNDECODABLE_TOO_LARGE;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return v1::UNDECODABLE_MALFORMED;
  }
  return v1::UNDECODABLE_UNSPECIFIED;
}

std::string_view NameOf(v1::Undecodable reason) {
  std::string_view name = v1::Undecodable_Name(reason);
  name.remove_prefix(std::min(name.size(), sizeof("UNDECODABLE_") - 1));
  return name;
}

std::string NameOf(v1::Refusal refusal) {
  if (refusal == v1::REFUSAL_UNSPECIFIED) return "";
  const std::string& name = v1::Refusal_Name(refusal);
  if (name.empty()) return "REFUSAL_" + std::to_string(refusal);
  return name.substr(sizeof("REFUSAL_") - 1);
}

std::string_view NameOf(v1::Outcome outcome) {
  std::string_view name = v1::Outcome_Name(outcome);
  name.remove_prefix(std::min(name.size(), sizeof("OUTCOME_") - 1));
  return name;
}

std::string NameOf(v1::NoticeKind kind) {
  const std::string& name = v1::NoticeKind_Name(kind);
  if (name.empty()) return "NOTICE_KIND_" + std::to_string(kind);
  return name.substr(sizeof("NOTICE_KIND_") - 1);
}

void EncodeTo(const google::protobuf::MessageLite& message,
              std::string& bytes) {
  const size_t size = message.ByteSizeLong();
  INVARIANT(size <= kRecordBytesMax, "a record is larger than its bound");
  const size_t start = bytes.size();
  bytes.resize(start + size);
  message.SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(bytes.data() + start));
}

std::string Encode(const google::protobuf::MessageLite& message) {
  std::string bytes;
  EncodeTo(message, bytes);
  return bytes;
}

}  // namespace slotlog
