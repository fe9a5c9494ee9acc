// A recorded history and what it folds to. Two files of one name:
//
//   NAME.history   the records of `events`, all shards', as they were written:
//                  for each the shard and the size in 4 bytes, low byte first,
//                  and the record's bytes
//   NAME.digests   a line for each shard: its number, batches, events, rows and
//                  the digest of the state (state_digest.h), and one of the
//                  states on the way there
//
// Thread-safe.

#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"

namespace slotlog::golden {

struct GoldenRecord {
  Shard shard;
  std::string bytes;
};

using GoldenHistory = std::vector<GoldenRecord>;

std::string Encode(const GoldenHistory& history);
/// DATA_LOSS: these are no such bytes.
absl::StatusOr<GoldenHistory> DecodeHistory(std::string_view bytes);

/// Folds it and returns the text of NAME.digests. DATA_LOSS: a record cannot be
/// decoded, or does not continue the one before.
absl::StatusOr<std::string> DigestsOf(const GoldenHistory& history);

/// OK if it folds to these digests; otherwise what differs and what to do about
/// it, named after `name`.
absl::Status Check(std::string_view name, const GoldenHistory& history,
                   std::string_view digests);

/// The kinds of events in it: the names of the fields of Event.body.
std::set<std::string> KindsIn(const GoldenHistory& history);

}  // namespace slotlog::golden
