#include "tools/campaign/campaign_command.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/escaping.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "events/codec.h"
#include "events/digest.h"
#include "events/log/kafka/kafka_log.h"
#include "tools/campaign/campaign_file.h"
#include "tools/campaign/local_time.h"
#include "tools/campaign/send_operation.h"
#include "tools/directory_log.h"
#include "tools/exit_codes.h"
#include "tools/input_file.h"
#include "tools/kafka_flags.h"
#include "tools/output_file.h"
#include "tools/shards_max.h"
#include "tools/whole_number.h"
#include "tools/worker_in_process.h"

namespace slotlog {
namespace {

constexpr char kDescription[] = "Say who may book what, when";
constexpr char kFooter[] =
    R"(A file is JSON, with local times in a time zone:

  {"campaign_id": "ages-18-49", "time_zone": "Asia/Seoul", "dose": 1,
   "cohorts": [{"born_from": "1972-01-01", "born_to": "2003-12-31"}],
   "rotation": {"first_day": "2021-08-09", "opens": "20:00",
                "closes": "18:00", "splits_capacity": true},
   "rounds": [{"opens": "2021-08-19T20:00", "closes": "2021-09-30T18:00"}],
   "hold_seconds": 600, "chances": 3}

docs/campaigns.md describes every field. Times that the zone's clocks skip or
show twice are refused.

Examples:
  slotlog campaign check ages-18-49.json
  slotlog campaign define ages-18-49.json --data /srv/slotlog
  slotlog campaign change ages-18-49.json --data /srv/slotlog --effective +2m
  slotlog campaign define ages-18-49.json --kafka localhost:9092

define and change take a directory that no other process has open, or a log on
Kafka whose workers run, and end when every shard knows. The same command may be
run again.

Exit codes: 0 done, 1 refused, 2 could not run.)";

struct CampaignFlags {
  std::string file;
  std::string data;
  KafkaFlags kafka;
  std::string effective;
  uint32_t shards = 0;
  uint64_t memory_mib = kMemoryMibDefault;
};

int Fail(const absl::Status& status) {
  fmt::print(stderr, "slotlog: {}\n", std::string(status.message()));
  return kExitCouldNotRun;
}

absl::StatusOr<CampaignFile> OpenFile(const std::string& path) {
  const auto text = ReadInputFile(path);
  if (!text.ok()) return text.status();
  auto campaign = ReadCampaign(*text);
  if (campaign.ok()) return campaign;
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", path, std::string(campaign.status().message())));
}

/// "+2m" from now, or a time of the zone.
absl::StatusOr<absl::Time> EffectiveTime(const std::string& text,
                                         const std::string& zone_name) {
  absl::Duration ahead;
  if (text.starts_with('+') && absl::ParseDuration(text.substr(1), &ahead)) {
    return absl::Now() + ahead;
  }
  const auto zone = FindZone(zone_name);
  if (!zone.ok()) return zone.status();
  return InstantOf(text, *zone);
}

/// The same wish has the same id, so that it may be sent again.
std::string IdOf(const v1::Operation& operation) {
  const BatchDigest digest = DigestOfBatch(Encode(operation));
  return "campaign-" + std::string(absl::BytesToHexString(
                           absl::string_view(digest.data(), digest.size())));
}

int Tell(const v1::Campaign& campaign, const v1::Confirmation& answer) {
  if (answer.outcome() == v1::OUTCOME_DONE) {
    fmt::print("{}: every shard knows it\n", campaign.campaign_id());
    return kExitOk;
  }
  fmt::print(stderr, "slotlog: {} is refused: {}{}{}\n", campaign.campaign_id(),
             NameOf(answer.refusal()), answer.field().empty() ? "" : " ",
             answer.field());
  return kExitViolated;
}

/// On a log in a directory, which is decided here.
absl::StatusOr<v1::Confirmation> SendToDirectory(const CampaignFlags& flags,
                                                 const v1::Operation& operation,
                                                 std::string_view key) {
  auto log = OpenOrMakeLog(flags.data, ShardCount{flags.shards});
  if (!log.ok()) return log.status();
  auto worker = StartWorker(**log, flags.data, flags.memory_mib);
  if (!worker.ok()) return worker.status();
  auto answer = SendOperation(
      operation, key, [&worker] { return (*worker)->Health(); }, **log);
  if (auto stopped = StopWorker(**worker); !stopped.ok()) return stopped;
  return answer;
}

/// On Kafka, where workers decide.
absl::StatusOr<v1::Confirmation> SendToKafka(const CampaignFlags& flags,
                                             const v1::Operation& operation,
                                             std::string_view key) {
  const auto options = OptionsOf(flags.kafka);
  if (!options.ok()) return options.status();
  const auto log = KafkaLog::Open(*options);
  if (!log.ok()) return log.status();
  auto answer = SendOperation(
      operation, key, [] { return absl::OkStatus(); }, **log);
  if (!absl::IsDeadlineExceeded(answer.status())) return answer;
  return absl::DeadlineExceededError(
      fmt::format("{}; does a worker run for every shard?",
                  std::string(answer.status().message())));
}

int Send(const CampaignFlags& flags, const v1::Campaign& campaign,
         v1::Operation operation) {
  operation.set_operation_id(IdOf(operation));
  const bool is_on_kafka = !flags.kafka.brokers.empty();
  if (!is_on_kafka && flags.data.empty()) {
    return Fail(absl::InvalidArgumentError(
        "which log? --data names a directory, --kafka a cluster"));
  }
  const auto answer =
      is_on_kafka ? SendToKafka(flags, operation, campaign.campaign_id())
                  : SendToDirectory(flags, operation, campaign.campaign_id());
  if (!answer.ok()) return Fail(answer.status());
  return Tell(campaign, *answer);
}

int RunCheck(const CampaignFlags& flags) {
  const auto file = OpenFile(flags.file);
  if (!file.ok()) return Fail(file.status());
  const auto written = WriteToStandardOutput(DescribeCampaign(*file));
  return written.ok() ? kExitOk : Fail(written);
}

int RunDefine(const CampaignFlags& flags) {
  const auto file = OpenFile(flags.file);
  if (!file.ok()) return Fail(file.status());
  v1::Operation operation;
  *operation.mutable_define_campaign()->mutable_campaign() = file->campaign;
  return Send(flags, file->campaign, std::move(operation));
}

int RunChange(const CampaignFlags& flags) {
  const auto file = OpenFile(flags.file);
  if (!file.ok()) return Fail(file.status());
  const auto effective =
      EffectiveTime(flags.effective, file->campaign.time_zone());
  if (!effective.ok()) {
    return Fail(absl::InvalidArgumentError(fmt::format(
        "--effective: {}", std::string(effective.status().message()))));
  }
  v1::Operation operation;
  v1::ChangeCampaign& change = *operation.mutable_change_campaign();
  *change.mutable_campaign() = file->campaign;
  change.set_effective_unix_ms(absl::ToUnixMillis(*effective));
  return Send(flags, file->campaign, std::move(operation));
}

void AddFile(CLI::App& command, CampaignFlags& flags) {
  command.add_option("FILE", flags.file, "The campaign, as JSON")->required();
}

void AddData(CLI::App& command, CampaignFlags& flags) {
  AddFile(command, flags);
  CLI::Option* data = command
                          .add_option("--data", flags.data,
                                      "Directory with the log and the state")
                          ->type_name("DIR");
  AddKafkaFlags(command, flags.kafka)->excludes(data);
  command
      .add_option("--shards", flags.shards,
                  "Make the log where there is none, with so many shards")
      ->type_name("P")
      ->needs(data)
      ->transform(WholeNumber(1, kShardsMax));
  command
      .add_option("--memory-mib", flags.memory_mib,
                  "For the rows in memory of all shards; the rest is on disk")
      ->type_name("M")
      ->needs(data)
      ->capture_default_str()
      ->transform(WholeNumber(1, kMemoryMibMax));
}

}  // namespace

void AddCampaignCommand(CLI::App& app, int& exit_code) {
  CLI::App* campaign = app.add_subcommand("campaign", kDescription);
  campaign->require_subcommand(1);
  campaign->footer(kFooter);
  auto flags = std::make_shared<CampaignFlags>();

  CLI::App* check = campaign->add_subcommand(
      "check", "Show when the file's campaign opens for whom");
  AddFile(*check, *flags);
  check->callback([flags, &exit_code] { exit_code = RunCheck(*flags); });

  CLI::App* define =
      campaign->add_subcommand("define", "Bring a new campaign into a log");
  AddData(*define, *flags);
  define->callback([flags, &exit_code] { exit_code = RunDefine(*flags); });

  CLI::App* change = campaign->add_subcommand(
      "change", "Give a campaign of the log another definition");
  AddData(*change, *flags);
  change
      ->add_option("--effective", flags->effective,
                   "For commands asked from here on: at least a minute ahead, "
                   "by the zone's clocks (2021-07-20T09:00), or +2m from now")
      ->type_name("TIME")
      ->required();
  change->callback([flags, &exit_code] { exit_code = RunChange(*flags); });
}

}  // namespace slotlog
