#include "tools/rush/http/http_rush.h"

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "slotlog/v1/confirmations.pb.h"
#include "tools/rush/command_encoder.h"
#include "tools/rush/places.h"
#include "tools/rush/population.h"

namespace slotlog {
namespace {

constexpr int kTooMany = 429;
constexpr int kUnavailable = 503;
/// One of so many sends a command again for no reason.
constexpr uint32_t kRepeatsOneOf = 4;
/// Somebody who waits looks so long at a page before reloading it.
constexpr absl::Duration kLook = absl::Milliseconds(50);
constexpr absl::Duration kRetryWhenBroken = absl::Milliseconds(200);
/// An operation is waited for so long.
constexpr std::string_view kPreferDecided = "wait=30";
constexpr std::string_view kOperations = "/v1/operations";
constexpr std::string_view kCommands = "/v1/commands";

/// What all clients share: the people, and what was counted.
class Rush {
 public:
  Rush(const Scenario& scenario, const HttpRushOptions& options)
      : options(options),
        places(scenario, options.year),
        population_(scenario, places, options.seed),
        encoder_(scenario, population_, places, ShardCount{1}),
        started_at_(options.clock()) {}

  struct Task {
    Wish wish;
    std::string command_id;
    std::string bytes;
    SlotNumber slot;
  };

  /// Waits until somebody wishes something; none: it is over.
  std::optional<Task> Next() {
    const absl::MutexLock lock(&mutex_);
    while (true) {
      if (!status_.ok() || options.stop()) return std::nullopt;
      if (const auto wish = population_.Next(Now())) {
        ++under_way_;
        return TaskOf(*wish);
      }
      if (under_way_ == 0) return std::nullopt;
      changed_.WaitWithTimeout(&mutex_, absl::Milliseconds(100));
    }
  }

  void Answered(const Task& task, v1::Outcome outcome, v1::Refusal refusal) {
    const absl::MutexLock lock(&mutex_);
    --under_way_;
    const auto asked_at = population_.Answered(
        task.wish.person, task.wish.number, outcome, refusal);
    if (asked_at.has_value()) {
      figures_.to_answer.AddMilliseconds(
          static_cast<double>(Now().value - asked_at->value) / 10);
      if (refusal == v1::REFUSAL_UNSPECIFIED) {
        ++figures_.successes;
      } else {
        ++figures_.refusals[NameOf(refusal)];
      }
    }
    changed_.SignalAll();
  }

  /// Ends it for everybody.
  void Fail(absl::Status status) {
    const absl::MutexLock lock(&mutex_);
    status_.Update(std::move(status));
    changed_.SignalAll();
  }
  bool IsOver() const {
    const absl::MutexLock lock(&mutex_);
    return !status_.ok() || options.stop();
  }

  void CountHit(int status, absl::Duration took, bool is_command) {
    const absl::MutexLock lock(&mutex_);
    ++figures_.hits;
    ++figures_.statuses[status];
    auto& latency = is_command ? figures_.to_ticket : figures_.to_page;
    latency.AddMilliseconds(absl::ToDoubleMilliseconds(took));
  }
  void CountRetry() {
    const absl::MutexLock lock(&mutex_);
    ++figures_.retries;
  }
  void CountCommand(bool is_repetition) {
    const absl::MutexLock lock(&mutex_);
    ++(is_repetition ? figures_.repetitions : figures_.commands);
  }
  /// Have fewer hits been made than there are due for the successes so far?
  bool WantsHits() const {
    const absl::MutexLock lock(&mutex_);
    return figures_.hits < figures_.successes * options.hits_per_success;
  }

  absl::StatusOr<HttpRushFigures> End() {
    const absl::MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    figures_.elapsed = options.clock() - started_at_;
    return figures_;
  }

  const HttpRushOptions& options;
  const Places places;

 private:
  Tick Now() const {
    return Tick{static_cast<uint32_t>(1 + (options.clock() - started_at_) /
                                              absl::Microseconds(100))};
  }

  Task TaskOf(const Wish& wish) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    CommandBatch batch(1);
    encoder_.Add(wish, batch);
    return {.wish = wish,
            .command_id =
                std::string(CommandNameOf(wish.person, wish.number).value()),
            .bytes = std::string(batch.records()[0].value),
            .slot = population_.SlotOf(wish.person)};
  }

