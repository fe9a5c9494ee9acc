#include "tools/log_cat/log_cat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "events/codec.h"
#include "events/log/memory/memory_log.h"
#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/events.pb.h"
#include "tools/log_cat/record_format.h"

namespace slotlog {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr TopicPartition kCommands0{Topic::kCommands, Shard{0}};
constexpr TopicPartition kCommands1{Topic::kCommands, Shard{1}};

std::string Cancel(const std::string& citizen) {
  v1::Command command;
  command.set_citizen_id(citizen);
  command.mutable_cancel()->set_campaign_id("summer");
  return Encode(command);
}

class LogCatTest : public testing::Test {
 protected:
  void Append(TopicPartition to, std::string_view key, std::string_view value) {
    const NewRecord record{to, key, value};
    ASSERT_TRUE(log_.Append({&record, 1}).ok());
  }

  std::vector<std::string> Lines(std::string_view topic,
                                 LogCatRequest request) {
    auto partitions = PartitionsNamed(topic, log_.Shards());
    EXPECT_TRUE(partitions.ok()) << partitions.status().ToString();
    request.partitions = *std::move(partitions);
    std::vector<std::string> lines;
    const absl::Status printed =
        LogCat(log_, request, [&](std::string_view line) {
          lines.emplace_back(line);
          return absl::OkStatus();
        });
    EXPECT_TRUE(printed.ok()) << printed.ToString();
    return lines;
  }

  static LogCatRequest FromOffset(int64_t from, uint64_t records_max) {
    LogCatRequest request;
    request.from = Offset{from};
    request.records_max = records_max;
    return request;
  }

  static LogCatRequest AsJson() {
    LogCatRequest request;
    request.json = true;
    return request;
  }

