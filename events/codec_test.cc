#include "events/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "slotlog/v1/commands.pb.h"

namespace slotlog {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Command BookCommand() {
  v1::Command command;
  command.set_command_id("c1");
  command.set_citizen_id("시민-1");
  command.mutable_profile()->set_birth_date_yyyymmdd(19620712);
  command.mutable_book()->set_campaign_id("2021-07");
  command.mutable_book()->set_site_id("강남구 보건소");
  command.mutable_book()->set_slot_id("0900");
  return command;
}

v1::Undecodable DecodeInput(std::string_view bytes) {
  v1::Command command;
  return Decode(bytes, kInputBytesMax, command);
}

// A command whose encoding takes so many bytes.
std::string CommandOfBytes(size_t size) {
  v1::Command command;
  command.set_command_id(std::string(size, 'x'));
  const size_t overhead = command.ByteSizeLong() - size;
  command.set_command_id(std::string(size - overhead, 'x'));
  return Encode(command);
}

TEST(CodecTest, WhatWasEncodedIsDecoded) {
  const v1::Command command = BookCommand();
  v1::Command decoded;
  EXPECT_EQ(Decode(Encode(command), kInputBytesMax, decoded),
            v1::UNDECODABLE_UNSPECIFIED);
  EXPECT_EQ(decoded.DebugString(), command.DebugString());
}

TEST(CodecTest, DecodingReplacesWhatTheMessageHeld) {
  v1::Command tick;
  tick.mutable_tick();
  v1::Command decoded = BookCommand();
  EXPECT_EQ(Decode(Encode(tick), kInputBytesMax, decoded),
            v1::UNDECODABLE_UNSPECIFIED);
  EXPECT_EQ(decoded.DebugString(), tick.DebugString());
}

TEST(CodecTest, EncodingAppends) {
  std::string bytes = "before";
  EncodeTo(BookCommand(), bytes);
  EXPECT_EQ(bytes, "before" + Encode(BookCommand()));
}

TEST(CodecTest, NoBytesAreEmpty) {
  EXPECT_EQ(DecodeInput(""), v1::UNDECODABLE_EMPTY);
}

TEST(CodecTest, OneByteBeyondTheBoundIsTooLarge) {
  const std::string fits = CommandOfBytes(kInputBytesMax);
  const std::string larger = CommandOfBytes(kInputBytesMax + 1);
  ASSERT_EQ(fits.size(), kInputBytesMax);
  ASSERT_EQ(larger.size(), kInputBytesMax + 1);
  EXPECT_EQ(DecodeInput(fits), v1::UNDECODABLE_UNSPECIFIED);
  EXPECT_EQ(DecodeInput(larger), v1::UNDECODABLE_TOO_LARGE);
}

TEST(CodecTest, BytesThatAreNoMessageAreMalformed) {
  const struct {
    std::string_view what;
    std::string bytes;
  } kCases[] = {
      {"cut off inside a field",
       Encode(BookCommand()).substr(0, Encode(BookCommand()).size() - 1)},
      {"a length beyond the end", "\x0a\x7fshort"},
      {"a number without an end", std::string(11, '\xff')},
      {"field number 0", std::string("\x00\x01", 2)},
      {"the end of a group that never began", "\x0c"},
      {"a wire type that does not exist", "\x0f"},
      {"a text that is not UTF-8", "\x0a\x02\xff\xfe"},
      {"JSON", R"({"command_id": "c1"})"},
  };
  for (const auto& [what, bytes] : kCases) {
    EXPECT_EQ(DecodeInput(bytes), v1::UNDECODABLE_MALFORMED) << what;
  }
}

// A newer program's fields: a record that is read and written again keeps them.
TEST(CodecTest, UnknownFieldsSurvive) {
  const std::string bytes = Encode(BookCommand()) + "\xc2\x3e\x05newer";
  v1::Command command;
  EXPECT_EQ(Decode(bytes, kInputBytesMax, command),
            v1::UNDECODABLE_UNSPECIFIED);
  EXPECT_EQ(command.book().slot_id(), "0900");
  EXPECT_EQ(Encode(command), bytes);
}

TEST(CodecTest, UnknownActionIsNoAction) {
  v1::Command command;
  command.set_command_id("c1");
  // Field 1000, as a newer program's action would be.
  const std::string bytes = Encode(command) + "\xc2\x3e\x05newer";
  EXPECT_EQ(Decode(bytes, kInputBytesMax, command),
            v1::UNDECODABLE_UNSPECIFIED);
  EXPECT_EQ(command.command_id(), "c1");
  EXPECT_EQ(command.action_case(), v1::Command::ACTION_NOT_SET);
}

TEST(CodecTest, UnknownRefusalSurvives) {
  v1::Confirmation confirmation;
  confirmation.set_refusal(static_cast<v1::Refusal>(12345));
  v1::Confirmation decoded;
  EXPECT_EQ(Decode(Encode(confirmation), kRecordBytesMax, decoded),
            v1::UNDECODABLE_UNSPECIFIED);
  EXPECT_EQ(decoded.refusal(), 12345);
}

TEST(CodecTest, UndecodablesHaveNames) {
  EXPECT_EQ(NameOf(v1::UNDECODABLE_EMPTY), "EMPTY");
  EXPECT_EQ(NameOf(v1::UNDECODABLE_TOO_LARGE), "TOO_LARGE");
  EXPECT_EQ(NameOf(v1::UNDECODABLE_MALFORMED), "MALFORMED");
  EXPECT_EQ(NameOf(static_cast<v1::Undecodable>(99)), "");
}

TEST(CodecTest, RefusalsHaveNames) {
  EXPECT_EQ(NameOf(v1::REFUSAL_UNSPECIFIED), "");
  EXPECT_EQ(NameOf(v1::REFUSAL_SLOT_FULL), "SLOT_FULL");
  EXPECT_EQ(NameOf(v1::REFUSAL_WRONG_PARTITION), "WRONG_PARTITION");
  EXPECT_EQ(NameOf(static_cast<v1::Refusal>(12345)), "REFUSAL_12345");
}

TEST(CodecTest, EveryNumberHasANameOfItsOwn) {
  std::set<std::string> names;
  int refusals = 0;
  for (int number = 1; number < v1::Refusal_ARRAYSIZE; ++number) {
    if (!v1::Refusal_IsValid(number)) continue;
    ++refusals;
    const std::string name = NameOf(static_cast<v1::Refusal>(number));
    EXPECT_THAT(name, Not(HasSubstr("REFUSAL"))) << number;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_GT(refusals, 0);
  for (int number = 1; number < v1::Undecodable_ARRAYSIZE; ++number) {
    EXPECT_NE(NameOf(static_cast<v1::Undecodable>(number)), "") << number;
  }
}

TEST(CodecDeathTest, RecordBeyondTheBoundIsOurMistake) {
  v1::DeadLetter letter;
  letter.set_payload(std::string(kRecordBytesMax, 'x'));
  EXPECT_DEATH(Encode(letter), "a record is larger than its bound");
}

}  // namespace
}  // namespace slotlog
