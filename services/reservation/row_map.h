// The hash map under every table: keys are RowKey bytes, looked up without
// allocating. Rows stand in nodes of their own, because they are large and a
// growing table would move them all.

#pragma once

#include <absl/container/node_hash_map.h>

#include <functional>
#include <string>
#include <string_view>

#include "events/digest.h"

namespace slotlog {

struct RowKeyHash {
  using is_transparent = void;
  size_t operator()(std::string_view key) const { return Digest64(key); }
};

template <typename Entry>
using RowMap =
    absl::node_hash_map<std::string, Entry, RowKeyHash, std::equal_to<>>;

}  // namespace slotlog
