// `slotlog worker`, but one of its commits is its last: the process is gone
// (SIGKILL) when the log's answer comes, before anything of the batch is
// folded; or a moment before the answer, when nobody can know it.
//
//   dying_worker --commit 57 worker --kafka ... --data ...
//   dying_worker --commit 57 --after-ms 5 worker --kafka ... --data ...

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "events/log/log.h"
#include "events/log/passing_log.h"
#include "tools/worker/worker_command.h"

namespace slotlog {
namespace {

struct Death {
  /// The last commit, counted over all shards from 1.
  int commit = 1;
  /// So long after the commit was asked for, unless its answer is there before.
  std::optional<int> after_ms;
};

void Die() { ::kill(::getpid(), SIGKILL); }

class DyingProducer : public TransactionalProducer {
 public:
  DyingProducer(std::unique_ptr<TransactionalProducer> producer,
                const Death& death, std::atomic<int>& commits)
      : producer_(std::move(producer)), death_(death), commits_(commits) {}

  absl::StatusOr<CommitOutcome> Commit(
      absl::Span<const NewRecord> records) override {
    const bool is_last = ++commits_ == death_.commit;
    if (is_last && death_.after_ms.has_value()) {
      std::thread([after = absl::Milliseconds(*death_.after_ms)] {
        absl::SleepFor(after);
        Die();
      }).detach();
    }
    auto outcome = producer_->Commit(records);
    if (is_last) Die();
    return outcome;
  }

 private:
  const std::unique_ptr<TransactionalProducer> producer_;
  const Death& death_;
  std::atomic<int>& commits_;
};

class DyingLog : public PassingLog {
 public:
  DyingLog(Log& log, const Death& death) : PassingLog(log), death_(death) {}

  absl::StatusOr<std::unique_ptr<TransactionalProducer>> OpenProducer(
      std::string_view transactional_id, std::stop_token stop) override {
    auto producer = PassingLog::OpenProducer(transactional_id, std::move(stop));
    if (!producer.ok()) return producer.status();
    return std::make_unique<DyingProducer>(*std::move(producer), death_,
                                           commits_);
  }

 private:
  const Death& death_;
  std::atomic<int> commits_ = 0;
};

}  // namespace
}  // namespace slotlog

int main(int argc, char** argv) {
  int exit_code = 0;
  slotlog::Death death;
  CLI::App app("slotlog worker, until a commit of its choice");
  app.add_option("--commit", death.commit, "The last one")->required();
  app.add_option("--after-ms", death.after_ms, "Not later than so long after");
  app.require_subcommand(1);
  slotlog::AddWorkerCommand(app, exit_code, [&death](slotlog::Log& log) {
    return std::make_unique<slotlog::DyingLog>(log, death);
  });
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
