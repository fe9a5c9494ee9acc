// The client's file, and the settings that it may not change.

#include "events/log/kafka/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace slotlog::kafka {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

absl::StatusOr<ClientProperties> Read(std::string_view text) {
  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / "client.properties";
  std::ofstream(file) << text;
  return ReadClientProperties(file);
}

TEST(SettingsTest, ClientFileIsNamesAndValues) {
  const auto properties = Read(
      "# what the place demands\n\n"
      " security.protocol = SASL_SSL \nsasl.password=a=b#c\r\nempty=\n");
  ASSERT_TRUE(properties.ok()) << properties.status();
  EXPECT_THAT(*properties,
              ElementsAre(Pair("empty", ""), Pair("sasl.password", "a=b#c"),
                          Pair("security.protocol", "SASL_SSL")));
}

TEST(SettingsTest, LineThatIsNoPropertyIsNamed) {
  const auto properties = Read("a=b\nnonsense\n");
  EXPECT_EQ(properties.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(properties.status().message()),
              HasSubstr("client.properties:2: "));
}

TEST(SettingsTest, ClientFileThatIsMissingIsNotFound) {
  EXPECT_EQ(ReadClientProperties("/nowhere").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(SettingsTest, ClientMayNotChangeWhatSafetyRestsOn) {
  for (const std::string name : {"acks", "isolation.level", "check.crcs"}) {
    const KafkaLogOptions options{.brokers = "localhost:1",
                                  .client = {{name, "0"}}};
    const auto reader = NewReader(options, Isolation::kReadCommitted);
    EXPECT_EQ(reader.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(reader.status().message()), HasSubstr(name));
  }
}

TEST(SettingsTest, UnknownPropertyOfTheClientIsNamed) {
  KafkaLogOptions options;
  options.client["no.such.thing"] = "1";
  const auto reader = NewReader(options, Isolation::kReadCommitted);
  EXPECT_EQ(reader.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(reader.status().message()),
              HasSubstr("no.such.thing"));
}

TEST(SettingsTest, EverySettingIsKnownToThisLibrary) {
  KafkaLogOptions options;
  options.brokers = "localhost:1";
  const auto on_delivery = [](rd_kafka_t*, const rd_kafka_message_t*, void*) {};
  EXPECT_TRUE(NewAppender(options, on_delivery).ok());
  EXPECT_TRUE(NewTransactionalClient(options, "shard-0", on_delivery).ok());
  EXPECT_TRUE(NewReader(options, Isolation::kReadCommitted).ok());
  EXPECT_TRUE(NewReader(options, Isolation::kReadUncommitted).ok());
}

}  // namespace
}  // namespace slotlog::kafka
