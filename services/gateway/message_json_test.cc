#include "services/gateway/message_json.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>

#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {
namespace {

template <typename Message>
void ExpectReads(std::string_view json, const std::string& text) {
  Message expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected));
  Message message;
  const auto error = ReadJson(json, message);
  EXPECT_FALSE(error.has_value()) << json << ": " << error->detail;
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(message, expected))
      << json << ": " << message.ShortDebugString();
}

/// "FIELD_UNKNOWN book.seat"; "": it can be read.
std::string FaultOf(const JsonError& error) {
  const auto name = [&] {
    switch (error.fault) {
      case JsonFault::kMalformed:
        return "malformed";
      case JsonFault::kTooDeep:
        return "too deep";
      case JsonFault::kFieldUnknown:
        return "unknown";
      case JsonFault::kFieldRepeated:
        return "repeated";
      case JsonFault::kSecondAction:
        return "second";
      case JsonFault::kWrongType:
        return "type";
      case JsonFault::kOutOfRange:
        return "range";
    }
    return "?";
  }();
  return fmt::format("{} @{}", name, error.field);
}

template <typename Message>
std::string FaultIn(std::string_view json) {
  Message message;
  const auto error = ReadJson(json, message);
  if (!error.has_value()) return "";
  EXPECT_FALSE(error->detail.empty());
  return FaultOf(*error);
}

std::string CommandFault(std::string_view json) {
  return FaultIn<v1::Command>(json);
}
std::string OperationFault(std::string_view json) {
  return FaultIn<v1::Operation>(json);
}

TEST(MessageJson, ReadsEveryKindOfField) {
  ExpectReads<v1::Command>(
      R"({"command_id": "a\u00e9\n", "citizen_id": "c1",
          "profile": {"birth_date_yyyymmdd": 19620712, "region": "서울",
                      "priority_lists": ["carers", "staff"], "doses": 2},
          "book": {"campaign_id": "2021", "site_id": "s1", "slot_id": "am"}})",
      R"(command_id: "a\303\251\n" citizen_id: "c1"
         profile { birth_date_yyyymmdd: 19620712 region: "서울"
                   priority_lists: "carers" priority_lists: "staff" doses: 2 }
         book { campaign_id: "2021" site_id: "s1" slot_id: "am" })");
  ExpectReads<v1::Operation>(
      R"({"operation_id": "o", "define_campaign": {"campaign": {
          "utc_offset_minutes": -90, "cohorts": [{"regions": ["a", "b"]}, {}],
          "rounds": [{"opens_unix_ms": "1626044400000",
                      "closes_unix_ms": 1626076800000,
                      "birth_day_digits": [1, 6]}],
          "second_hold": "SECOND_HOLD_REPLACES", "next": {"by": 1}}}})",
      R"(operation_id: "o" define_campaign { campaign {
           utc_offset_minutes: -90 cohorts { regions: "a" regions: "b" }
           cohorts {} rounds { opens_unix_ms: 1626044400000
             closes_unix_ms: 1626076800000
             birth_day_digits: 1 birth_day_digits: 6 }
           second_hold: SECOND_HOLD_REPLACES
           next { by: NEXT_DOSE_BY_OFFERED } } })");
  ExpectReads<v1::Operation>(
      R"({"change_capacity": {"capacity": -1, "release_excess": true}})",
      "change_capacity { capacity: -1 release_excess: true }");
}

TEST(MessageJson, AnEmptyObjectIsAnEmptyMessage) {
  ExpectReads<v1::Command>("{}", "");
  ExpectReads<v1::Command>(R"({"tick": {}})", "tick {}");
  ExpectReads<v1::Command>(R"({"profile": {"priority_lists": []}})",
                           "profile {}");
}

TEST(MessageJson, WholeNumbersMayBeWrittenInAnyWay) {
  ExpectReads<v1::Command>(R"({"profile": {"doses": 2.0}})",
                           "profile { doses: 2 }");
  ExpectReads<v1::Command>(R"({"profile": {"doses": 1e1}})",
                           "profile { doses: 10 }");
  ExpectReads<v1::Command>(R"({"join_waitlist": {"to_unix_ms": "-5"}})",
                           "join_waitlist { to_unix_ms: -5 }");
}

