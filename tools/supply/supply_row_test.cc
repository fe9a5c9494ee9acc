#include "tools/supply/supply_row.h"

#include <absl/strings/str_split.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace slotlog::supply {
namespace {

/// A good slot with some fields set otherwise; "-": without the field.
Row SlotWith(const std::map<std::string, std::string>& changes) {
  std::map<std::string, std::string> fields = {
      {"site_id", "s1"},
      {"slot_id", "am"},
      {"start", "2021-07-26T09:00:00+09:00"},
      {"end", "2021-07-26T12:00:00+09:00"},
      {"capacity", "30"}};
  for (const auto& [name, value] : changes) fields[name] = value;
  Row row{.line = 2};
  for (const auto& [name, value] : fields) {
    if (value != "-") row.fields.emplace_back(name, value);
  }
  return row;
}

/// "capacity NOT_A_NUMBER", several separated by commas.
std::string FaultsIn(const Row& row) {
  const SupplyReading read = ReadSupplyRow(row, {});
  std::string text;
  for (const RowFault& fault : read.faults) {
    text += (text.empty() ? "" : ", ") + fault.field + " " + fault.reason;
    EXPECT_FALSE(fault.expected.empty());
  }
  EXPECT_EQ(read.row.has_value(), text.empty());
  return text;
}

std::string FaultsWith(const std::string& field, const std::string& value) {
  return FaultsIn(SlotWith({{field, value}}));
}

TEST(SupplyRowTest, ASlotIsRead) {
  const SupplyReading read =
      ReadSupplyRow(SlotWith({{"day", "2021-07-26"}}), {});
  ASSERT_TRUE(read.row.has_value());
  const auto& row = std::get<SlotRow>(*read.row);
  EXPECT_EQ(row.site_id, "s1");
  EXPECT_EQ(row.slot.ShortDebugString(),
            "slot_id: \"am\" start_unix_ms: 1627257600000 "
            "end_unix_ms: 1627268400000 capacity: 30 day_yyyymmdd: 20210726");
}

TEST(SupplyRowTest, EveryFieldIsChecked) {
  struct Case {
    const char* field;
    std::string value;
    const char* faults;
  };
  const Case cases[] = {
      {"site_id", "", "site_id ID_MISSING"},
      {"site_id", "-", "site_id FIELD_MISSING"},
      {"site_id", std::string(129, 'x'), "site_id ID_TOO_LONG"},
      {"site_id", "caf\xe9", "site_id NOT_UTF8"},
      {"site_id", std::string("s1\0x", 4), "site_id ID_NOT_PRINTABLE"},
      {"site_id", "s1\n", "site_id ID_NOT_PRINTABLE"},
      {"slot_id", "\x1b[2J", "slot_id ID_NOT_PRINTABLE"},
      {"slot_id", "am\x7f", "slot_id ID_NOT_PRINTABLE"},
      {"slot_id", "am\xc2\x85", "slot_id ID_NOT_PRINTABLE"},
      {"slot_id", "am\xc2\xa0", ""},
      {"slot_id", "", "slot_id ID_MISSING"},
      {"slot_id", "caf\xc3\xa9", ""},
      {"start", "", "start NOT_A_TIME"},
      {"start", "-", "start FIELD_MISSING"},
      {"start", "2021-07-26T09:00:00", "start NOT_A_TIME"},
      {"start", "2021-07-26 09:00", "start NOT_A_TIME"},
      {"start", "2021-02-30T09:00:00Z", "start NOT_A_TIME"},
      {"start", "infinite-past", "start NOT_A_TIME"},
      {"start", "2021-07-26T09:00:00.0001+09:00", "start NOT_A_TIME"},
      {"start", "1921-07-26T09:00:00Z", "start DATE_OUT_OF_RANGE"},
      {"start", "2021-07-26T12:00:00+09:00", "end INTERVAL_NOT_POSITIVE"},
      {"end", "2021-07-26T12:00:00Z", ""},
      {"end", "2021-07-26T03:00:00Z", ""},
      {"end", "2021-07-25T12:00:00+09:00", "end INTERVAL_NOT_POSITIVE"},
      {"capacity", "", "capacity NOT_A_NUMBER"},
      {"capacity", "3.5", "capacity NOT_A_NUMBER"},
      {"capacity", "many", "capacity NOT_A_NUMBER"},
      {"capacity", "99999999999", "capacity NOT_A_NUMBER"},
      {"capacity", "1000001", "capacity CAPACITY_OUT_OF_RANGE"},
      {"capacity", "-1", "capacity CAPACITY_OUT_OF_RANGE"},
      {"product", "", ""},
      {"product", "BNT162b2", ""},
      {"product", std::string(513, 'x'), "product TEXT_TOO_LONG"},
      {"day", "", ""},
      {"day", "20210726", ""},
      {"day", "2021-02-30", "day NOT_A_DAY"},
      {"day", "26.7.2021", "day NOT_A_DAY"},
      {"seats", "3", "seats FIELD_UNKNOWN"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(FaultsWith(c.field, c.value), c.faults)
        << c.field << " " << c.value;
  }
}

TEST(SupplyRowTest, TimesMayBeMilliseconds) {
  const auto faults = [](const std::string& millis) {
    return FaultsIn(SlotWith({{"start", "-"}, {"start_unix_ms", millis}}));
  };
  EXPECT_EQ(faults("1627257600000"), "");
  EXPECT_EQ(faults("1.6e12"), "start_unix_ms NOT_A_NUMBER");
  EXPECT_EQ(faults("-5"), "start_unix_ms DATE_OUT_OF_RANGE");
}

TEST(SupplyRowTest, WhatIsToldInTwoWaysIsNotChosenFrom) {
  EXPECT_EQ(FaultsWith("start_unix_ms", "1627257600000"),
            "start_unix_ms FIELD_REPEATED");
  EXPECT_EQ(FaultsWith("end_unix_ms", "1627268400000"),
            "end_unix_ms FIELD_REPEATED");
  EXPECT_EQ(
      FaultsIn(SlotWith({{"day", "2021-07-26"}, {"day_yyyymmdd", "20210727"}})),
      "day_yyyymmdd FIELD_REPEATED");
}

TEST(SupplyRowTest, AllFaultsOfARowAreTold) {
  EXPECT_EQ(FaultsIn(SlotWith(
                {{"slot_id", ""}, {"start", "soon"}, {"capacity", "-1"}})),
            "slot_id ID_MISSING, start NOT_A_TIME, "
            "capacity CAPACITY_OUT_OF_RANGE");
}

TEST(SupplyRowTest, ASiteHasAnIdAndTexts) {
  const Row site{.line = 2, .fields = {{"site_id", "s1"}, {"name", "Hall"}}};
  const SupplyReading read = ReadSupplyRow(site, {});
  ASSERT_TRUE(read.row.has_value());
  EXPECT_EQ(std::get<v1::DefineSite>(*read.row).ShortDebugString(),
            "site_id: \"s1\" name: \"Hall\"");
  EXPECT_EQ(FaultsIn({.line = 2,
                      .fields = {{"name", std::string(513, 'x')},
                                 {"region", "\xff"}}}),
            "site_id FIELD_MISSING, name TEXT_TOO_LONG, region NOT_UTF8");
}

TEST(SupplyRowTest, NoCapacityIsADoubt) {
  const SupplyReading read = ReadSupplyRow(SlotWith({{"capacity", "0"}}), {});
  EXPECT_TRUE(read.row.has_value());
  ASSERT_EQ(read.doubts.size(), 1u);
  EXPECT_EQ(read.doubts[0].reason, "CAPACITY_ZERO");
}

TEST(SupplyRowTest, TheDayOfTheStartIsTakenOnDemand) {
  const auto day = [](const Row& row, bool takes_day_of_start) {
    const auto read = ReadSupplyRow(row, {takes_day_of_start});
    return std::get<SlotRow>(*read.row).slot.day_yyyymmdd();
  };
  EXPECT_EQ(day(SlotWith({}), false), 0u);
  EXPECT_EQ(day(SlotWith({}), true), 20210726u);
  EXPECT_EQ(day(SlotWith({{"day", "20210725"}}), true), 20210725u);
}

}  // namespace
}  // namespace slotlog::supply
