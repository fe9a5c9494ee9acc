#include "services/http/prefer.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <algorithm>

namespace slotlog::http {
namespace {

/// Debian's Abseil has a string_view of its own.
absl::string_view Abseil(std::string_view text) {
  return {text.data(), text.size()};
}

/// What stands before the parameters.
absl::string_view WithoutParameters(absl::string_view text) {
  return absl::StripAsciiWhitespace(text.substr(0, text.find(';')));
}

}  // namespace

std::optional<absl::Duration> PreferredWait(const Request& request,
                                            absl::Duration wait_max) {
  const auto header = request.Header("Prefer");
  if (!header.has_value()) return std::nullopt;
  for (absl::string_view preference : absl::StrSplit(Abseil(*header), ',')) {
    const std::pair<absl::string_view, absl::string_view> named =
        absl::StrSplit(WithoutParameters(preference), absl::MaxSplits('=', 1));
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(named.first),
                                "wait")) {
      continue;
    }
    uint32_t seconds = 0;
    if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(named.second), &seconds)) {
      return std::nullopt;
    }
    return std::min(absl::Seconds(seconds), wait_max);
  }
  return std::nullopt;
}

bool AsksFor(const Request& request, std::string_view content_type) {
  const auto header = request.Header("Accept");
  if (!header.has_value()) return false;
  for (absl::string_view type : absl::StrSplit(Abseil(*header), ',')) {
    if (absl::EqualsIgnoreCase(WithoutParameters(type), Abseil(content_type))) {
      return true;
    }
  }
  return false;
}

bool HasContentType(const Request& request, std::string_view content_type) {
  const auto header = request.Header("Content-Type");
  return header.has_value() &&
         absl::EqualsIgnoreCase(WithoutParameters(Abseil(*header)),
                                Abseil(content_type));
}

}  // namespace slotlog::http
