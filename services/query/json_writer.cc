#include "services/query/json_writer.h"

namespace slotlog {

JsonWriter& JsonWriter::Value(std::string_view text) {
  Separate();
  text_.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      text_.push_back('\\');
      text_.push_back(c);
    } else if (static_cast<unsigned char>(c) < ' ') {
      fmt::format_to(std::back_inserter(text_), FMT_STRING("\\u{:04x}"),
                     static_cast<unsigned>(c));
    } else {
      text_.push_back(c);
    }
  }
  text_.push_back('"');
  needs_comma_ = true;
  return *this;
}

/// By hand: absl::FormatTime costs more than all else of an answer.
JsonWriter& JsonWriter::Value(absl::Time time) {
  const absl::CivilSecond second =
      absl::ToCivilSecond(time, absl::UTCTimeZone());
  const int64_t unix_ms = absl::ToUnixMillis(time);
  Separate();
  fmt::format_to(std::back_inserter(text_),
                 FMT_STRING("\"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z\""),
                 second.year(), second.month(), second.day(), second.hour(),
                 second.minute(), second.second(),
                 ((unix_ms % 1000) + 1000) % 1000);
  needs_comma_ = true;
  return *this;
}

}  // namespace slotlog
