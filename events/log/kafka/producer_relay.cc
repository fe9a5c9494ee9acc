#include "events/log/kafka/producer_relay.h"

#include <fmt/format.h>

#include <string>
#include <thread>

namespace slotlog::kafka {
namespace {

/// While one's transaction is marked the other's is written, and takes longer.
constexpr size_t kProducers = 2;

/// The first has the id itself.
std::string IdOf(std::string_view transactional_id, size_t number) {
  return number == 0 ? std::string(transactional_id)
                     : fmt::format("{}.{}", transactional_id, number);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ProducerRelay>> ProducerRelay::Open(
    const KafkaLogOptions& options, std::string_view transactional_id,
    const std::stop_token& stop) {
  // Side by side: each may have to wait for a dead owner's transaction to end.
  std::vector<absl::StatusOr<std::unique_ptr<KafkaProducer>>> opened(
      kProducers);
  std::vector<std::thread> threads;
  for (size_t number = 0; number < kProducers; ++number) {
    threads.emplace_back([&, number] {
      opened[number] =
          KafkaProducer::Open(options, IdOf(transactional_id, number), stop);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Producers producers;
  for (auto& producer : opened) {
    if (!producer.ok()) return producer.status();
    producers.push_back(*std::move(producer));
  }
  return std::unique_ptr<ProducerRelay>(
      new ProducerRelay(std::move(producers)));
}

absl::StatusOr<CommitOutcome> ProducerRelay::Commit(
    absl::Span<const NewRecord> records) {
  auto outcome = producers_[turn_]->Commit(records);
  if (outcome.ok() && *outcome == CommitOutcome::kDone) {
    turn_ = (turn_ + 1) % producers_.size();
  }
  return outcome;
}

}  // namespace slotlog::kafka
