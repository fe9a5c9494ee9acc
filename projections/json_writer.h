// Writes JSON straight into a string, in the order of the calls: for answers
// that are made for each request. Texts are taken for UTF-8, as everything on
// the log is.
//
//   JsonWriter json;
//   json.Begin('{').Field("ticket", "3-7").Field("people_ahead", 12).End('}');
//   std::move(json).Text();
//
// Threads: one.

#pragma once

#include <absl/time/time.h>
#include <fmt/format.h>

#include <concepts>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace slotlog {

class JsonWriter {
 public:
  /// '{' or '['.
  JsonWriter& Begin(char bracket) {
    Separate();
    text_.push_back(bracket);
    return *this;
  }
  JsonWriter& End(char bracket) {
    text_.push_back(bracket);
    needs_comma_ = true;
    return *this;
  }

  JsonWriter& Key(std::string_view name) {
    Value(name);
    text_.push_back(':');
    needs_comma_ = false;
    return *this;
  }

  JsonWriter& Value(std::string_view text);
  JsonWriter& Value(const char* text) { return Value(std::string_view(text)); }
  JsonWriter& Value(const std::string& text) {
    return Value(std::string_view(text));
  }
  JsonWriter& Value(std::same_as<bool> auto value) {
    Separate();
    text_.append(value ? "true" : "false");
    needs_comma_ = true;
    return *this;
  }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) JsonWriter& Value(Number number) {
    Separate();
    text_.append(fmt::format_int(number).c_str());
    needs_comma_ = true;
    return *this;
  }
  /// With so many digits behind the point as matter to people.
  JsonWriter& Value(double number) {
    Separate();
    fmt::format_to(std::back_inserter(text_), FMT_STRING("{:.1f}"), number);
    needs_comma_ = true;
    return *this;
  }
  /// RFC 3339 in UTC, with milliseconds.
  JsonWriter& Value(absl::Time time);

  template <typename T>
  JsonWriter& Field(std::string_view name, const T& value) {
    return Key(name).Value(value);
  }
  /// Left out where there is nothing to say.
  JsonWriter& FieldUnlessEmpty(std::string_view name, std::string_view text) {
    return text.empty() ? *this : Field(name, text);
  }

  std::string Text() && { return std::move(text_); }

 private:
  void Separate() {
    if (needs_comma_) text_.push_back(',');
    needs_comma_ = false;
  }

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace slotlog
