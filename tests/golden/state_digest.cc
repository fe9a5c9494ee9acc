#include "tests/golden/state_digest.h"

#include <absl/strings/escaping.h>

#include <map>
#include <string_view>

#include "events/digest.h"
#include "services/shard/row_codec.h"

namespace slotlog::golden {
namespace {

template <typename Row>
void AddRows(const MemoryTable<Row>& table,
             std::map<std::string, std::string>& rows) {
  for (const auto& [key, row] : table.rows())
    EncodeRow(row, rows[std::string(key)]);
}

/// Lengths come first, so that no two texts run into each other.
void AddTo(std::string& bytes, std::string_view text) {
  bytes += std::to_string(text.size()) + ":";
  bytes += text;
}

}  // namespace

StateDigest DigestOf(const MemoryState& state) {
  // A key's first letter tells the tables apart.
  std::map<std::string, std::string> rows;
  VisitTables(state, [&](const auto& table) { AddRows(table, rows); });
  std::string bytes;
  for (const auto& [key, row] : rows) {
    AddTo(bytes, key);
    AddTo(bytes, row);
  }
  AddTo(bytes, EncodePosition({.log_id = "", .head = state.head()}));
  const BatchDigest digest = DigestOfBatch(bytes);
  return {rows.size(), std::string(absl::BytesToHexString(
                           absl::string_view(digest.data(), digest.size())))};
}

}  // namespace slotlog::golden
