#include "projections/json_writer.h"

namespace slotlog {
namespace {

bool IsPlain(char c) {
  return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' ';
}

/// The last digits of a number, with zeros before it.
void AppendDigits(int64_t number, int digits, std::string& text) {
  text.append(static_cast<size_t>(digits), '0');
  for (size_t at = text.size(); digits > 0; --digits, number /= 10) {
    text[--at] = static_cast<char>('0' + number % 10);
  }
}

}  // namespace

JsonWriter& JsonWriter::Value(std::string_view text) {
  Separate();
  text_.push_back('"');
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    text_.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"' || c == '\\') {
      text_.push_back('\\');
      text_.push_back(c);
    } else {
      fmt::format_to(std::back_inserter(text_), FMT_STRING("\\u{:04x}"),
                     static_cast<unsigned>(c));
    }
  }
  text_.push_back('"');
  needs_comma_ = true;
  return *this;
}

/// By hand: format strings for times led the profile of an answer.
JsonWriter& JsonWriter::Value(absl::Time time) {
  const absl::CivilSecond second =
      absl::ToCivilSecond(time, absl::UTCTimeZone());
  const int64_t unix_ms = absl::ToUnixMillis(time);
  Separate();
  text_.push_back('"');
  AppendDigits(second.year(), 4, text_);
  text_.push_back('-');
  AppendDigits(second.month(), 2, text_);
  text_.push_back('-');
  AppendDigits(second.day(), 2, text_);
  text_.push_back('T');
  AppendDigits(second.hour(), 2, text_);
  text_.push_back(':');
  AppendDigits(second.minute(), 2, text_);
  text_.push_back(':');
  AppendDigits(second.second(), 2, text_);
  text_.push_back('.');
  AppendDigits(((unix_ms % 1000) + 1000) % 1000, 3, text_);
  text_.append("Z\"");
  needs_comma_ = true;
  return *this;
}

}  // namespace slotlog
