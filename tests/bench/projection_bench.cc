// How fast the read models fold, and how far they are behind while people book.
// Bookings of citizens and slots in different shards are written into a log in
// memory; stores are on disk.
//
//   bazel run //tests/bench:projection_bench
//   bazel run //tests/bench:projection_bench -- --bookings 2000000
//   bazel run //tests/bench:projection_bench -- --rate 50000 --seconds 20

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/codec.h"
#include "events/digest.h"
#include "events/log/memory/memory_log.h"
#include "projections/read_models.h"
#include "projections/stores.h"
#include "services/shard/background_thread.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{4};
constexpr int kSites = 2000;
constexpr int kSlotsOfSite = 50;
constexpr int kBookingsInBatch = 200;
constexpr size_t kStoreMemoryBytes = size_t{128} << 20;

void DieUnlessOk(const absl::Status& status) {
  if (status.ok()) return;
  std::fputs((status.ToString() + "\n").c_str(), stderr);
  std::exit(1);
}

/// Writes events as owners of all shards do.
class Owners {
 public:
  explicit Owners(Log& log) : log_(log), shards_(kShards.value) {}

  void OpenSites() {
    for (int site = 0; site < kSites; ++site) {
      v1::EventBatch batch = Begin(SiteShard(site));
      v1::DefineSite& defined =
          *batch.add_events()->mutable_site_defined()->mutable_site();
      defined.set_site_id(SiteName(site));
      defined.set_name("Public health centre");
      defined.set_region(fmt::format("region {}", site % 17));
      v1::SlotsOpened& opened = *batch.add_events()->mutable_slots_opened();
      opened.set_site_id(SiteName(site));
      for (int slot = 0; slot < kSlotsOfSite; ++slot) {
        v1::Slot& one = *opened.add_slots();
        one.set_slot_id(fmt::format("slot{}", slot));
        one.set_start_unix_ms(4'000'000'000'000 + slot * 3'600'000);
        one.set_end_unix_ms(4'000'000'003'600 + slot * 3'600'000);
        one.set_capacity(1'000'000);
        one.set_day_yyyymmdd(20960701);
      }
      End(batch);
    }
  }

  /// So many bookings: each is asked for in one batch of the citizen's shard,
  /// the seat is taken in one of the slot's, and the answer is another one of
  /// the citizen's.
  void Book(int bookings) {
    const Shard home{next_home_++ % kShards.value};
    const Shard site_shard{(home.value + 1) % kShards.value};
    v1::EventBatch asked = Begin(home);
    v1::EventBatch taken = Begin(site_shard);
    v1::EventBatch booked = Begin(home);
    v1::InputRun& run = *asked.add_inputs();
    run.set_topic(v1::TOPIC_COMMANDS);
    run.set_offset(shards_[home.value].commands);
    run.set_count(bookings);
    for (int i = 0; i < bookings; ++i) {
      AddBooking(home, site_shard, asked, taken, booked);
    }
    End(asked);
    End(taken);
    End(booked);
  }

 private:
  struct ShardState {
    uint64_t number = 0;
    uint64_t sequence = 0;
    BatchDigest digest = {};
    int64_t commands = 0;
  };

  static std::string SiteName(int site) { return fmt::format("site{}", site); }
  static Shard SiteShard(int site) {
    return Shard{static_cast<uint32_t>(site) % kShards.value};
  }

  template <typename Body>
  static void Name(Body& body, const std::string& citizen, int site, int slot) {
    body.set_citizen_id(citizen);
    body.set_campaign_id("2021-07-12");
    body.set_site_id(SiteName(site));
    body.set_slot_id(fmt::format("slot{}", slot));
    body.set_turn(1);
  }

  void AddBooking(Shard home, Shard site_shard, v1::EventBatch& asked,
                  v1::EventBatch& taken, v1::EventBatch& booked) {
    const uint64_t n = bookings_++;
    const uint64_t mixed = n * 0x9e3779b97f4a7c15;
    const std::string citizen = fmt::format("citizen-{:016x}", mixed);
    const std::string command = fmt::format("command-{:016x}", mixed);
    const int64_t offset = shards_[home.value].commands++;
    const int site = static_cast<int>((mixed >> 40) % (kSites / kShards.value) *
                                          kShards.value +
                                      site_shard.value);
    const int slot = static_cast<int>((mixed >> 20) % kSlotsOfSite);
    const int64_t now = absl::ToUnixMillis(absl::Now());

    v1::Event& first = *asked.add_events();
    first.set_cause_topic(v1::TOPIC_COMMANDS);
    first.set_cause_offset(offset);
    first.set_asked_at_unix_ms(now);
    first.set_command_digest(mixed);
    Name(*first.mutable_seat_asked(), citizen, site, slot);
    first.mutable_seat_asked()->set_command_id(command);
    first.mutable_seat_asked()->set_command_offset(offset);
    first.mutable_seat_asked()->mutable_judged()->set_campaign_version(1);

    v1::Event& second = *taken.add_events();
    second.set_cause_topic(v1::TOPIC_INTERNAL);
    second.set_asked_at_unix_ms(now);
    Name(*second.mutable_seat_taken(), citizen, site, slot);
    second.mutable_seat_taken()->set_seat(n + 1);

    v1::Event& third = *booked.add_events();
    third.set_cause_topic(v1::TOPIC_INTERNAL);
    third.set_asked_at_unix_ms(now);
    Name(*third.mutable_booked(), citizen, site, slot);
    third.mutable_booked()->set_command_id(command);
    third.mutable_booked()->set_command_offset(offset);
    third.mutable_booked()->set_seat(n + 1);
  }

