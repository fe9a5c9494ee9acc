#include "tests/conformance/store_conformance.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "events/invariant.h"

namespace slotlog {

using std::string_view_literals::operator""sv;

namespace {

constexpr std::optional<std::string_view> kDeleted = std::nullopt;

template <typename T>
T Value(absl::StatusOr<T> result) {
  INVARIANT(result.ok(), result.status().ToString().c_str());
  return *std::move(result);
}

/// Keys of one length, ascending with the number.
std::string NumberedKey(std::string_view prefix, int number) {
  return fmt::format("{}{:06d}", prefix, number);
}

std::vector<std::string> NumberedKeys(std::string_view prefix, int count) {
  std::vector<std::string> keys;
  for (int i = 0; i < count; ++i) keys.push_back(NumberedKey(prefix, i));
  return keys;
}

/// A change of each key to the same value.
std::vector<RowChange> AllTo(std::string_view value,
                             const std::vector<std::string>& keys) {
  std::vector<RowChange> changes;
  for (const std::string& key : keys) changes.push_back({key, value});
  return changes;
}

}  // namespace

void StoreConformance::SetUp() {
  open_ = GetParam().new_store();
  store_ = Value(open_());
}

void StoreConformance::Reopen() {
  if (!GetParam().is_durable) return;
  store_.reset();
  store_ = Value(open_());
}

void StoreConformance::Write(std::vector<RowChange> changes,
                             std::string_view position) {
  const absl::Status status = store().WriteCheckpoint(changes, position);
  INVARIANT(status.ok(), status.ToString().c_str());
}

std::optional<std::string> StoreConformance::Position() {
  return Value(store().ReadPosition());
}

std::vector<std::optional<std::string>> StoreConformance::Read(
    std::vector<std::string_view> keys) {
  return Value(store().Read(keys));
}

StoreConformance::Rows StoreConformance::Scan(std::string_view prefix) {
  Rows rows;
  const absl::Status status =
      store().Scan(prefix, [&](std::string_view key, std::string_view value) {
        // In order, so that each belongs at the end.
        INVARIANT(rows.empty() || rows.rbegin()->first < key, "keys ascend");
        rows.emplace_hint(rows.end(), key, value);
        return true;
      });
  INVARIANT(status.ok(), status.ToString().c_str());
  return rows;
}

TEST_P(StoreConformance, ANewStoreHasNoPositionAndNoRows) {
  EXPECT_EQ(Position(), std::nullopt);
  EXPECT_EQ(Scan(""), Rows{});
  EXPECT_EQ(Read({"a"}), std::vector{std::optional<std::string>()});
  Reopen();
  EXPECT_EQ(Position(), std::nullopt);
}

TEST_P(StoreConformance, RowsAndPositionComeTogether) {
  Write({{"a", "1"}, {"b", "2"}}, "first");
  EXPECT_EQ(Position(), "first");
  EXPECT_EQ(Scan(""), (Rows{{"a", "1"}, {"b", "2"}}));
  Reopen();
  EXPECT_EQ(Position(), "first");
  EXPECT_EQ(Scan(""), (Rows{{"a", "1"}, {"b", "2"}}));
}

TEST_P(StoreConformance, ALaterCheckpointReplacesDeletesAndLeavesTheRest) {
  Write({{"a", "1"}, {"b", "2"}, {"c", "3"}}, "first");
  Write({{"a", "10"}, {"b", kDeleted}, {"d", "40"}}, "second");
  EXPECT_EQ(Position(), "second");
  EXPECT_EQ(Scan(""), (Rows{{"a", "10"}, {"c", "3"}, {"d", "40"}}));
  Reopen();
  EXPECT_EQ(Scan(""), (Rows{{"a", "10"}, {"c", "3"}, {"d", "40"}}));
}

TEST_P(StoreConformance, ADeletedRowCanComeBack) {
  Write({{"a", "1"}}, "first");
  Write({{"a", kDeleted}}, "second");
  EXPECT_EQ(Scan(""), Rows{});
  Write({{"a", "3"}}, "third");
  EXPECT_EQ(Scan(""), (Rows{{"a", "3"}}));
}

TEST_P(StoreConformance, DeletingWhatIsNotThereIsNoError) {
  Write({{"a", kDeleted}}, "first");
  EXPECT_EQ(Position(), "first");
  EXPECT_EQ(Scan(""), Rows{});
}

TEST_P(StoreConformance, ACheckpointMayMoveThePositionAlone) {
  Write({{"a", "1"}}, "first");
  Write({}, "second");
  EXPECT_EQ(Position(), "second");
  EXPECT_EQ(Scan(""), (Rows{{"a", "1"}}));
  Reopen();
  EXPECT_EQ(Position(), "second");
}

TEST_P(StoreConformance, ReadAnswersInTheOrderOfTheKeys) {
  Write({{"a", "1"}, {"c", "3"}, {"e", "5"}}, "first");
  const std::vector<std::optional<std::string>> expected = {
      "1", std::nullopt, "3", std::nullopt, "5", std::nullopt};
  EXPECT_EQ(Read({"a", "b", "c", "d", "e", "f"}), expected);
  EXPECT_TRUE(Read({}).empty());
}

TEST_P(StoreConformance, ScanSeesThePrefixOnlyInOrderOfUnsignedBytes) {
  Write({{"a", ""}, {"b", ""}, {"b\x01", ""}, {"b\xff", ""}, {"c", ""}}, "");
  EXPECT_EQ(Scan("b"), (Rows{{"b", ""}, {"b\x01", ""}, {"b\xff", ""}}));
  EXPECT_EQ(Scan("b\xff"), (Rows{{"b\xff", ""}}));
  EXPECT_EQ(Scan("bb"), Rows{});
  EXPECT_EQ(Scan("\xff\xff"), Rows{});
}

TEST_P(StoreConformance, ScanStopsWhenTold) {
  Write({{"a", "1"}, {"b", "2"}, {"c", "3"}}, "first");
  std::vector<std::string> seen;
  const auto stop_at_b = [&](std::string_view key, std::string_view) {
    seen.emplace_back(key);
    return key != "b";
  };
  ASSERT_TRUE(store().Scan("", stop_at_b).ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
}

TEST_P(StoreConformance, AVisitorMayUseTheStoreAndSeesOneCheckpoint) {
  Write({{"a", "1"}, {"b", "1"}}, "first");
  std::vector<std::string> seen;
  const auto write_meanwhile = [&](std::string_view, std::string_view value) {
    seen.emplace_back(value);
    Write({{"a", "2"}, {"b", "2"}}, "second");
    return true;
  };
  ASSERT_TRUE(store().Scan("", write_meanwhile).ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"1", "1"}));
  EXPECT_EQ(Scan(""), (Rows{{"a", "2"}, {"b", "2"}}));
}

