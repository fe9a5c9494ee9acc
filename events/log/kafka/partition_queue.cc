#include "events/log/kafka/partition_queue.h"

#include <utility>

namespace slotlog::kafka {
namespace {

/// What goes with one request, as much as librdkafka's own batch.size: so much
/// of each partition is all that librdkafka's queue ever holds.
constexpr size_t kRequestBytesMax = 1'000'000;
constexpr size_t kRequestRecordsMax = 10'000;

void Fail(PendingRecord& record, rd_kafka_resp_err_t error) {
  AppendCall& call = *record.call;
  call.Fail(error);
  call.Settle();
}

}  // namespace

void AppendCall::Fail(rd_kafka_resp_err_t error) {
  int none = RD_KAFKA_RESP_ERR_NO_ERROR;
  error_.compare_exchange_strong(none, error);
}

void AppendCall::Settle() {
  if (left_.fetch_sub(1) != 1) return;
  const absl::MutexLock lock(&mutex_);
  is_settled_ = true;
}

rd_kafka_resp_err_t AppendCall::Await() {
  const absl::MutexLock lock(&mutex_, absl::Condition(&is_settled_));
  return static_cast<rd_kafka_resp_err_t>(error_.load());
}

void PartitionQueue::Add(PendingRecord& record) {
  const absl::MutexLock lock(&mutex_);
  waiting_.push_back(&record);
}

void PartitionQueue::Send() {
  const absl::MutexLock lock(&mutex_);
  if (on_their_way_ == 0) SendWaiting();
}

void PartitionQueue::OnDelivery(rd_kafka_t*, const rd_kafka_message_t* message,
                                void*) {
  auto& record = *static_cast<PendingRecord*>(message->_private);
  record.queue->Deliver(*message, record);
}

void PartitionQueue::Deliver(const rd_kafka_message_t& message,
                             PendingRecord& record) {
  rd_kafka_resp_err_t error = message.err;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR && !IsPlaced(message)) {
    error = RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER;
  }
  const bool is_written = error == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (is_written) record.offset = Offset{message.offset};
  {
    const absl::MutexLock lock(&mutex_);
    has_begun_ = has_begun_ || is_written;
    --on_their_way_;
    if (error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) FailWaiting(error);
    if (on_their_way_ == 0) SendWaiting();
  }
  if (!is_written) return Fail(record, error);
  record.call->Settle();
}

void PartitionQueue::SendWaiting() {
  const size_t records_max = has_begun_ ? kRequestRecordsMax : 1;
  size_t bytes = 0;
  while (!waiting_.empty() && bytes < kRequestBytesMax &&
         on_their_way_ < records_max) {
    PendingRecord& next = *waiting_.front();
    waiting_.pop_front();
    bytes += next.record->key.size() + next.record->value.size();
    const rd_kafka_resp_err_t error = Produce(topics_, *next.record, &next);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++on_their_way_;
    } else {
      Fail(next, error);
    }
  }
}

void PartitionQueue::FailWaiting(rd_kafka_resp_err_t error) {
  for (PendingRecord* record : std::exchange(waiting_, {})) {
    Fail(*record, error);
  }
}

}  // namespace slotlog::kafka