  v1::EventBatch Begin(Shard shard) {
    v1::EventBatch batch;
    batch.set_shard(shard.value);
    return batch;
  }

  void End(v1::EventBatch& batch) {
    ShardState& shard = shards_[batch.shard()];
    batch.set_shards(kShards.value);
    batch.set_epoch(1);
    batch.set_number(++shard.number);
    batch.set_previous_digest(std::string(AsBytes(shard.digest)));
    batch.set_first_sequence(shard.sequence + 1);
    batch.set_now_unix_ms(absl::ToUnixMillis(absl::Now()));
    batch.set_decided_at_unix_ms(absl::ToUnixMillis(absl::Now()));
    for (v1::Event& event : *batch.mutable_events()) {
      event.set_sequence(++shard.sequence);
    }
    const std::string bytes = Encode(batch);
    shard.digest = DigestOfBatch(bytes);
    DieUnlessOk(
        log_.Append({{{{Topic::kEvents, Shard{batch.shard()}}, "", bytes}}})
            .status());
  }

  Log& log_;
  std::vector<ShardState> shards_;
  uint32_t next_home_ = 0;
  uint64_t bookings_ = 0;
};

/// A folder that goes when the bench ends.
class Folder {
 public:
  Folder() {
    std::string pattern =
        std::filesystem::temp_directory_path() / "projection_bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::perror("mkdtemp");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

ReadModelsOptions Options(BackgroundThread& writer) {
  return {.feed = {.clock = [] { return absl::Now(); },
                   .executor =
                       [&writer](std::function<void()> work) {
                         writer.Do(std::move(work));
                       }},
          .outcomes = {}};
}

void FoldAll(int bookings) {
  MemoryLog log(kShards, [] { return absl::Now(); });
  Owners owners(log);
  owners.OpenSites();
  for (int i = 0; i < bookings; i += kBookingsInBatch) {
    owners.Book(kBookingsInBatch);
  }
  const Folder folder;
  BackgroundThread writer("checkpoints");
  ReadModels models(
      log, StoresIn(folder.path(), NewRocksDbMemory(kStoreMemoryBytes)),
      Options(writer));
  DieUnlessOk(models.feed().Open());
  const absl::Time begin = absl::Now();
  DieUnlessOk(models.feed().CatchUp());
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  fmt::print(
      "{} bookings folded in {:.2f} s: {:.0f} bookings/s, {:.0f} events/s\n",
      bookings, seconds, bookings / seconds, 3 * bookings / seconds);
}

void FoldWhilePeopleBook(int rate, int seconds) {
  MemoryLog log(kShards, [] { return absl::Now(); });
  Owners owners(log);
  owners.OpenSites();
  const Folder folder;
  BackgroundThread writer("checkpoints");
  ReadModels models(
      log, StoresIn(folder.path(), NewRocksDbMemory(kStoreMemoryBytes)),
      Options(writer));
  DieUnlessOk(models.feed().Start());
  const absl::Time begin = absl::Now();
  std::vector<absl::Duration> delays;
  for (int64_t written = 0; written < int64_t{rate} * seconds;
       written += kBookingsInBatch) {
    const absl::Duration due =
        absl::Seconds(static_cast<double>(written) / rate);
    absl::SleepFor(begin + due - absl::Now());
    owners.Book(kBookingsInBatch);
    for (Shard shard{0}; shard.value < kShards.value; ++shard) {
      delays.push_back(models.feed().ProgressOf(shard).delay);
    }
  }
  const double took = absl::ToDoubleSeconds(absl::Now() - begin);
  std::sort(delays.begin(), delays.end());
  const auto at = [&](double part) {
    return absl::FormatDuration(
        delays[static_cast<size_t>(part * (delays.size() - 1))]);
  };
  fmt::print(
      "{:.0f} bookings/s: behind by {} (half the time less), {} (99 % "
      "less), {} at most\n",
      rate * seconds / took, at(0.5), at(0.99), at(1));
  models.feed().Stop();
}

}  // namespace
}  // namespace slotlog

int main(int argc, char** argv) {
  CLI::App app("How fast the read models fold");
  int bookings = 500'000;
  int rate = 0;
  int seconds = 10;
  app.add_option("--bookings", bookings, "written before and folded then");
  app.add_option("--rate", rate, "bookings a second, folded as they come");
  app.add_option("--seconds", seconds, "how long");
  CLI11_PARSE(app, argc, argv);
  if (rate > 0) {
    slotlog::FoldWhilePeopleBook(rate, seconds);
  } else {
    slotlog::FoldAll(bookings);
  }
  return 0;
}
