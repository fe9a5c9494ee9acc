// Refusals that no story comes to by itself: limits that are far, and inputs
// that stand where none should.

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "events/codec.h"
#include "events/partitioner.h"
#include "services/reservation/decide.h"
#include "services/reservation/limits.h"
#include "services/reservation/memory_state.h"

namespace slotlog {
namespace {

constexpr ShardCount kShards{2};
constexpr Shard kHere{0};

class GuardsTest : public testing::Test {
 protected:
  GuardsTest() : state_(Head::Of(kHere, kShards)) {}

  static std::string IdAtHomeOn(Shard shard) {
    for (int i = 0;; ++i) {
      std::string id = "id" + std::to_string(i);
      if (ShardOf(id, kShards) == shard) return id;
    }
  }

  v1::Command Cancel() const {
    v1::Command command;
    command.set_citizen_id(here_);
    command.set_command_id("x1");
    command.mutable_cancel()->set_campaign_id("k");
    return command;
  }

  Citizen& CitizenHere() {
    return state_.citizens().Mutable(RowKey::Of(CitizenId{here_}));
  }

  v1::Operation OpenSlots(int slots) const {
    v1::Operation operation;
    operation.set_operation_id("o1");
    v1::OpenSlots& open = *operation.mutable_open_slots();
    open.set_site_id(here_);
    for (int i = 0; i < slots; ++i) {
      v1::Slot& slot = *open.add_slots();
      slot.set_slot_id("s" + std::to_string(i));
      slot.set_start_unix_ms(1'000);
      slot.set_end_unix_ms(2'000);
      slot.set_capacity(1);
    }
    return operation;
  }

  /// The name of the reason, and the field if there is one.
  std::string Refusal(const v1::Command& command) {
    const v1::Event* event = DecideOn(Topic::kCommands, &command);
    if (event == nullptr || !event->has_command_refused()) return "none";
    return NameOf(event->command_refused().refusal());
  }
  std::string Refusal(const v1::Operation& operation) {
    const v1::Event* event = DecideOn(Topic::kOperations, &operation);
    if (event == nullptr || !event->has_operation_refused()) return "none";
    return NameOf(event->operation_refused().refusal());
  }
  std::string Refusal(const v1::Message& message) {
    const v1::Event* event =
        DecideOn(Topic::kInternal, MessageFrom{Shard{1}, &message});
    if (event == nullptr || !event->has_release_refused()) return "none";
    return NameOf(event->release_refused().refusal());
  }

  const std::string here_ = IdAtHomeOn(kHere);
  const std::string there_ = IdAtHomeOn(Shard{1});
  MemoryState state_;

 private:
  v1::Event* DecideOn(Topic topic, decltype(Input::body) body) {
    return Decide(state_,
                  {.cause = {.topic = topic, .offset = Offset{100}},
                   .asked_at = absl::UnixEpoch(),
                   .digest = 1,
                   .body = body},
                  arena_);
  }

  google::protobuf::Arena arena_;
};

TEST_F(GuardsTest, ACommandOfAnotherShardsCitizenIsRefused) {
  v1::Command command = Cancel();
  EXPECT_EQ(Refusal(command), "NOTHING_TO_CANCEL");
  command.set_citizen_id(there_);
  EXPECT_EQ(Refusal(command), "WRONG_PARTITION");
}

TEST_F(GuardsTest, AnOperationOnAnotherShardsSiteIsRefused) {
  v1::Operation operation;
  operation.set_operation_id("o1");
  operation.mutable_define_site()->set_site_id(here_);
  EXPECT_EQ(Refusal(operation), "none");
  operation.mutable_define_site()->set_site_id(there_);
  EXPECT_EQ(Refusal(operation), "WRONG_PARTITION");
}

TEST_F(GuardsTest, WhatAsksForNothingIsRefused) {
  v1::Command command = Cancel();
  command.clear_action();
  EXPECT_EQ(Refusal(command), "ACTION_MISSING");
  v1::Operation operation;
  operation.set_operation_id("o1");
  EXPECT_EQ(Refusal(operation), "ACTION_MISSING");
}

TEST_F(GuardsTest, OneCommandMoreThanMayWaitIsRefused) {
  Claim& claim = CitizenHere().claims.emplace_back();
  claim.campaign_id = "k";
  claim.state = ClaimState::kAsked;
  claim.conversation = std::make_unique<Conversation>();
  claim.conversation->command_id = "b1";
  claim.conversation->parked.resize(kParkedCommandsMax - 1);
  EXPECT_EQ(Refusal(Cancel()), "none");
  claim.conversation->parked.resize(kParkedCommandsMax);
  EXPECT_EQ(Refusal(Cancel()), "BUSY");
}

TEST_F(GuardsTest, OneCommandMoreThanACitizenMaySendIsRefused) {
  CitizenHere().answers.resize(kAnswersKeptMax - 1);
  EXPECT_EQ(Refusal(Cancel()), "NOTHING_TO_CANCEL");
  CitizenHere().answers.resize(kAnswersKeptMax);
  EXPECT_EQ(Refusal(Cancel()), "TOO_MANY_COMMANDS");
}

TEST_F(GuardsTest, OneSlotMoreThanASiteMayHaveIsRefused) {
  Site& site = state_.sites().Mutable(RowKey::Of(SiteId{here_}));
  site.slot_ids.resize(kSlotsPerSiteMax - 2, "old");
  EXPECT_EQ(Refusal(OpenSlots(2)), "none");
  EXPECT_EQ(Refusal(OpenSlots(3)), "TOO_MANY_SLOTS");
}

TEST_F(GuardsTest, ASlotNamedTwiceInOneOperationIsRefused) {
  v1::Operation operation = OpenSlots(3);
  operation.mutable_open_slots()->mutable_slots(2)->set_slot_id("s1");
  EXPECT_EQ(Refusal(operation), "SLOT_REPEATED");
}

TEST_F(GuardsTest, ASeatThatIsGoneCannotBeGivenBack) {
  v1::Message message;
  v1::ReleaseRequest& request = *message.mutable_release_request();
  request.set_citizen_id(there_);
  request.set_campaign_id("k");
  request.set_turn(2);
  request.set_site_id(here_);
  request.set_slot_id("s1");
  request.set_seat(1);
  request.set_seat_turn(1);
  EXPECT_EQ(Refusal(message), "SEAT_GONE");

  Seat& seat = state_.seats().Mutable(
      RowKey::Of(SiteId{here_}, SlotId{"s1"}, SeatNumber{1}));
  seat.citizen_id = there_;
  seat.campaign_id = "k";
  seat.turn = Turn{1};
  seat.state = SeatState::kBooked;
  EXPECT_EQ(Refusal(message), "none");
  seat.state = SeatState::kMissed;
  EXPECT_EQ(Refusal(message), "SEAT_GONE");
}

}  // namespace
}  // namespace slotlog