  mutable absl::Mutex mutex_;
  absl::CondVar changed_;
  Population population_ ABSL_GUARDED_BY(mutex_);
  CommandEncoder encoder_ ABSL_GUARDED_BY(mutex_);
  const absl::Time started_at_;
  uint64_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  HttpRushFigures figures_ ABSL_GUARDED_BY(mutex_);
};

/// Somebody with a browser: one person after the other.
class Browser {
 public:
  Browser(Rush& rush, uint32_t number)
      : rush_(rush),
        http_(rush.options.address, rush.options.token),
        dice_(number) {}

  void Run() {
    while (const auto task = rush_.Next()) {
      if (auto status = Serve(*task); !status.ok()) {
        return rush_.Fail(std::move(status));
      }
    }
    while (!rush_.IsOver() && rush_.WantsHits()) {
      if (auto status = Reload(SlotNumber{0}, ""); !status.ok()) {
        return rush_.Fail(std::move(status));
      }
    }
  }

  /// All in order, each until it is decided.
  absl::Status SetUp() {
    const uint32_t count = rush_.places.OperationCount();
    for (uint32_t number = 0; number < count; ++number) {
      const auto keyed = rush_.places.OperationAt(number);
      const std::string& id = keyed.operation.operation_id();
      const auto response = Persist(/*is_command=*/true, [&] {
        return http_.PostProtobuf(kOperations, id, Encode(keyed.operation),
                                  kPreferDecided);
      });
      if (!response.ok()) return response.status();
      const auto json = ParsedBody(*response);
      if (!json.ok()) return json.status();
      const bool is_done = json->contains("answer") &&
                           (*json)["answer"].value("outcome", "") == "DONE";
      if (!is_done) return Refused(*response);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Refused(const HttpResponse& response) const {
    return absl::InvalidArgumentError(
        fmt::format("the server says {}: {}", response.status, response.body));
  }

  absl::Status Serve(const Rush::Task& task) {
    if (auto status = Reload(task.slot, ""); !status.ok()) return status;
    rush_.CountCommand(/*is_repetition=*/false);
    auto said = SendCommand(task);
    if (!said.ok()) return said.status();
    const std::string ticket = said->value("ticket", "");
    if (Roll(kRepeatsOneOf)) {
      http_.Disconnect();
      rush_.CountCommand(/*is_repetition=*/true);
      said = SendCommand(task);
      if (!said.ok()) return said.status();
      if (said->value("ticket", "") != ticket) {
        return absl::DataLossError(
            fmt::format("{} had ticket {} and has {} now", task.command_id,
                        ticket, said->value("ticket", "")));
      }
    }
    while (!said->contains("answer")) {
      if (rush_.IsOver()) return absl::OkStatus();
      if (auto status =
              Wait(task, ticket, said->value("poll_after_seconds", 1));
          !status.ok()) {
        return status;
      }
      said = Look("/v1/tickets/" + ticket);
      if (!said.ok()) return said.status();
    }
    return Tell(task, (*said)["answer"]);
  }

  /// Until it makes sense to ask again; meanwhile pages are reloaded.
  absl::Status Wait(const Rush::Task& task, const std::string& ticket,
                    int seconds) {
    const absl::Time until = rush_.options.clock() + absl::Seconds(seconds);
    while (rush_.options.clock() < until && !rush_.IsOver()) {
      if (rush_.WantsHits()) {
        auto status = Reload(task.slot, ticket);
        if (!status.ok()) return status;
      }
      absl::SleepFor(kLook);
    }
    return absl::OkStatus();
  }

  absl::Status Tell(const Rush::Task& task, const nlohmann::json& answer) {
    v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
    v1::Refusal refusal = v1::REFUSAL_UNSPECIFIED;
    const bool is_known =
        v1::Outcome_Parse("OUTCOME_" + answer.value("outcome", ""), &outcome) &&
        (!answer.contains("refusal") ||
         v1::Refusal_Parse("REFUSAL_" + answer.value("refusal", ""), &refusal));
    if (!is_known) {
      return absl::DataLossError(fmt::format("{} is no answer", answer.dump()));
    }
    rush_.Answered(task, outcome, refusal);
    return absl::OkStatus();
  }

  /// A page of those that people look at.
  absl::Status Reload(SlotNumber slot, const std::string& ticket) {
    if (!ticket.empty() && Roll(2))
      return Look("/v1/tickets/" + ticket).status();
    const std::string_view site = rush_.places.SiteOf(slot).value;
    return Look(Roll(2) ? fmt::format("/v1/sites/{}/slots", site)
                        : "/v1/availability")
        .status();
  }

  absl::StatusOr<nlohmann::json> SendCommand(const Rush::Task& task) {
    auto response = Persist(/*is_command=*/true, [&] {
      return http_.PostProtobuf(kCommands, task.command_id, task.bytes);
    });
    if (!response.ok()) return response.status();
    if (response->status >= 300) return Refused(*response);
    return ParsedBody(*response);
  }

  absl::StatusOr<nlohmann::json> ParsedBody(
      const HttpResponse& response) const {
    auto json = nlohmann::json::parse(response.body, nullptr, false);
    if (json.is_object()) return json;
    return absl::DataLossError("an answer is no JSON");
  }

  absl::StatusOr<nlohmann::json> Look(const std::string& path) {
    const auto response =
        Persist(/*is_command=*/false, [&] { return http_.Get(path); });
    if (!response.ok()) return response.status();
    if (response->status >= 300) return Refused(*response);
    return ParsedBody(*response);
  }

  /// Again and again, until there is an answer that means something.
  template <typename Ask>
  absl::StatusOr<HttpResponse> Persist(bool is_command, const Ask& ask) {
    absl::Status last;
    for (uint32_t i = 0; i <= rush_.options.retries_max; ++i) {
      if (i > 0) rush_.CountRetry();
      const absl::Time asked_at = rush_.options.clock();
      auto response = ask();
      if (!response.ok()) {
        last = response.status();
        absl::SleepFor(kRetryWhenBroken);
        continue;
      }
      rush_.CountHit(response->status, rush_.options.clock() - asked_at,
                     is_command);
      if (response->status != kTooMany && response->status != kUnavailable) {
        return response;
      }
      last = absl::UnavailableError(response->body);
      absl::SleepFor(absl::Seconds(std::max(response->retry_after_seconds, 1)));
    }
    return last;
  }

  /// One of so many times.
  bool Roll(uint32_t sides) {
    dice_ = dice_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (dice_ >> 33) % sides == 0;
  }

  Rush& rush_;
  HttpClient http_;
  uint64_t dice_;
};

}  // namespace

absl::StatusOr<HttpRushFigures> RunHttpRush(const Scenario& scenario,
                                            const HttpRushOptions& options) {
  if (scenario.rotation_day_seconds != 0) {
    return absl::InvalidArgumentError(
        "a rotation takes days, and is rehearsed without HTTP");
  }
  Rush rush(scenario, options);
  if (auto status = Browser(rush, 0).SetUp(); !status.ok()) return status;
  std::vector<std::thread> clients;
  for (uint32_t number = 1; number <= options.clients; ++number) {
    clients.emplace_back([&rush, number] { Browser(rush, number).Run(); });
  }
  for (std::thread& client : clients) client.join();
  return rush.End();
}

std::string SummaryOf(const HttpRushFigures& figures) {
  const auto ms = [](const LatencyHistogram& latency, double share) {
    return absl::ToDoubleMilliseconds(latency.Quantile(share));
  };
  const double seconds = absl::ToDoubleSeconds(figures.elapsed);
  std::string text = fmt::format(
      "{} commands in {:.1f} s ({:.0f}/s), {} successes\n"
      "{} hits ({:.0f}/s): {:.1f} for each success\n"
      "{} sent again with the same key, all with the same ticket; {} retries\n"
      "to the ticket   p50 {:.1f} ms  p99 {:.1f} ms\n"
      "to a page       p50 {:.1f} ms  p99 {:.1f} ms\n"
      "to the answer   p50 {:.0f} ms  p99 {:.0f} ms\n",
      figures.commands, seconds,
      static_cast<double>(figures.commands) / seconds, figures.successes,
      figures.hits, static_cast<double>(figures.hits) / seconds,
      static_cast<double>(figures.hits) /
          static_cast<double>(std::max<uint64_t>(figures.successes, 1)),
      figures.repetitions, figures.retries, ms(figures.to_ticket, 0.5),
      ms(figures.to_ticket, 0.99), ms(figures.to_page, 0.5),
      ms(figures.to_page, 0.99), ms(figures.to_answer, 0.5),
      ms(figures.to_answer, 0.99));
  for (const auto& [name, count] : figures.refusals) {
    text += fmt::format("refused {} {}\n", name, count);
  }
  return text;
}

}  // namespace slotlog
