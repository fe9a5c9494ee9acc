#include "events/log/kafka/kafka_options.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

namespace slotlog {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

}  // namespace

absl::StatusOr<ClientProperties> ReadClientProperties(
    const std::filesystem::path& file) {
  std::ifstream lines(file);
  if (!lines) {
    return absl::NotFoundError(
        fmt::format("cannot read the Kafka client's file {}", file.string()));
  }
  ClientProperties properties;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::string_view text = Trimmed(line);
    if (text.empty() || text.starts_with('#')) continue;
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
      return absl::InvalidArgumentError(
          fmt::format("{}:{}: this is no `name=value`", file.string(), number));
    }
    properties[std::string(Trimmed(text.substr(0, equals)))] =
        std::string(Trimmed(text.substr(equals + 1)));
  }
  return properties;
}

}  // namespace slotlog
