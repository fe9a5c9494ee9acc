#include <utility>

#include "services/shard/row_bytes.h"
#include "services/shard/row_codec.h"
#include "services/shard/rows.pb.h"

namespace slotlog {

void EncodeRow(const Waitlist& list, std::string& bytes) {
  rows::WaitlistRow row;
  for (const WaitQueue& from : list.queues) {
    rows::WaitQueueRow& queue = *row.add_queues();
    queue.set_order(from.order);
    queue.set_campaign_id(from.campaign_id);
    queue.set_number(from.number);
    queue.set_first(from.first);
    queue.set_end(from.end);
  }
  row.set_last_number(list.last_number);
  AppendRow(row, bytes);
}

void EncodeRow(const WaiterChunk& chunk, std::string& bytes) {
  rows::WaiterChunkRow row;
  for (const Waiter& from : chunk.waiters) {
    rows::WaiterRow& waiter = *row.add_waiters();
    waiter.set_citizen_id(from.citizen_id);
    waiter.set_turn(from.turn.value);
    waiter.set_from_unix_ms(absl::ToUnixMillis(from.from));
    if (from.to != absl::InfiniteFuture()) {
      waiter.set_to_unix_ms(absl::ToUnixMillis(from.to));
    }
  }
  AppendRow(row, bytes);
}

template <>
absl::StatusOr<Waitlist> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::WaitlistRow>(bytes);
  if (!row.ok()) return row.status();
  Waitlist list{.queues = {}, .last_number = row->last_number()};
  for (const rows::WaitQueueRow& queue : row->queues()) {
    list.queues.push_back({.order = queue.order(),
                           .campaign_id = queue.campaign_id(),
                           .number = queue.number(),
                           .first = queue.first(),
                           .end = queue.end()});
  }
  return list;
}

template <>
absl::StatusOr<WaiterChunk> DecodeRow(std::string_view bytes) {
  auto row = Parse<rows::WaiterChunkRow>(bytes);
  if (!row.ok()) return row.status();
  WaiterChunk chunk;
  for (const rows::WaiterRow& waiter : row->waiters()) {
    chunk.waiters.push_back(
        {.citizen_id = waiter.citizen_id(),
         .turn = Turn{waiter.turn()},
         .from = absl::FromUnixMillis(waiter.from_unix_ms()),
         .to = waiter.to_unix_ms() == 0
                   ? absl::InfiniteFuture()
                   : absl::FromUnixMillis(waiter.to_unix_ms())});
  }
  return chunk;
}

}  // namespace slotlog
