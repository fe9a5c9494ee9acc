#include "events/log/kafka/settings.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace slotlog::kafka {
namespace {

struct Setting {
  std::string name;
  std::string value;
  /// librdkafka has it only from some version on, and does well without.
  bool newer = false;
};
using Settings = std::vector<Setting>;

/// A transaction that is open for longer is aborted by the brokers.
constexpr absl::Duration kTransactionTimeoutMax = absl::Seconds(30);

/// linger.ms: how long a partition's first record waits for the others, so that
/// all go with one request. A commit ends the wait of a transaction's records;
/// those of an append are there by then.
constexpr char kLingerForCommitMs[] = "1000";
constexpr char kLingerForAppendMs[] = "2";

std::string Ms(absl::Duration duration) {
  return std::to_string(absl::ToInt64Milliseconds(duration));
}

Settings CommonSettings(const KafkaLogOptions& options) {
  return {
      {"bootstrap.servers", options.brokers},
      {"client.id", "slotlog"},
      // What is asked is small and waited for.
      {"socket.nagle.disable", "true"},
      // A request that is not answered fails within the patience, if that is
      // longer than brokers may take for an empty fetch.
      {"socket.timeout.ms",
       Ms(std::clamp(options.patience, absl::Seconds(2), absl::Seconds(60)))},
      // A broker that comes back is found within a second, not after ten.
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"topic.metadata.refresh.fast.interval.ms", "50"},
      // No partition is ever chosen by librdkafka, no topic made by asking for
      // it: a missing one is told soon.
      {"allow.auto.create.topics", "false"},
      {"topic.metadata.propagation.max.ms", "5000"},
      // Idle brokers close connections all the time: no news.
      {"log.connection.close", "false"},
      {"message.max.bytes", std::to_string(kMessageBytesMax)},
  };
}

Settings ProducerSettings() {
  return {
      // Once and in order, however often a request is sent again.
      {"enable.idempotence", "true"},
      // On all replicas in sync: what is acknowledged survives a broker.
      {"acks", "all"},
      // The pause before each retry, also of what begins a transaction while
      // the one before is still being marked: paid every time.
      {"retry.backoff.ms", "5"},
      {"retry.backoff.max.ms", "100", /*newer=*/true},
      // More than a transaction has, and than one request to each of two
      // thousand partitions (partition_queue.h): nobody waits for room.
      {"queue.buffering.max.messages", "10000000"},
      {"queue.buffering.max.kbytes", "2097151"},
      {"batch.num.messages", "100000"},
  };
}

Settings ReaderSettings(Isolation isolation) {
  return {
      {"isolation.level", isolation == Isolation::kReadCommitted
                              ? "read_committed"
                              : "read_uncommitted"},
      // How far markers and aborted records reach is told by EOF only.
      {"enable.partition.eof", "true"},
      {"check.crcs", "true"},
      {"enable.auto.commit", "false"},
      // An offset that is not there is an error, never another offset.
      {"auto.offset.reset", "error"},
      // Memory is bounded by bytes, for each partition; the count never holds
      // the fetcher back while a log is replayed.
      {"queued.max.messages.kbytes", "32768"},
      {"queued.min.messages", "10000000"},
      // How long the fetcher rests when that bound is met. Its default, half a
      // second, would halve a replay.
      {"fetch.error.backoff.ms", "10"},
      {"fetch.queue.backoff.ms", "10", /*newer=*/true},
      // Replays read large pieces.
      {"fetch.message.max.bytes", "4194304"},
      // A broker answers as soon as there is news; this is how long it waits
      // for some.
      {"fetch.wait.max.ms", "100"},
  };
}

Settings MemberSettings(const KafkaLogOptions& options) {
  return {
      {"group.id", GroupName(options)},
      // Who is not heard of for so long loses its shards; the least that
      // brokers allow. No group.instance.id: a member with one keeps its shards
      // when it leaves, and they would stand still.
      {"session.timeout.ms", Ms(kSessionTimeout)},
      {"heartbeat.interval.ms", Ms(kHeartbeatInterval)},
      // Neighbouring shards to one worker, and the same ones again where the
      // members are the same.
      {"partition.assignment.strategy", "range"},
      // Offsets are committed for lag tools, when the state says so.
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
  };
}

/// What the place may not decide: safety rests on it.
constexpr std::array<std::string_view, 15> kReserved = {
    "acks",
    "request.required.acks",
    "enable.idempotence",
    "transactional.id",
    "transaction.timeout.ms",
    "isolation.level",
    "enable.partition.eof",
    "enable.auto.commit",
    "auto.offset.reset",
    "check.crcs",
    "group.id",
    "message.timeout.ms",
    "delivery.timeout.ms",
    "bootstrap.servers",
    "metadata.broker.list",
};

/// syslog's levels, as spdlog's. A broker that is away is an error to
/// librdkafka (3), and for us something that passes.
spdlog::level::level_enum LevelOf(int level) {
  if (level <= 2) return spdlog::level::err;
  if (level <= 4) return spdlog::level::warn;
  if (level <= 6) return spdlog::level::info;
  return spdlog::level::debug;
}

void LogLine(const rd_kafka_t*, int level, const char* facility,
             const char* text) {
  spdlog::log(LevelOf(level), "Kafka: {}: {}", facility, text);
}

