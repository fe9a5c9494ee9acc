#include "tests/golden/golden_history.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "events/codec.h"
#include "events/digest.h"
#include "services/reservation/fold.h"
#include "services/reservation/memory_state.h"
#include "slotlog/v1/events.pb.h"
#include "tests/golden/state_digest.h"

namespace slotlog::golden {
namespace {

constexpr size_t kNumberBytes = 4;

void AddNumber(uint64_t number, std::string& bytes) {
  for (size_t i = 0; i < kNumberBytes; ++i) {
    bytes += static_cast<char>(number >> (8 * i));
  }
}

/// REQUIRES: there are as many bytes.
uint32_t TakeNumber(std::string_view& bytes) {
  uint32_t number = 0;
  for (size_t i = 0; i < kNumberBytes; ++i) {
    number |= uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  bytes.remove_prefix(kNumberBytes);
  return number;
}

struct Folded {
  std::unique_ptr<MemoryState> state;
  uint64_t batches = 0;
  uint64_t events = 0;
  /// Of the states after each batch, chained: what one batch changes and
  /// another changes back shows, too.
  std::string way;
};

absl::Status FoldInto(const GoldenRecord& record, Folded& folded) {
  v1::EventBatch batch;
  if (Decode(record.bytes, kRecordBytesMax, batch) !=
      v1::UNDECODABLE_UNSPECIFIED) {
    return absl::DataLossError(
        fmt::format("shard {} batch {} cannot be decoded", record.shard.value,
                    folded.batches + 1));
  }
  if (folded.state == nullptr) {
    folded.state = std::make_unique<MemoryState>(
        Head::Of(record.shard, ShardCount{batch.shards()}));
  }
  if (auto status = CheckContinues(folded.state->head(), batch); !status.ok()) {
    return status;
  }
  Fold(batch, DigestOfBatch(record.bytes), *folded.state);
  ++folded.batches;
  folded.events += static_cast<uint64_t>(batch.events_size());
  folded.way = fmt::format(
      "{:016x}", Digest64(folded.way + DigestOf(*folded.state).digest));
  return absl::OkStatus();
}

}  // namespace

std::string Encode(const GoldenHistory& history) {
  std::string bytes;
  for (const GoldenRecord& record : history) {
    AddNumber(record.shard.value, bytes);
    AddNumber(record.bytes.size(), bytes);
    bytes += record.bytes;
  }
  return bytes;
}

absl::StatusOr<GoldenHistory> DecodeHistory(std::string_view bytes) {
  GoldenHistory history;
  while (!bytes.empty()) {
    if (bytes.size() < 2 * kNumberBytes) {
      return absl::DataLossError("it ends within a record's shard and size");
    }
    const Shard shard{TakeNumber(bytes)};
    const uint32_t size = TakeNumber(bytes);
    if (bytes.size() < size) {
      return absl::DataLossError("it ends within a record");
    }
    history.push_back({shard, std::string(bytes.substr(0, size))});
    bytes.remove_prefix(size);
  }
  return history;
}

absl::StatusOr<std::string> DigestsOf(const GoldenHistory& history) {
  std::map<Shard, Folded> shards;
  for (const GoldenRecord& record : history) {
    if (auto status = FoldInto(record, shards[record.shard]); !status.ok()) {
      return status;
    }
  }
  std::string text;
  for (const auto& [shard, folded] : shards) {
    const StateDigest digest = DigestOf(*folded.state);
    text += fmt::format(
        "shard {} batches {} events {} rows {} digest {} way {}\n", shard.value,
        folded.batches, folded.events, digest.rows, digest.digest, folded.way);
  }
  return text;
}

absl::Status Check(std::string_view name, const GoldenHistory& history,
                   std::string_view digests) {
  const auto folded = DigestsOf(history);
  if (folded.ok() && *folded == digests) return absl::OkStatus();
  return absl::DataLossError(fmt::format(
      "{}: this history was recorded once and must stay readable as it was.\n"
      "recorded:\n{}folded now:\n{}\n"
      "The meaning of an event that stands in somebody's log may not change:\n"
      "add a new event, or a new field whose absence means what was so "
      "before,\n"
      "and leave the old one as it is. tests/golden/README.md says more.\n"
      "(Before the first release: tools/record anew.)",
      name, digests,
      folded.ok() ? *folded : std::string(folded.status().message())));
}

std::set<std::string> KindsIn(const GoldenHistory& history) {
  std::set<std::string> kinds;
  for (const GoldenRecord& record : history) {
    v1::EventBatch batch;
    if (Decode(record.bytes, kRecordBytesMax, batch) !=
        v1::UNDECODABLE_UNSPECIFIED) {
      continue;
    }
    for (const v1::Event& event : batch.events()) {
      const auto* body = v1::Event::descriptor()->FindOneofByName("body");
      const auto* field =
          v1::Event::GetReflection()->GetOneofFieldDescriptor(event, body);
      if (field != nullptr) kinds.insert(field->name());
    }
  }
  return kinds;
}

}  // namespace slotlog::golden
