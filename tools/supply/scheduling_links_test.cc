#include "tools/supply/scheduling_links.h"

#include <gtest/gtest.h>

#include <string>

#include "tools/supply/test_rows.h"

namespace slotlog::supply {
namespace {

std::string Slot(const std::string& id, const std::string& schedule,
                 const std::string& status, const std::string& capacity) {
  std::string extensions = "[]";
  if (!capacity.empty()) {
    extensions = R"([{"url":"http://x/booking-phone","valueString":"1"},)"
                 R"({"url":"http://x/slot-capacity","valueInteger":)" +
                 capacity + "}]";
  }
  return R"({"resourceType":"Slot","id":")" + id +
         R"(","schedule":{"reference":"Schedule/)" + schedule +
         R"("},"status":")" + status +
         R"(","start":"A","end":"B","extension":)" + extensions + "}\n";
}

constexpr char kSchedule[] = R"({"resourceType":"Schedule","id":"7",)"
                             R"("actor":[{"reference":"Location/116"}]})"
                             "\n";

std::string LinksIn(const std::string& text) {
  return RowsIn(text, Format::kSchedulingLinks);
}

TEST(SchedulingLinksTest, ALocationIsASite) {
  EXPECT_EQ(LinksIn(R"({"resourceType":"Location","id":"116","name":"Aid",)"
                    R"("address":{"state":"NJ","postalCode":"08332-3762"}})"),
            "1 site_id=116 name=Aid region=NJ\n");
}

TEST(SchedulingLinksTest, ASlotIsAtTheLocationOfItsSchedule) {
  EXPECT_EQ(LinksIn(kSchedule + Slot("s", "7", "free", "33") +
                    Slot("t", "7", "free", "")),
            "1\n"
            "2 site_id=116 slot_id=s start=A end=B capacity=33\n"
            "3 site_id=116 slot_id=t start=A end=B capacity=1\n");
}

TEST(SchedulingLinksTest, OfABusySlotNothingIsLeft) {
  EXPECT_EQ(LinksIn(kSchedule + Slot("s", "7", "busy", "33") +
                    Slot("t", "7", "busy", "")),
            "1\n"
            "2 site_id=116 slot_id=s start=A end=B capacity=0"
            " doubt SLOT_BUSY\n"
            "3 site_id=116 slot_id=t start=A end=B capacity=0"
            " doubt SLOT_BUSY\n");
}

TEST(SchedulingLinksTest, ASecondCapacityIsNotLost) {
  const std::string two = R"(3},{"url":"x/slot-capacity","valueInteger":4)";
  EXPECT_EQ(LinksIn(kSchedule + Slot("s", "7", "free", two)),
            "1\n2 site_id=116 slot_id=s start=A end=B bad FIELD_REPEATED\n");
  const std::string two_values = R"(3,"valueString":"4")";
  EXPECT_EQ(LinksIn(kSchedule + Slot("s", "7", "free", two_values)),
            "1\n2 site_id=116 slot_id=s start=A end=B bad FIELD_REPEATED\n");
}

TEST(SchedulingLinksTest, WhatPublicationsGetWrongIsTold) {
  EXPECT_EQ(LinksIn(Slot("s", "8", "free", "1")),
            "1 slot_id=s start=A end=B capacity=1 bad SCHEDULE_UNKNOWN\n");
  EXPECT_EQ(LinksIn(kSchedule + Slot("s", "7", "entered-in-error", "1")),
            "1\n2 site_id=116 slot_id=s start=A end=B capacity=1"
            " bad STATUS_NOT_BOOKABLE\n");
  EXPECT_EQ(LinksIn(R"({"resourceType":"Schedule","id":"7"})"),
            "1 bad FIELD_MISSING\n");
  EXPECT_EQ(LinksIn(std::string(kSchedule) +
                    R"({"resourceType":"Schedule","id":"7",)"
                    R"("actor":[{"reference":"Location/117"}]})"),
            "1\n2 bad SCHEDULE_REPEATED\n");
  EXPECT_EQ(LinksIn(R"({"resourceType":"Patient"})"),
            "1 bad RESOURCE_UNKNOWN\n");
  EXPECT_EQ(LinksIn("no json\n"), "1 bad NOT_AN_OBJECT\n");
}

TEST(SchedulingLinksTest, OddValuesAreDoubts) {
  EXPECT_EQ(LinksIn(R"({"resourceType":"Location","id":"116",)"
                    R"("address":{"postalCode":"8332-3762"}})"),
            "1 site_id=116 doubt POSTAL_CODE_LOST_ZERO\n");
  EXPECT_EQ(LinksIn(R"({"resourceType":"Schedule","id":"7",)"
                    R"("actor":[{"reference":"Location/116"}],"extension":)"
                    R"([{"url":"x/vaccine-dose","valueInteger":9}]})"),
            "1 doubt DOSE_NOT_PLAUSIBLE\n");
}

TEST(SchedulingLinksTest, ValuesOfOtherTypesAreNoAccident) {
  EXPECT_EQ(LinksIn(R"({"resourceType":"Location","id":116,"name":[1],)"
                    R"("address":"NJ"})"),
            "1 site_id=116 name=[1]\n");
  EXPECT_EQ(LinksIn(R"({"resourceType":["Slot"]})"),
            "1 bad RESOURCE_UNKNOWN\n");
}

TEST(SchedulingLinksTest, RepeatedSlotIdsCanBeToldApartByTheirStart) {
  const auto columns = Columns::From({"slot_id=slot_id+start"});
  ASSERT_TRUE(columns.ok());
  EXPECT_EQ(RowsIn(kSchedule + Slot("s", "7", "free", "3"),
                   Format::kSchedulingLinks, *columns),
            "1\n2 slot_id=s/A site_id=116 start=A end=B capacity=3\n");
}

}  // namespace
}  // namespace slotlog::supply