  MemoryLog log_{ShardCount{2},
                 [] { return absl::FromUnixMillis(1'626'080'400'123); }};
};

TEST_F(LogCatTest, ARecordIsALine) {
  Append(kCommands0, "ann", Cancel("ann"));
  EXPECT_THAT(Lines("commands", {}),
              ElementsAre("commands/0 0 2021-07-12T09:00:00.123Z ann  "
                          "citizen_id: \"ann\" cancel { campaign_id: "
                          "\"summer\" }"));
}

TEST_F(LogCatTest, ATopicIsAllItsPartitions) {
  Append(kCommands1, "kim", Cancel("kim"));
  Append(kCommands0, "ann", Cancel("ann"));
  EXPECT_THAT(Lines("commands", {}), ElementsAre(StartsWith("commands/0 0"),
                                                 StartsWith("commands/1 0")));
  EXPECT_THAT(Lines("commands/1", {}), ElementsAre(HasSubstr("kim")));
}

TEST_F(LogCatTest, FromAndLimitBoundWhatIsPrinted) {
  for (const char* name : {"a", "b", "c", "d"}) {
    Append(kCommands0, name, Cancel(name));
  }
  EXPECT_THAT(
      Lines("commands", FromOffset(1, 2)),
      ElementsAre(StartsWith("commands/0 1"), StartsWith("commands/0 2")));
  EXPECT_THAT(Lines("commands", FromOffset(9, 2)), ElementsAre());
}

TEST_F(LogCatTest, RecordsNoLongerKeptAreLeftOut) {
  for (const char* name : {"a", "b"}) Append(kCommands0, name, Cancel(name));
  log_.DropHead(kCommands0, Offset{1});
  EXPECT_THAT(Lines("commands/0", {}), ElementsAre(StartsWith("commands/0 1")));
}

TEST_F(LogCatTest, BytesThatAreNoMessageAreShownAsSuch) {
  Append(kCommands0, "\xff\n", "\xff\xfe");
  Append(kCommands0, "", "");
  EXPECT_THAT(
      Lines("commands", {}),
      ElementsAre("commands/0 0 2021-07-12T09:00:00.123Z 0xff0a  UNDECODABLE "
                  "MALFORMED, 2 bytes: fffe",
                  "commands/0 1 2021-07-12T09:00:00.123Z -  UNDECODABLE EMPTY, "
                  "0 bytes: "));
  const auto json = nlohmann::json::parse(Lines("commands", AsJson())[0]);
  EXPECT_EQ(json["undecodable"], "MALFORMED");
  EXPECT_EQ(json["hex"], "fffe");
}

TEST_F(LogCatTest, ABatchIsItsHeaderAndItsEvents) {
  v1::EventBatch batch;
  batch.set_shard(0);
  batch.set_shards(2);
  batch.set_epoch(3);
  batch.set_number(7);
  batch.set_first_sequence(11);
  batch.set_previous_digest("\x01\xab");
  v1::InputRun& run = *batch.add_inputs();
  run.set_topic(v1::TOPIC_COMMANDS);
  run.set_offset(4);
  run.set_count(2);
  v1::Event& event = *batch.add_events();
  event.set_sequence(11);
  event.set_cause_topic(v1::TOPIC_INTERNAL);
  event.set_cause_offset(5);
  event.set_cause_index(6);
  event.mutable_seat_taken()->set_citizen_id("ann");
  batch.add_events()->set_sequence(12);
  Append({Topic::kEvents, Shard{0}}, "", Encode(batch));
  EXPECT_THAT(
      Lines("events", {}),
      ElementsAre(
          "events/0 0 2021-07-12T09:00:00.123Z -  batch 7 shard 0/2 epoch 3 "
          "events [11..13) of commands [4..6) decided 1970-01-01T00:00:00.000Z "
          "now 1970-01-01T00:00:00.000Z sent [] received [] confirmations 0 "
          "agenda 0 after 01ab\n"
          "  11 from internal 5[6] asked 1970-01-01T00:00:00.000Z seat_taken { "
          "citizen_id: \"ann\" }\n"
          "  12 from agenda 0 asked 1970-01-01T00:00:00.000Z of an unknown "
          "kind"));
}

TEST_F(LogCatTest, JsonIsOneObjectALine) {
  Append(kCommands0, "ann", Cancel("ann"));
  const auto lines = Lines("commands/0", AsJson());
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0].find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(json["partition"], 0);
  EXPECT_EQ(json["offset"], 0);
  EXPECT_EQ(json["time"], "2021-07-12T09:00:00.123Z");
  EXPECT_EQ(json["key"], "ann");
  EXPECT_EQ(json["message"]["cancel"]["campaign_id"], "summer");
}

TEST_F(LogCatTest, AFailedWriteEndsIt) {
  Append(kCommands0, "ann", Cancel("ann"));
  LogCatRequest request;
  request.partitions = {kCommands0};
  EXPECT_EQ(LogCat(log_, request,
                   [](std::string_view) {
                     return absl::ResourceExhaustedError("full");
                   })
                .code(),
            absl::StatusCode::kResourceExhausted);
}

/// Why a log of so many shards has no partitions of this name.
std::string WhyNot(const std::string& name, uint32_t shards) {
  const auto partitions = PartitionsNamed(name, ShardCount{shards});
  EXPECT_EQ(partitions.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(partitions.status().message());
}

TEST(PartitionsNamedTest, AnUnknownTopicIsToldThoseThatThereAre) {
  for (const std::string topic : {"", "event", "Events"}) {
    EXPECT_EQ(WhyNot(topic, 2),
              "unknown topic \"" + topic +
                  "\"; the topics are commands, operations, internal, events, "
                  "confirmations, dead-letters");
    EXPECT_EQ(WhyNot(topic + "/0", 2), WhyNot(topic, 2));
  }
}

TEST(PartitionsNamedTest, AnUnknownPartitionIsToldThoseThatThereAre) {
  for (const std::string partition :
       {"", "2", "-1", "0x", "0/1", "99999999999"}) {
    EXPECT_EQ(WhyNot("events/" + partition, 2),
              "unknown partition \"events/" + partition +
                  "\"; this log has events/0 to events/1");
  }
  EXPECT_EQ(WhyNot("events/1", 1),
            "unknown partition \"events/1\"; this log has events/0 only");
}

}  // namespace
}  // namespace slotlog
