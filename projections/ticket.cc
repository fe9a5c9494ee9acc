#include "projections/ticket.h"

#include <fmt/format.h>

#include <charconv>

namespace slotlog {
namespace {

/// The number that `text` begins with, written as we write numbers; it is taken
/// off. None: there is none, or it does not fit.
template <typename T>
std::optional<T> TakeNumber(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return {};
  T value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  const size_t digits = end - text.data();
  if (error != std::errc() || (text.front() == '0' && digits > 1)) return {};
  text.remove_prefix(digits);
  return value;
}

bool TakeMark(std::string_view& text, char mark) {
  if (text.empty() || text.front() != mark) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string FormatTicket(Ticket ticket) {
  return fmt::format("{}-{}", ticket.shard.value, ticket.offset.value);
}

std::optional<Ticket> ParseTicket(std::string_view text) {
  const auto shard = TakeNumber<uint32_t>(text);
  if (!shard.has_value() || !TakeMark(text, '-')) return std::nullopt;
  const auto offset = TakeNumber<int64_t>(text);
  if (!offset.has_value() || !text.empty()) return std::nullopt;
  return Ticket{Shard{*shard}, Offset{*offset}};
}

std::string FormatPosition(const std::vector<ShardPosition>& position) {
  std::string text;
  for (const ShardPosition& shard : position) {
    if (!text.empty()) text += ',';
    fmt::format_to(std::back_inserter(text), "{}:{}", shard.shard.value,
                   shard.sequence.value);
  }
  return text;
}

std::optional<std::vector<ShardPosition>> ParsePosition(std::string_view text,
                                                        size_t shards_max) {
  std::vector<ShardPosition> position;
  do {
    const auto shard = TakeNumber<uint32_t>(text);
    if (!shard.has_value() || !TakeMark(text, ':')) return std::nullopt;
    const auto sequence = TakeNumber<uint64_t>(text);
    if (!sequence.has_value() || position.size() == shards_max) {
      return std::nullopt;
    }
    position.push_back({Shard{*shard}, Sequence{*sequence}});
  } while (TakeMark(text, ','));
  if (!text.empty()) return std::nullopt;
  return position;
}

}  // namespace slotlog
