#include "tools/log_cat/record_format.h"

#include <absl/time/time.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "events/codec.h"
#include "events/trace_parent.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/confirmations.pb.h"
#include "slotlog/v1/events.pb.h"
#include "slotlog/v1/internal.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {
namespace {

using google::protobuf::Message;

constexpr size_t kUndecodableBytesShown = 32;

struct DecodedRecord {
  std::unique_ptr<Message> message;
  v1::Undecodable undecodable;
};

DecodedRecord DecodeAs(std::unique_ptr<Message> message, size_t bytes_max,
                       std::string_view bytes) {
  const v1::Undecodable undecodable = Decode(bytes, bytes_max, *message);
  return {std::move(message), undecodable};
}

DecodedRecord DecodeRecord(Topic topic, std::string_view bytes) {
  switch (topic) {
    case Topic::kCommands:
      return DecodeAs(std::make_unique<v1::Command>(), kInputBytesMax, bytes);
    case Topic::kOperations:
      return DecodeAs(std::make_unique<v1::Operation>(), kInputBytesMax, bytes);
    case Topic::kInternal:
      return DecodeAs(std::make_unique<v1::InternalRecord>(), kRecordBytesMax,
                      bytes);
    case Topic::kEvents:
      return DecodeAs(std::make_unique<v1::EventBatch>(), kRecordBytesMax,
                      bytes);
    case Topic::kConfirmations:
      return DecodeAs(std::make_unique<v1::ConfirmationRecord>(),
                      kRecordBytesMax, bytes);
    case Topic::kDeadLetters:
      return DecodeAs(std::make_unique<v1::DeadLetter>(), kRecordBytesMax,
                      bytes);
  }
  return {nullptr, v1::UNDECODABLE_MALFORMED};
}

std::string FormatStamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

std::string FormatMillis(int64_t unix_ms) {
  return FormatStamp(absl::FromUnixMillis(unix_ms));
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (unsigned char byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

// --- Text ---

/// In one line.
std::string Compact(const Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  printer.SetUseShortRepeatedPrimitives(true);
  std::string text;
  printer.PrintToString(message, &text);
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string Compact(const v1::InputRun& run) {
  const std::string_view topic = NameOf(static_cast<Topic>(run.topic()));
  if (run.topic() == v1::TOPIC_INTERNAL) {
    return fmt::format("{} {}[{}..{})", topic, run.offset(), run.index(),
                       run.index() + run.count());
  }
  return fmt::format("{} [{}..{})", topic, run.offset(),
                     run.offset() + run.count());
}

std::string_view NameOfCause(const v1::Event& event) {
  if (event.cause_topic() == v1::TOPIC_UNSPECIFIED) return "agenda";
  return NameOf(static_cast<Topic>(event.cause_topic()));
}

std::string Compact(const v1::Event& event) {
  std::string text = fmt::format("\n  {} from {} {}", event.sequence(),
                                 NameOfCause(event), event.cause_offset());
  if (event.cause_topic() == v1::TOPIC_INTERNAL) {
    text += fmt::format("[{}]", event.cause_index());
  }
  text += fmt::format(" asked {}", FormatMillis(event.asked_at_unix_ms()));
  const auto* field = event.GetReflection()->GetOneofFieldDescriptor(
      event, event.GetDescriptor()->FindOneofByName("body"));
  if (field == nullptr) return text + " of an unknown kind";
  return text +
         fmt::format(" {} {{ {} }}", field->name(),
                     Compact(event.GetReflection()->GetMessage(event, field)));
}

std::string Compact(const v1::EventBatch& batch) {
  std::vector<std::string> inputs;
  for (const v1::InputRun& run : batch.inputs()) inputs.push_back(Compact(run));
  std::string text = fmt::format(
      "batch {} shard {}/{} epoch {} events [{}..{}) of {} decided {} now {} "
      "sent [{}] received [{}] confirmations {} "
      "agenda {} after {}",
      batch.number(), batch.shard(), batch.shards(), batch.epoch(),
      batch.first_sequence(), batch.first_sequence() + batch.events_size(),
      inputs.empty() ? "nothing" : fmt::format("{}", fmt::join(inputs, ", ")),
      FormatMillis(batch.decided_at_unix_ms()),
      FormatMillis(batch.now_unix_ms()), fmt::join(batch.messages_sent(), " "),
      fmt::join(batch.messages_received(), " "), batch.confirmations_sent(),
      batch.agenda_steps(), Hex(batch.previous_digest()));
  for (const v1::Event& event : batch.events()) text += Compact(event);
  return text;
}

// --- Any key ---

/// As it is if it is printable, else in hexadecimal digits.
std::string KeyText(std::string_view key) {
  const bool is_plain = std::all_of(key.begin(), key.end(), [](char c) {
    return c > ' ' && c != '\x7f' && static_cast<unsigned char>(c) < 0x80;
  });
  if (key.empty()) return "-";
  return is_plain ? std::string(key) : "0x" + Hex(key);
}

}  // namespace

std::string FormatAsText(TopicPartition partition, const Record& record) {
  const DecodedRecord decoded = DecodeRecord(partition.topic, record.value);
  std::string text =
      fmt::format("{} {} {} {}  ", DebugString(partition), record.offset.value,
                  FormatStamp(record.timestamp), KeyText(record.key));
  if (IsTraceParent(record.traceparent)) {
    text += fmt::format("traceparent: {}  ", std::string(record.traceparent));
  }
  if (decoded.undecodable != v1::UNDECODABLE_UNSPECIFIED) {
    return text +
           fmt::format("UNDECODABLE {}, {} bytes: {}",
                       NameOf(decoded.undecodable), record.value.size(),
                       Hex(record.value.substr(0, kUndecodableBytesShown)));
  }
  if (partition.topic == Topic::kEvents) {
    return text + Compact(static_cast<const v1::EventBatch&>(*decoded.message));
  }
  return text + Compact(*decoded.message);
}

std::string FormatAsJson(TopicPartition partition, const Record& record) {
  const DecodedRecord decoded = DecodeRecord(partition.topic, record.value);
  using Json = nlohmann::ordered_json;
  Json json = {
      {"topic", NameOf(partition.topic)},
      {"partition", partition.shard.value},
      {"offset", record.offset.value},
      {"time", FormatStamp(record.timestamp)},
      {"key", record.key},
  };
  if (!record.traceparent.empty()) json["traceparent"] = record.traceparent;
  if (decoded.undecodable != v1::UNDECODABLE_UNSPECIFIED) {
    json["undecodable"] = NameOf(decoded.undecodable);
    json["bytes"] = record.value.size();
    json["hex"] = Hex(record.value.substr(0, kUndecodableBytesShown));
  }
  // A key may be any bytes.
  std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (decoded.undecodable != v1::UNDECODABLE_UNSPECIFIED) return line;

  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string message;
  const auto printed = google::protobuf::util::MessageToJsonString(
      *decoded.message, &message, options);
  line.pop_back();
  return line + ",\"message\":" + (printed.ok() ? message : "null") + "}";
}

}  // namespace slotlog
