#include "projections/line/progress.h"

#include <algorithm>
#include <utility>

#include "events/codec.h"
#include "projections/answer.h"
#include "projections/keys.h"
#include "projections/line/rows.pb.h"

namespace slotlog {
namespace {

constexpr char kShardRow = 'p';

std::string Encoded(const LineProgress& line) {
  projected::LineProgressRow row;
  row.set_decided(line.decided.value);
  row.set_epoch(line.epoch.value);
  row.set_sequence(line.sequence.value);
  row.set_now_unix_ms(absl::ToUnixMillis(line.now));
  row.set_decided_at_unix_ms(absl::ToUnixMillis(line.decided_at));
  row.set_answered(line.answered);
  row.set_confirmed(line.confirmed);
  row.set_refused(line.refused);
  return Encode(row);
}

LineProgress ProgressFrom(const projected::LineProgressRow& row) {
  return {.decided = Offset{row.decided()},
          .epoch = Epoch{row.epoch()},
          .sequence = Sequence{row.sequence()},
          .now = absl::FromUnixMillis(row.now_unix_ms()),
          .decided_at = absl::FromUnixMillis(row.decided_at_unix_ms()),
          .answered = row.answered(),
          .confirmed = row.confirmed(),
          .refused = row.refused()};
}

void Count(const v1::Event& event, LineProgress& line) {
  const auto answer = CommandAnswerIn(event);
  if (!answer.has_value()) return;
  ++line.answered;
  if (answer->gives_seat) ++line.confirmed;
  if (answer->outcome == v1::OUTCOME_REFUSED) ++line.refused;
}

}  // namespace

Progress::Progress(std::unique_ptr<Rows> rows) : Projection(std::move(rows)) {}

absl::Status Progress::Load() {
  const absl::MutexLock lock(&mutex_);
  shards_.resize(rows().GetPosition().shards.size());
  for (Shard shard{0}; shard.value < shards_.size(); ++shard) {
    auto found = rows().Find(KeyWriter(kShardRow).Of(shard).Take());
    if (!found.ok()) return found.status();
    if (!found->has_value()) continue;
    projected::LineProgressRow row;
    if (!row.ParseFromString(**found)) {
      return absl::DataLossError("a shard's row cannot be read");
    }
    shards_[shard.value] = ProgressFrom(row);
  }
  return absl::OkStatus();
}

void Progress::Fold(const v1::EventBatch& batch) {
  const Shard shard{batch.shard()};
  LineProgress line = Of(shard);
  for (const v1::InputRun& run : batch.inputs()) {
    if (run.topic() != v1::TOPIC_COMMANDS) continue;
    line.decided = std::max(line.decided, Offset{run.offset() + run.count()});
  }
  line.epoch = Epoch{batch.epoch()};
  line.sequence = Sequence{batch.first_sequence() + batch.events_size() - 1};
  line.now = absl::FromUnixMillis(batch.now_unix_ms());
  line.decided_at = absl::FromUnixMillis(batch.decided_at_unix_ms());
  for (const v1::Event& event : batch.events()) Count(event, line);
  rows().Put(KeyWriter(kShardRow).Of(shard).Take(), Encoded(line));
  const absl::MutexLock lock(&mutex_);
  shards_[shard.value] = line;
}

LineProgress Progress::Of(Shard shard) const {
  const absl::ReaderMutexLock lock(&mutex_);
  return shards_.at(shard.value);
}

}  // namespace slotlog
