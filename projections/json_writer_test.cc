// What is written is JSON, whatever the texts are.

#include "projections/json_writer.h"

#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace slotlog {
namespace {

TEST(JsonWriterTest, CommasStandWhereTheyShould) {
  JsonWriter json;
  json.Begin('{')
      .Field("a", 1)
      .Key("b")
      .Begin('[')
      .Value(true)
      .Begin('{')
      .End('}')
      .Value(-0.25)
      .End(']')
      .FieldUnlessEmpty("c", "")
      .FieldUnlessEmpty("d", "e")
      .End('}');
  EXPECT_EQ(std::move(json).Text(), R"({"a":1,"b":[true,{},-0.2],"d":"e"})");
}

TEST(JsonWriterTest, TextsComeBackAsTheyWere) {
  std::string text = "plain \"quoted\" back\\slash S\u00e9oul ";
  for (char c = 0; c < ' '; ++c) text.push_back(c);
  JsonWriter json;
  json.Begin('[').Value(text).Value(std::string()).End(']');
  const auto read = nlohmann::json::parse(std::move(json).Text());
  EXPECT_EQ(read[0], text);
  EXPECT_EQ(read[1], "");
}

TEST(JsonWriterTest, NumbersAndTimesAreWrittenInFull) {
  JsonWriter json;
  json.Begin('[')
      .Value(INT64_MIN)
      .Value(UINT64_MAX)
      .Value(absl::FromUnixMillis(1'626'048'000'007))
      .Value(absl::FromUnixMillis(-1))
      .End(']');
  EXPECT_EQ(std::move(json).Text(),
            "[-9223372036854775808,18446744073709551615,"
            "\"2021-07-12T00:00:00.007Z\",\"1969-12-31T23:59:59.999Z\"]");
}

}  // namespace
}  // namespace slotlog
