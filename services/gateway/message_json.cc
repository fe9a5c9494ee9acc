#include "services/gateway/message_json.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

namespace slotlog {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

/// What is quoted in a text for people may not be long.
constexpr size_t kQuotedBytesMax = 64;
/// Beyond this a double is not sure to be the integer that was written.
constexpr double kExactDoubleMax = 9007199254740992.0;

/// Does it nest deeper than it may? Brackets within strings do not count; what
/// is no JSON is found by whoever parses it.
bool IsTooDeep(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kJsonDepthMax) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

std::string Quoted(std::string_view text) {
  return fmt::format("'{}'", text.substr(0, kQuotedBytesMax));
}

/// An integer as JSON may have it: an int64, or above that a uint64.
struct Integer {
  bool is_negative;
  /// Two's complement if negative.
  uint64_t bits;
};

/// Builds the message while nlohmann's reader goes through the text. Every
/// method answers false where it found a fault, and the reader stops.
class MessageBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit MessageBuilder(Message& message) : root_(message) {}

  std::optional<JsonError> TakeError() { return std::move(error_); }

  bool null() override {
    return Fail(JsonFault::kWrongType, "null: leave the field out instead");
  }
  bool boolean(bool value) override;
  bool number_integer(number_integer_t value) override {
    return Put(Integer{value < 0, static_cast<uint64_t>(value)});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Put(Integer{false, value});
  }
  bool number_float(number_float_t value, const string_t&) override;
  bool string(string_t& value) override;
  bool binary(binary_t&) override {
    return Fail(JsonFault::kMalformed, "binary values");
  }
  bool start_object(size_t) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(size_t) override;
  bool end_array() override;
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override;

 private:
  /// An object that is being read.
  struct Frame {
    Message* message;
    /// Of the key that was read last.
    const FieldDescriptor* field = nullptr;
    bool in_array = false;
    int array_size = 0;
    /// By the field's index.
    uint64_t seen = 0;
  };

  bool Fail(JsonFault fault, std::string detail);
  std::string Path() const;
  /// Is there a field for this value? A fault otherwise.
  bool Expect(std::string_view what);
  bool Put(Integer value);
  bool PutEnum(const EnumValueDescriptor* value);

  template <typename T>
  bool PutInteger(Integer value,
                  void (Reflection::*set)(Message*, const FieldDescriptor*, T)
                      const,
                  void (Reflection::*add)(Message*, const FieldDescriptor*, T)
                      const);

  Message& root_;
  std::vector<Frame> frames_;
  std::optional<JsonError> error_;
};

bool MessageBuilder::Fail(JsonFault fault, std::string detail) {
  error_ = JsonError{fault, Path(), std::move(detail)};
  return false;
}

std::string MessageBuilder::Path() const {
  std::string path;
  for (const Frame& frame : frames_) {
    if (frame.field == nullptr) break;
    if (!path.empty()) path += '.';
    path += frame.field->name();
    if (frame.in_array) path += fmt::format("[{}]", frame.array_size);
  }
  return path;
}

bool MessageBuilder::Expect(std::string_view what) {
  if (frames_.empty()) {
    return Fail(JsonFault::kWrongType, fmt::format("{} is no object", what));
  }
  Frame& top = frames_.back();
  if (top.field->is_repeated() && !top.in_array) {
    return Fail(JsonFault::kWrongType,
                fmt::format("{} where a list is due", what));
  }
  return true;
}

bool MessageBuilder::key(string_t& name) {
  Frame& top = frames_.back();
  top.field = nullptr;
  const auto* field = top.message->GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) {
    return Fail(JsonFault::kFieldUnknown,
                fmt::format("there is no field {}", Quoted(name)));
  }
  top.field = field;
  const uint64_t bit = uint64_t{1} << (field->index() % 64);
  if ((top.seen & bit) != 0) {
    return Fail(JsonFault::kFieldRepeated, "it stands there twice");
  }
  top.seen |= bit;
  const auto* oneof = field->containing_oneof();
  const auto& reflection = *top.message->GetReflection();
  if (oneof != nullptr && reflection.HasOneof(*top.message, oneof)) {
    const auto* other = reflection.GetOneofFieldDescriptor(*top.message, oneof);
    return Fail(JsonFault::kSecondAction,
                fmt::format("there is {} already, and only one {} may be",
                            other->name(), oneof->name()));
  }
  return true;
}

bool MessageBuilder::start_object(size_t) {
  if (frames_.empty()) {
    frames_.push_back({&root_});
    return true;
  }
  if (!Expect("an object")) return false;
  Frame& top = frames_.back();
  if (top.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return Fail(JsonFault::kWrongType, "an object where a value is due");
  }
  const auto& reflection = *top.message->GetReflection();
  Message* message = top.in_array
                         ? reflection.AddMessage(top.message, top.field)
                         : reflection.MutableMessage(top.message, top.field);
  frames_.push_back({message});
  return true;
}

bool MessageBuilder::end_object() {
  frames_.pop_back();
  if (!frames_.empty()) ++frames_.back().array_size;
  return true;
}

bool MessageBuilder::start_array(size_t) {
  if (frames_.empty()) {
    return Fail(JsonFault::kWrongType, "a list is no object");
  }
  Frame& top = frames_.back();
  if (!top.field->is_repeated() || top.in_array) {
    return Fail(JsonFault::kWrongType, "a list where none is due");
  }
  top.in_array = true;
  top.array_size = 0;
  return true;
}

