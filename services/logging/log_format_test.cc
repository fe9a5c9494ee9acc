#include "services/logging/log_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "services/logging/log_fields.h"

namespace slotlog {
namespace {

using nlohmann::json;

class LogFormatTest : public testing::Test {
 protected:
  std::string Line(LogFormat format, const std::string& message) {
    lines_.str("");
    spdlog::logger logger("x", std::make_shared<spdlog::sinks::ostream_sink_mt>(
                                   lines_, /*force_flush=*/true));
    logger.set_formatter(NewLogFormatter(format));
    logger.warn("{}", message);
    return lines_.str();
  }

  std::ostringstream lines_;
};

TEST_F(LogFormatTest, ALineOfJsonIsOneObjectWhateverTheTextIs) {
  const std::string line =
      Line(LogFormat::kJson, "two\nlines, \"quoted\", \xff and \x01");
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const json object = json::parse(line);
  EXPECT_EQ(object["level"], "warning");
  EXPECT_EQ(object["message"], "two\nlines, \"quoted\", \xef\xbf\xbd and \x01");
  EXPECT_THAT(object["time"].get<std::string>(),
              testing::MatchesRegex("....-..-..T..:..:......Z"));
}

TEST_F(LogFormatTest, FieldsStandInBothFormatsForAsLongAsTheyLive) {
  {
    const LogFields outer(nlohmann::ordered_json{{"shard", 3}});
    const LogFields fields({{"trace_id", "0af7"}, {"status", 202}});
    const json object = json::parse(Line(LogFormat::kJson, "request"));
    EXPECT_EQ(object["trace_id"], "0af7");
    EXPECT_EQ(object["status"], 202);
    EXPECT_FALSE(object.contains("shard"));
    EXPECT_THAT(Line(LogFormat::kText, "request"),
                testing::HasSubstr("request trace_id=0af7 status=202\n"));
  }
  EXPECT_THAT(Line(LogFormat::kText, "over"), testing::EndsWith("over\n"));
}

}  // namespace
}  // namespace slotlog