TEST(MessageJson, WhatIsNoJsonIsRefused) {
  for (const std::string_view json :
       {"", " ", "{", "}", "nonsense", "{} {}", "{}x", "{'citizen_id': 'c1'}",
        "{citizen_id: \"c1\"}", "{\"citizen_id\": \"c1\",}",
        "{\"citizen_id\" \"c1\"}", "{\"citizen_id\": \"\xff\"}",
        "{\"citizen_id\": \"\xc3\"}", "{\"citizen_id\": \"\\ud800\"}",
        "{\"citizen_id\": \"a\nb\"}", "{/* no */}",
        "{\"profile\": {\"doses\": 01}}", "{\"profile\": {\"doses\": NaN}}",
        "{\"profile\": {\"doses\": 1e999}}"}) {
    EXPECT_EQ(CommandFault(json).substr(0, 9), "malformed") << json;
  }
}

TEST(MessageJson, NamesWhatIsWrongAndWhere) {
  const struct {
    std::string_view json;
    std::string fault;
  } kCases[] = {
      {R"([])", "type @"},
      {R"("text")", "type @"},
      {R"(1)", "type @"},
      {R"(null)", "type @"},
      {R"({"seat": 1})", "unknown @"},
      {R"({"citizenId": "c1"})", "unknown @"},
      {R"({"asked_at": 1})", "unknown @"},
      {R"({"book": {"seat": 1}})", "unknown @book"},
      {R"({"citizen_id": "c1", "citizen_id": "c2"})", "repeated @citizen_id"},
      {R"({"citizen_id": "", "citizen_id": ""})", "repeated @citizen_id"},
      {R"({"book": {}, "book": {}})", "repeated @book"},
      {R"({"book": {}, "cancel": {}})", "second @cancel"},
      {R"({"citizen_id": null})", "type @citizen_id"},
      {R"({"citizen_id": 1})", "type @citizen_id"},
      {R"({"citizen_id": true})", "type @citizen_id"},
      {R"({"citizen_id": {}})", "type @citizen_id"},
      {R"({"citizen_id": ["c1"]})", "type @citizen_id"},
      {R"({"book": []})", "type @book"},
      {R"({"book": "s1"})", "type @book"},
      {R"({"profile": {"priority_lists": "a"}})",
       "type @profile.priority_lists"},
      {R"({"profile": {"priority_lists": {}}})",
       "type @profile.priority_lists"},
      {R"({"profile": {"priority_lists": ["a", 1]}})",
       "type @profile.priority_lists[1]"},
      {R"({"profile": {"priority_lists": [["a"]]}})",
       "type @profile.priority_lists[0]"},
      {R"({"profile": {"doses": "2"}})", "type @profile.doses"},
      {R"({"profile": {"doses": 1.5}})", "type @profile.doses"},
      {R"({"profile": {"doses": -1}})", "range @profile.doses"},
      {R"({"profile": {"doses": 4294967296}})", "range @profile.doses"},
      {R"({"profile": {"doses": 1e300}})", "range @profile.doses"},
      {R"({"join_waitlist": {"to_unix_ms": 9223372036854775808}})",
       "range @join_waitlist.to_unix_ms"},
      {R"({"join_waitlist": {"to_unix_ms": "9223372036854775808"}})",
       "range @join_waitlist.to_unix_ms"},
      {R"({"join_waitlist": {"to_unix_ms": "1x"}})",
       "type @join_waitlist.to_unix_ms"},
      {R"({"join_waitlist": {"to_unix_ms": ""}})",
       "type @join_waitlist.to_unix_ms"},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(CommandFault(c.json), c.fault) << c.json;

  EXPECT_EQ(OperationFault(
                R"({"define_campaign": {"campaign": {"cohorts": [{}, {"rank":
                    "x"}]}}})"),
            "type @define_campaign.campaign.cohorts[1].rank");
  EXPECT_EQ(OperationFault(R"({"define_campaign": {"campaign": {
                "second_hold": "PERHAPS"}}})"),
            "range @define_campaign.campaign.second_hold");
  EXPECT_EQ(OperationFault(R"({"define_campaign": {"campaign": {
                "second_hold": 7}}})"),
            "range @define_campaign.campaign.second_hold");
  EXPECT_EQ(OperationFault(R"({"change_capacity": {"capacity": 2147483648}})"),
            "range @change_capacity.capacity");
  EXPECT_EQ(OperationFault(R"({"change_capacity": {"release_excess": 1}})"),
            "type @change_capacity.release_excess");
}

TEST(MessageJson, DeepNestingIsRefusedBeforeItIsParsed) {
  for (const size_t depth : {9u, 1'000u, 16'000u}) {
    EXPECT_EQ(CommandFault(std::string(depth, '[')), "too deep @");
    EXPECT_EQ(CommandFault(R"({"profile":)" + std::string(depth, '{')),
              "too deep @");
  }
  EXPECT_EQ(CommandFault(R"({"citizen_id": "[[[[[[[[[[{{{{{{{{\"[[[["})"), "");
}

}  // namespace
}  // namespace slotlog