absl::Status Set(rd_kafka_conf_t* conf, const Setting& setting) {
  char why[256];
  const rd_kafka_conf_res_t set = rd_kafka_conf_set(
      conf, setting.name.c_str(), setting.value.c_str(), why, sizeof(why));
  if (set == RD_KAFKA_CONF_OK) return absl::OkStatus();
  if (set == RD_KAFKA_CONF_UNKNOWN && setting.newer) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("Kafka's client refuses {}={}: {}", setting.name,
                  setting.value, static_cast<const char*>(why)));
}

absl::StatusOr<Conf> NewConf(const KafkaLogOptions& options,
                             const Settings& more) {
  Conf conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), LogLine);
  for (const Settings& settings : {CommonSettings(options), more}) {
    for (const Setting& setting : settings) {
      if (absl::Status set = Set(conf.get(), setting); !set.ok()) return set;
    }
  }
  for (const auto& [name, value] : options.client) {
    if (std::find(kReserved.begin(), kReserved.end(), name) !=
        kReserved.end()) {
      return absl::InvalidArgumentError(fmt::format(
          "the Kafka client's {} is slotlog's own: take it out", name));
    }
    if (absl::Status set = Set(conf.get(), {name, value}); !set.ok()) {
      return set;
    }
  }
  return conf;
}

absl::StatusOr<Client> NewClient(rd_kafka_type_t type, Conf conf) {
  char why[512];
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), why, sizeof(why));
  if (client == nullptr) {
    return absl::InvalidArgumentError(fmt::format(
        "Kafka's client cannot be made: {}", static_cast<const char*>(why)));
  }
  // The client has it now.
  (void)conf.release();
  return Client(client);
}

}  // namespace

absl::StatusOr<Client> NewAppender(const KafkaLogOptions& options,
                                   DeliveryCallback on_delivery,
                                   Repeats repeats) {
  Settings settings = ProducerSettings();
  settings.push_back({"linger.ms", kLingerForAppendMs});
  if (repeats == Repeats::kHarmless) {
    settings.push_back({"enable.idempotence", "false"});
  }
  settings.push_back({"message.timeout.ms", Ms(options.patience)});
  absl::StatusOr<Conf> conf = NewConf(options, settings);
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivery);
  return NewClient(RD_KAFKA_PRODUCER, *std::move(conf));
}

absl::StatusOr<Client> NewTransactionalClient(const KafkaLogOptions& options,
                                              std::string_view id,
                                              DeliveryCallback on_delivery) {
  const absl::Duration timeout =
      std::min(options.patience, kTransactionTimeoutMax);
  Settings settings = ProducerSettings();
  settings.push_back(
      {"transactional.id", fmt::format("{}{}", options.prefix, id)});
  settings.push_back({"transaction.timeout.ms", Ms(timeout)});
  settings.push_back({"linger.ms", kLingerForCommitMs});
  // One that was made ready and waits to be opened hears of new leaders only by
  // asking: by default after five minutes.
  settings.push_back({"topic.metadata.refresh.interval.ms", "5000"});
  // A record is given up before its transaction is.
  settings.push_back({"message.timeout.ms", Ms(timeout)});
  absl::StatusOr<Conf> conf = NewConf(options, settings);
  if (!conf.ok()) return conf.status();
  // With somebody to tell, librdkafka also waits for the records without
  // looking only every ten milliseconds.
  rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivery);
  return NewClient(RD_KAFKA_PRODUCER, *std::move(conf));
}

absl::StatusOr<Client> NewReader(const KafkaLogOptions& options,
                                 Isolation isolation) {
  absl::StatusOr<Conf> conf = NewConf(options, ReaderSettings(isolation));
  if (!conf.ok()) return conf.status();
  return NewClient(RD_KAFKA_CONSUMER, *std::move(conf));
}

absl::StatusOr<Client> NewMember(
    const KafkaLogOptions& options,
    void (*on_rebalance)(rd_kafka_t*, rd_kafka_resp_err_t,
                         rd_kafka_topic_partition_list_t*, void*),
    void* opaque) {
  absl::StatusOr<Conf> conf = NewConf(options, MemberSettings(options));
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_rebalance_cb(conf->get(), on_rebalance);
  rd_kafka_conf_set_opaque(conf->get(), opaque);
  return NewClient(RD_KAFKA_CONSUMER, *std::move(conf));
}

absl::StatusOr<Client> NewGroupClient(const KafkaLogOptions& options,
                                      const std::string& group) {
  absl::StatusOr<Conf> conf =
      NewConf(options, {{"group.id", group}, {"enable.auto.commit", "false"}});
  if (!conf.ok()) return conf.status();
  return NewClient(RD_KAFKA_CONSUMER, *std::move(conf));
}

std::string GroupName(const KafkaLogOptions& options) {
  return options.prefix + "workers";
}

std::string StandbyGroupPrefix(const KafkaLogOptions& options) {
  return options.prefix + "standbys.";
}

std::string TopicName(const KafkaLogOptions& options, Topic topic) {
  return fmt::format("{}{}", options.prefix, NameOf(topic));
}

std::string IdTopicName(const KafkaLogOptions& options) {
  return options.prefix + "log";
}

int PatienceMs(const KafkaLogOptions& options) {
  return static_cast<int>(absl::ToInt64Milliseconds(options.patience));
}

}  // namespace slotlog::kafka
