#include "tools/supply/csv_rows.h"

#include <gtest/gtest.h>

#include <string>

#include "tools/supply/test_rows.h"

namespace slotlog::supply {
namespace {

constexpr char kHeader[] = "site_id,name,region\n";

std::string CsvRowsIn(const std::string& text) {
  return RowsIn(text, Format::kCsv);
}

TEST(CsvRowsTest, ColumnsMayStandInAnyOrder) {
  EXPECT_EQ(CsvRowsIn("region,site_id\nnorth,s1\n"),
            "2 region=north site_id=s1\n");
}

TEST(CsvRowsTest, ReadsWhatProgramsWrite) {
  struct Case {
    const char* what;
    std::string lines;
    const char* rows;
  };
  const Case cases[] = {
      {"a quoted separator", "s1,\"Hall, East\",n\n",
       "2 site_id=s1 name=Hall, East region=n\n"},
      {"a doubled quotation mark", "s1,\"the \"\"old\"\" hall\",n\n",
       "2 site_id=s1 name=the \"old\" hall region=n\n"},
      {"a line feed in quotes", "s1,\"two\nlines\",n\ns2,,\n",
       "2 site_id=s1 name=two\nlines region=n\n"
       "4 site_id=s2 name= region=\n"},
      {"carriage returns", "s1,a,n\r\ns2,b,n\r\n",
       "2 site_id=s1 name=a region=n\n3 site_id=s2 name=b region=n\n"},
      {"spaces around", "s1 , a b ,n\n", "2 site_id=s1 name=a b region=n\n"},
      {"empty lines", "\ns1,a,n\n\n\n", "3 site_id=s1 name=a region=n\n"},
      {"no line feed at the end", "s1,a,n", "2 site_id=s1 name=a region=n\n"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CsvRowsIn(kHeader + c.lines), c.rows) << c.what;
  }
}

TEST(CsvRowsTest, BadRowsAreToldAndTheRestIsRead) {
  struct Case {
    const char* what;
    std::string lines;
    const char* rows;
  };
  const Case cases[] = {
      {"too few", "s1,a\n", "2 bad OTHER_COLUMNS\n"},
      {"too many", "s1,a,n,more\n", "2 bad OTHER_COLUMNS\n"},
      {"a mark within a field", "s1,5\" tube,n\n", "2 bad QUOTE_MISPLACED\n"},
      {"text behind a closed field", "s1,\"a\"b,n\n",
       "2 bad QUOTE_MISPLACED\n"},
      {"never closed", "s1,\"a,n\n", "2 bad QUOTE_NOT_CLOSED\n"},
      {"too long", "s1," + std::string(kLineBytesMax, 'x') + ",n\n",
       "2 bad LINE_TOO_LONG\n"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CsvRowsIn(kHeader + c.lines), c.rows) << c.what;
  }
}

TEST(CsvRowsTest, AMarkThatIsNeverClosedCostsOneRow) {
  std::string lines = "s1,\"a,n\n";
  std::string rows = "2 bad QUOTE_NOT_CLOSED\n";
  for (size_t i = 0; i < 2 * kRowLinesMax; ++i) {
    lines += fmt::format("t{},b,n\n", i);
    rows += fmt::format("{} site_id=t{} name=b region=n\n", i + 3, i);
  }
  EXPECT_EQ(CsvRowsIn(kHeader + lines), rows);
}

TEST(CsvRowsTest, AFileThatIsNoneOfOursIsRefusedAsAWhole) {
  struct Case {
    const char* text;
    const char* why;
  };
  const Case cases[] = {
      {"", "is empty: its first line must name the columns"},
      {"site_id,site_id\n", ":1: two columns are named site_id"},
      {"site_id,,name\n", ":1: a column has no name"},
      {",\n", ":1: a column has no name"},
      {"name,region\n", "column site_id is missing"},
      {"site_id,slot_id,start,end\n", "column capacity is missing"},
      {"site_id,nmae\n", "nobody knows the column nmae"},
      {"site_id;name\n", "column site_id is missing"},
  };
  for (const Case& c : cases) {
    EXPECT_NE(CsvRowsIn(c.text).find(c.why), std::string::npos)
        << CsvRowsIn(c.text);
  }
}

TEST(CsvRowsTest, TakesAnotherDelimiterAndAByteOrderMark) {
  EXPECT_EQ(RowsIn("\xef\xbb\xbfsite_id;name\ns1;a,b\n", Format::kCsv, {}, ';'),
            "2 site_id=s1 name=a,b\n");
}

TEST(CsvRowsTest, ColumnsOfOthersBecomeOurs) {
  const auto columns =
      Columns::From({"site_id=area+place,name=place", "region=reg"});
  ASSERT_TRUE(columns.ok());
  EXPECT_EQ(RowsIn("area,place,type,reg\nABR,Hall,H,Abruzzo\n", Format::kCsv,
                   *columns),
            "2 name=Hall region=Abruzzo site_id=ABR/Hall\n");
  EXPECT_NE(RowsIn("area,place\n", Format::kCsv, *columns)
                .find("region is to be read from reg"),
            std::string::npos);
}

TEST(CsvRowsTest, ColumnsMustBeSaidWell) {
  for (const char* text : {"site_id", "sites=a", "site_id=", "site_id=a+"}) {
    EXPECT_FALSE(Columns::From({text}).ok()) << text;
  }
}

TEST(JsonRowsTest, ReadsAnObjectALine) {
  EXPECT_EQ(RowsIn("{\"site_id\":\"s1\",\"name\":null}\n\n"
                   "{\"siteId\":\"s1\",\"startUnixMs\":\"5\",\"capacity\":3}\n"
                   "[1]\n{\"site_id\":\n",
                   Format::kNdjson),
            "1 site_id=s1\n"
            "3 capacity=3 site_id=s1 start_unix_ms=5\n"
            "4 bad NOT_AN_OBJECT\n"
            "5 bad NOT_AN_OBJECT\n");
}

TEST(JsonRowsTest, DeepNestingIsABadRowAndNoCrash) {
  const std::string deep = R"({"site_id":)" + std::string(500'000, '[') + "\n";
  EXPECT_EQ(RowsIn(deep + "{\"site_id\":\"s1\"}\n", Format::kNdjson),
            "1 bad NOT_AN_OBJECT\n2 site_id=s1\n");
  const std::string closed = R"({"site_id":)" + std::string(100'000, '[') +
                             std::string(100'000, ']') + "}\n";
  EXPECT_EQ(RowsIn(closed, Format::kNdjson), "1 bad NOT_AN_OBJECT\n");
}

TEST(JsonRowsTest, AFieldThatIsGivenTwiceIsNotLost) {
  for (const char* text : {
           R"({"site_id":"b1","site_id":"b2"})",
           R"({"site_id":"b1","site_id":"b1"})",
           R"({"site_id":"a1","siteId":"a2"})",
           R"({"capacity":3,"site_id":"a1","capacity":[4]})",
           R"({"site_id":"a1","name":[{"x":1,"x":2}]})",
       }) {
    EXPECT_EQ(RowsIn(text, Format::kNdjson), "1 bad FIELD_REPEATED\n") << text;
  }
  EXPECT_EQ(
      RowsIn(R"({"site_id":"a1","name":[{"x":1},{"x":2}]})", Format::kNdjson),
      "1 name=[{\"x\":1},{\"x\":2}] site_id=a1\n");
}

}  // namespace
}  // namespace slotlog::supply
