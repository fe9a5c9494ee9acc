// Records of many calls on their way to one partition: a request at a time, and
// what comes meanwhile goes with the next one.
//
// So librdkafka never holds more than it may send. While it does, its thread
// for that broker asks for work without a pause until the answer is there
// (librdkafka 2.0.2, rd_kafka_toppar_producer_serve: a record that has waited
// for linger.ms wakes it at once, also where no more requests may be on their
// way): a core for each broker.
//
// The first record goes alone. From a producer that it does not know a broker
// takes any sequence number (Kafka's ProducerAppendInfo.checkSequence): if it
// refused the first of two requests, as not being the leader yet, and took the
// second, the first would be lost, and librdkafka would call it written.
//
// Threads: any. A call and its records outlive their way.

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstddef>
#include <deque>

#include "events/ids.h"
#include "events/log/kafka/topic_handles.h"
#include "events/log/log.h"

namespace slotlog::kafka {

/// One call of Append: what is still on its way, and the first thing that went
/// wrong.
class AppendCall {
 public:
  explicit AppendCall(size_t records) : left_(records) {}

  void Fail(rd_kafka_resp_err_t error);
  /// A record is not on its way any more. The last to say so must not touch the
  /// call afterwards.
  void Settle();
  rd_kafka_resp_err_t Await();

 private:
  std::atomic<size_t> left_;
  std::atomic<int> error_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  absl::Mutex mutex_;
  bool is_settled_ ABSL_GUARDED_BY(mutex_) = false;
};

class PartitionQueue;

/// A record on its way: its delivery report finds it by its address.
struct PendingRecord {
  AppendCall* call;
  const NewRecord* record;
  PartitionQueue* queue;
  /// Once it is written.
  Offset offset = {};
};

class PartitionQueue {
 public:
  /// The handles outlive it.
  explicit PartitionQueue(const TopicHandles& topics) : topics_(topics) {}

  void Add(PendingRecord& record);
  /// Sends what waits, unless something is on its way: then that does.
  void Send();

  /// What librdkafka calls for each record. After one that was not taken in
  /// time those that wait behind it fail, too: they have waited as long.
  static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message,
                         void* opaque);

 private:
  void Deliver(const rd_kafka_message_t& message, PendingRecord& record);
  void SendWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FailWaiting(rd_kafka_resp_err_t error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const TopicHandles& topics_;
  absl::Mutex mutex_;
  std::deque<PendingRecord*> waiting_ ABSL_GUARDED_BY(mutex_);
  size_t on_their_way_ ABSL_GUARDED_BY(mutex_) = 0;
  /// The partition has acknowledged a record of this producer.
  bool has_begun_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace slotlog::kafka