TEST_P(StoreConformance, BytesAreBytes) {
  const std::string every_position("\0\xff\n\0"sv);
  Write({{"\0"sv, "\0zero\0"sv},
         {"\0position"sv, "mine"},
         {"e", ""},
         {"\xff\xff", "\xff"}},
        every_position);
  Reopen();
  EXPECT_EQ(Position(), every_position);
  EXPECT_EQ(Scan(""), (Rows{{std::string("\0"sv), std::string("\0zero\0"sv)},
                            {std::string("\0position"sv), "mine"},
                            {"e", ""},
                            {"\xff\xff", "\xff"}}));
  EXPECT_EQ(Read({"e"}), std::vector{std::optional<std::string>("")});
}

TEST_P(StoreConformance, AnEmptyPositionIsAPosition) {
  Write({}, "");
  Reopen();
  EXPECT_EQ(Position(), "");
}

TEST_P(StoreConformance, ACheckpointMayBeBig) {
  const std::vector<std::string> keys = NumberedKeys("citizen", 100'000);
  Write(AllTo("an appointment of about this length", keys), "first");
  Reopen();
  EXPECT_EQ(Scan("citizen").size(), keys.size());
  EXPECT_EQ(Scan("citizen0999").size(), 100u);
  const auto read = Read({keys.begin(), keys.end()});
  EXPECT_EQ(std::count(read.begin(), read.end(),
                       "an appointment of about this length"),
            100'000);
}

TEST_P(StoreConformance, ManyCheckpointsAddUp) {
  constexpr int kCheckpoints = 60;
  Rows expected;
  for (int i = 0; i < kCheckpoints; ++i) {
    const std::string own = NumberedKey("own", i);
    const std::string gone = NumberedKey("own", i - 10);
    const std::string value = fmt::format("{}", i);
    std::vector<RowChange> changes = {{"all", value}};
    if (i >= 10) changes.push_back({gone, kDeleted});
    changes.push_back({own, value});
    Write(changes, value);
    expected["all"] = value;
    expected[own] = value;
    expected.erase(gone);
  }
  EXPECT_EQ(Scan(""), expected);
  Reopen();
  EXPECT_EQ(Scan(""), expected);
  EXPECT_EQ(Position(), "59");
}

/// The writer makes every row and the position say the checkpoint's number; the
/// reader must never see two numbers at once, nor one older than a position
/// that it read before.
TEST_P(StoreConformance, ReadersSeeAllOfACheckpointOrNothing) {
  constexpr int kRows = 100;  // More than RocksDB looks up in one go.
  constexpr int kCheckpoints = 200;
  const std::vector<std::string> keys = NumberedKeys("row", kRows);
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  Write(AllTo("000", keys), "000");

  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    for (int i = 1; i <= kCheckpoints; ++i) {
      const std::string number = fmt::format("{:03d}", i);
      Write(AllTo(number, keys), number);
    }
    is_over = true;
  });
  int torn = 0;
  int gone_back = 0;
  while (!is_over) {
    const std::string position = *Position();
    const auto read = Value(store().Read(views));
    for (const auto& value : read) torn += value != read.front();
    gone_back += *read.front() < position;
    const Rows scanned = Scan("row");
    for (const auto& row : scanned)
      torn += row.second != scanned.begin()->second;
    gone_back += scanned.begin()->second < *read.front();
  }
  writer.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(gone_back, 0);
  EXPECT_EQ(Position(), "200");
}

}  // namespace slotlog
