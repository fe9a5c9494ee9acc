#include "services/gateway/message_request.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/ids.h"
#include "services/gateway/message_json.h"
#include "services/http/prefer.h"
#include "services/http/reply.h"
#include "services/reservation/validate.h"

namespace slotlog {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using http::Problem;
using http::Request;
using MaybeProblem = std::optional<Problem>;

constexpr std::string_view kProtobuf = "application/x-protobuf";

Problem ProblemOf(const JsonError& error) {
  Problem problem{.status = 400,
                  .name = "",
                  .title = "",
                  .detail = error.detail,
                  .field = error.field};
  switch (error.fault) {
    case JsonFault::kMalformed:
      problem.name = "json-malformed";
      problem.title = "The body is no JSON";
      break;
    case JsonFault::kTooDeep:
      problem.name = "json-too-deep";
      problem.title = "The body is nested too deep";
      break;
    case JsonFault::kFieldUnknown:
      problem.name = "field-unknown";
      problem.title = "There is no such field";
      break;
    case JsonFault::kFieldRepeated:
      problem.name = "field-repeated";
      problem.title = "A field stands there twice";
      break;
    case JsonFault::kSecondAction:
      problem.name = "action-repeated";
      problem.title = "There is more than one action";
      break;
    case JsonFault::kWrongType:
      problem.name = "field-type";
      problem.title = "A field is of another type";
      break;
    case JsonFault::kOutOfRange:
      problem.name = "field-range";
      problem.title = "A field's value does not fit";
      break;
  }
  return problem;
}

Problem ProblemOf(const Fault& fault) {
  return {.status = 422,
          .name = "field-invalid",
          .title = "A field makes no sense",
          .detail = NameOf(fault.refusal),
          .field = fault.field};
}

/// Fields that this program does not know would be passed on unread.
bool HasUnknownFields(const Message& message) {
  const auto& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (HasUnknownFields(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HasUnknownFields(reflection.GetRepeatedMessage(message, field, i))) {
        return true;
      }
    }
  }
  return false;
}

MaybeProblem ReadProtobuf(std::string_view bytes, Message& message) {
  const v1::Undecodable reason = Decode(bytes, kInputBytesMax, message);
  if (reason != v1::UNDECODABLE_UNSPECIFIED) {
    return Problem{.status = 400,
                   .name = "protobuf-malformed",
                   .title = "The body is no such message",
                   .detail = std::string(NameOf(reason))};
  }
  if (HasUnknownFields(message)) {
    return Problem{.status = 400,
                   .name = "field-unknown",
                   .title = "There is no such field",
                   .detail =
                       "the message has a field that this gateway's "
                       "contract does not have"};
  }
  return std::nullopt;
}

MaybeProblem ReadBody(const Request& request, Message& message) {
  if (request.CountOf("Content-Type") == 1) {
    if (http::HasContentType(request, http::kJson)) {
      const auto error = ReadJson(request.body(), message);
      return error.has_value() ? MaybeProblem(ProblemOf(*error)) : std::nullopt;
    }
    if (http::HasContentType(request, kProtobuf)) {
      return ReadProtobuf(request.body(), message);
    }
  }
  return Problem{.status = 415,
                 .name = "content-type",
                 .title = "The body is of another type",
                 .detail = fmt::format("send one header Content-Type: {} or {}",
                                       http::kJson, kProtobuf)};
}

Problem KeyProblem(std::string detail) {
  return {.status = 400,
          .name = "idempotency-key-malformed",
          .title = "The header Idempotency-Key makes no sense",
          .detail = std::move(detail),
          .field = std::string(kIdempotencyKey)};
}

/// Gives the message the id of the header, if there is one.
MaybeProblem TakeKey(const Request& request, std::string_view field,
                     std::string& id) {
  const auto header = request.Header(kIdempotencyKey);
  if (!header.has_value()) return std::nullopt;
  if (request.CountOf(kIdempotencyKey) > 1) return KeyProblem("it comes twice");
  std::string_view key = *header;
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  if (key.empty() || key.size() > kIdBytesMax) {
    return KeyProblem(fmt::format("1 to {} bytes are due", kIdBytesMax));
  }
  for (const char c : key) {
    if (c < ' ' || c > '~' || c == '"' || c == '\\') {
      return KeyProblem("printable ASCII is due, without quotes inside");
    }
  }
  if (!id.empty() && id != key) {
    return Problem{.status = 422,
                   .name = "idempotency-key-differs",
                   .title = "Header and body name two ids",
                   .detail = "leave one of them out, or let them agree",
                   .field = std::string(field)};
  }
  id = key;
  return std::nullopt;
}

}  // namespace

std::optional<Problem> ReadCommand(const Request& request,
                                   v1::Command& command) {
  if (auto problem = ReadBody(request, command)) return problem;
  if (command.has_tick()) {
    return Problem{.status = 422,
                   .name = "action-refused",
                   .title = "This is no citizen's wish",
                   .detail = "nobody but the line's owner moves its time",
                   .field = "tick"};
  }
  if (auto problem =
          TakeKey(request, "command_id", *command.mutable_command_id())) {
    return problem;
  }
  if (const auto fault = FaultInSender(command)) return ProblemOf(*fault);
  if (const auto fault = FaultInAction(command)) return ProblemOf(*fault);
  return std::nullopt;
}

std::optional<Problem> ReadOperation(const Request& request,
                                     v1::Operation& operation) {
  if (auto problem = ReadBody(request, operation)) return problem;
  if (auto problem =
          TakeKey(request, "operation_id", *operation.mutable_operation_id())) {
    return problem;
  }
  if (const auto fault = FaultIn(operation)) return ProblemOf(*fault);
  return std::nullopt;
}

}  // namespace slotlog
