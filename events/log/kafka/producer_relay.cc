#include "events/log/kafka/producer_relay.h"

#include <fmt/format.h>

#include <array>
#include <functional>
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

/// Does it for every producer at once; the first that failed says why.
absl::Status SideBySide(const std::function<absl::Status(size_t)>& work) {
  std::array<absl::Status, kProducers> statuses;
  std::vector<std::thread> threads;
  for (size_t number = 0; number < kProducers; ++number) {
    threads.emplace_back([&, number] { statuses[number] = work(number); });
  }
  for (std::thread& thread : threads) thread.join();
  absl::Status all;
  for (const absl::Status& status : statuses) all.Update(status);
  return all;
}

}  // namespace

ProducerRelay::ProducerRelay(const KafkaLogOptions& options,
                             std::string_view transactional_id) {
  for (size_t number = 0; number < kProducers; ++number) {
    producers_.push_back(std::make_unique<KafkaProducer>(
        options, IdOf(transactional_id, number)));
  }
}

absl::Status ProducerRelay::Connect() {
  return SideBySide(
      [&](size_t number) { return producers_[number]->Connect(); });
}

absl::Status ProducerRelay::Open(const std::stop_token& stop) {
  // Each may have to wait for a dead owner's transaction to end.
  return SideBySide(
      [&](size_t number) { return producers_[number]->Open(stop); });
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