bool MessageBuilder::end_array() {
  frames_.back().in_array = false;
  return true;
}

bool MessageBuilder::string(string_t& value) {
  if (!Expect("a text")) return false;
  Frame& top = frames_.back();
  const auto& reflection = *top.message->GetReflection();
  switch (top.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (top.in_array) {
        reflection.AddString(top.message, top.field, std::move(value));
        ++top.array_size;
      } else {
        reflection.SetString(top.message, top.field, std::move(value));
      }
      return true;
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t number = 0;
      const char* end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, number);
      if (read.ec == std::errc::result_out_of_range) {
        return Fail(JsonFault::kOutOfRange, "beyond 64 bits");
      }
      if (read.ec != std::errc() || read.ptr != end) break;
      return Put(Integer{number < 0, static_cast<uint64_t>(number)});
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* named = top.field->enum_type()->FindValueByName(value);
      if (named == nullptr) {
        return Fail(JsonFault::kOutOfRange,
                    fmt::format("{} is none of its names", Quoted(value)));
      }
      return PutEnum(named);
    }
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return Fail(JsonFault::kWrongType, "a text where none is due");
}

bool MessageBuilder::boolean(bool value) {
  if (!Expect("true or false")) return false;
  Frame& top = frames_.back();
  if (top.field->cpp_type() != FieldDescriptor::CPPTYPE_BOOL || top.in_array) {
    return Fail(JsonFault::kWrongType, "true or false where neither is due");
  }
  top.message->GetReflection()->SetBool(top.message, top.field, value);
  return true;
}

/// 1.0 and 1e3 are integers to JSON.
bool MessageBuilder::number_float(number_float_t value, const string_t&) {
  if (std::trunc(value) != value) {
    return Fail(JsonFault::kWrongType, "a number that is not whole");
  }
  if (std::abs(value) > kExactDoubleMax) {
    return Fail(JsonFault::kOutOfRange, "a number with too many digits");
  }
  const auto whole = static_cast<int64_t>(value);
  return Put(Integer{whole < 0, static_cast<uint64_t>(whole)});
}

template <typename T>
bool MessageBuilder::PutInteger(
    Integer value,
    void (Reflection::*set)(Message*, const FieldDescriptor*, T) const,
    void (Reflection::*add)(Message*, const FieldDescriptor*, T) const) {
  const bool fits =
      value.is_negative
          ? static_cast<int64_t>(value.bits) >=
                static_cast<int64_t>(std::numeric_limits<T>::min())
          : value.bits <= static_cast<uint64_t>(std::numeric_limits<T>::max());
  if (!fits || (value.is_negative && !std::numeric_limits<T>::is_signed)) {
    return Fail(JsonFault::kOutOfRange,
                fmt::format("not from {} to {}", std::numeric_limits<T>::min(),
                            std::numeric_limits<T>::max()));
  }
  Frame& top = frames_.back();
  const auto& reflection = *top.message->GetReflection();
  const T number = static_cast<T>(value.bits);
  if (top.in_array) {
    (reflection.*add)(top.message, top.field, number);
    ++top.array_size;
  } else {
    (reflection.*set)(top.message, top.field, number);
  }
  return true;
}

bool MessageBuilder::Put(Integer value) {
  if (!Expect("a number")) return false;
  const Frame& top = frames_.back();
  switch (top.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return PutInteger<int32_t>(value, &Reflection::SetInt32,
                                 &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutInteger<int64_t>(value, &Reflection::SetInt64,
                                 &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutInteger<uint32_t>(value, &Reflection::SetUInt32,
                                  &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutInteger<uint64_t>(value, &Reflection::SetUInt64,
                                  &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* named =
          value.bits > static_cast<uint64_t>(std::numeric_limits<int>::max())
              ? nullptr
              : top.field->enum_type()->FindValueByNumber(
                    static_cast<int>(value.bits));
      if (named == nullptr) {
        return Fail(JsonFault::kOutOfRange, "none of its numbers");
      }
      return PutEnum(named);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return Fail(JsonFault::kWrongType, "a number where none is due");
}

bool MessageBuilder::PutEnum(const EnumValueDescriptor* value) {
  Frame& top = frames_.back();
  const auto& reflection = *top.message->GetReflection();
  if (top.in_array) {
    reflection.AddEnum(top.message, top.field, value);
    ++top.array_size;
  } else {
    reflection.SetEnum(top.message, top.field, value);
  }
  return true;
}

bool MessageBuilder::parse_error(size_t position, const std::string&,
                                 const nlohmann::detail::exception&) {
  error_ = JsonError{JsonFault::kMalformed, Path(),
                     fmt::format("no JSON at byte {}", position)};
  return false;
}

}  // namespace

std::optional<JsonError> ReadJson(std::string_view json, Message& message) {
  if (IsTooDeep(json)) {
    return JsonError{JsonFault::kTooDeep, "",
                     fmt::format("nested deeper than {}", kJsonDepthMax)};
  }
  MessageBuilder builder(message);
  if (nlohmann::json::sax_parse(json.begin(), json.end(), &builder)) {
    return std::nullopt;
  }
  auto error = builder.TakeError();
  return error.has_value() ? error
                           : JsonError{JsonFault::kMalformed, "", "no JSON"};
}

}  // namespace slotlog
