#include "services/gateway/gateway.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/codec.h"
#include "services/gateway/served_gateway_test.h"
#include "slotlog/v1/commands.pb.h"

// What becomes of a command that comes by HTTP. Most citizens live on shard 0.

namespace slotlog {
namespace {

constexpr Shard kFirst{0};

class GatewayCommands : public GatewayTest {
 protected:
  GatewayCommands() { Start(); }

  v1::Command CommandAt(Shard shard, int64_t offset) {
    auto consumer =
        memory_.OpenConsumer({{{Topic::kCommands, shard}, Offset{offset}}});
    const auto batch =
        (*consumer)->Fetch({Topic::kCommands, shard}, 1, 1 << 20);
    v1::Command command;
    EXPECT_EQ(Decode(batch->records.at(0).value, kInputBytesMax, command),
              v1::UNDECODABLE_UNSPECIFIED);
    EXPECT_EQ(batch->records.at(0).key, command.citizen_id());
    return command;
  }

  std::vector<std::string> TraceParentsIn(TopicPartition partition) {
    auto consumer = memory_.OpenConsumer({{{partition, Offset{0}}}});
    const auto batch = (*consumer)->Fetch(partition, 100, 1 << 20);
    std::vector<std::string> all;
    for (const Record& record : batch->records) {
      all.emplace_back(record.traceparent);
    }
    return all;
  }

  const std::string c1_ = CitizenOn(kFirst, 1);
  const std::string c2_ = CitizenOn(kFirst, 2);
  const std::string c3_ = CitizenOn(kFirst, 3);
};

TEST_F(GatewayCommands, ACommandStandsOnTheLogWhenItIsAnswered) {
  const auto reply = Book(c1_, "b1");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(Summary(reply), "0-0 waiting 0");
  EXPECT_EQ(reply.Header("Location"), "/v1/tickets/0-0");
  EXPECT_EQ(reply.Header("Cache-Control"), "no-store");
  EXPECT_NE(reply.Header("Retry-After"), "");
  EXPECT_EQ(reply.Header("Idempotency-Replayed"), "");
  EXPECT_EQ(JsonOf(reply)["command_id"], "b1");
  const v1::Command command = CommandAt(kFirst, 0);
  EXPECT_EQ(command.command_id(), "b1");
  EXPECT_EQ(command.profile().birth_date_yyyymmdd(), 19620712u);
  EXPECT_EQ(command.book().slot_id(), "am");
}

TEST_F(GatewayCommands, ATraceIsCarriedFromTheRequestToItsConfirmation) {
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const std::string traceparent = "00-" + trace + "-b7ad6b7169203331-01";
  // A citizen of the other shard, so that two shards talk about it.
  const Shard site = ShardOf("s1", kShards);
  const Shard home{1 - site.value};
  EXPECT_EQ(
      Book(CitizenOn(home, 1), "b1", "traceparent: " + traceparent + "\r\n")
          .status,
      202);
  EXPECT_EQ(Book(CitizenOn(home, 2), "b2", "traceparent: nonsense\r\n").status,
            202);
  Decide();
  EXPECT_EQ(TraceParentsIn({Topic::kCommands, home}),
            (std::vector<std::string>{traceparent, ""}));
  // The first answers the operation that opened the day.
  EXPECT_EQ(TraceParentsIn({Topic::kConfirmations, home}),
            (std::vector<std::string>{"", traceparent, ""}));
}

TEST_F(GatewayCommands, ProtobufIsAsGood) {
  v1::Command command;
  command.set_citizen_id(c1_);
  command.mutable_cancel()->set_campaign_id("k");
  auto client = Connect();
  client.Send(Request("/v1/commands", Encode(command),
                      "Idempotency-Key: x1\r\n", "application/x-protobuf"));
  EXPECT_EQ(Summary(client.Read()), "0-0 waiting 0");
  EXPECT_EQ(CommandAt(kFirst, 0).command_id(), "x1");
}

TEST_F(GatewayCommands, TheKeyOfTheHeaderIsTheCommandsId) {
  const std::string body = fmt::format(
      R"({{"citizen_id":"{}","cancel":{{"campaign_id":"k"}}}})", c1_);
  EXPECT_EQ(Summary(PostCommand(body, "Idempotency-Key: x1\r\n")),
            "0-0 waiting 0");
  EXPECT_EQ(Summary(PostCommand(body, "Idempotency-Key: \"x1\"\r\n")),
            "0-0 waiting 0")
      << "with or without quotes";
  EXPECT_EQ(Summary(PostCommand(body, "Idempotency-Key: x2\r\n")),
            "0-1 waiting 1");
  EXPECT_EQ(CommandAt(kFirst, 1).command_id(), "x2");
}

TEST_F(GatewayCommands, EachIsToldHowManyStandBefore) {
  EXPECT_EQ(Summary(Book(c1_, "b1")), "0-0 waiting 0");
  EXPECT_EQ(Summary(Book(c2_, "b1")), "0-1 waiting 1");
  EXPECT_EQ(Summary(Book(c3_, "b1")), "0-2 waiting 2");
  EXPECT_EQ(Summary(Book(CitizenOn(Shard{1}, 1), "b1")), "1-0 waiting 0");
}

TEST_F(GatewayCommands, WhoWaitsIsAnsweredWithTheOutcome) {
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  auto client = Connect();
  client.Send(
      Request("/v1/commands", BookBody(c1_, "b1"), "Prefer: wait=20\r\n"));
  AwaitCommands(kFirst, 1);
  Decide();
  const auto reply = client.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(Summary(reply), "0-0 BOOKED");
  EXPECT_EQ(JsonOf(reply)["answer"]["status"], "booked");
  EXPECT_EQ(reply.Header("Content-Location"), "/v1/tickets/0-0");
  EXPECT_EQ(reply.Header("Preference-Applied"), "wait=20");
  EXPECT_NE(reply.Header("Slotlog-Position"), "");
  EXPECT_EQ(reply.Header("Retry-After"), "");
}

TEST_F(GatewayCommands, WhoWaitsInVainHasTheTicket) {
  const auto reply = Book(c1_, "b1", "Prefer: wait=1\r\n");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(Summary(reply), "0-0 waiting 0");
  EXPECT_EQ(reply.Header("Location"), "/v1/tickets/0-0");
}

TEST_F(GatewayCommands, WhoGoesWhileWaitingLeavesNothingBehind) {
  {
    auto client = Connect();
    client.Send(
        Request("/v1/commands", BookBody(c1_, "b1"), "Prefer: wait=30\r\n"));
    while (serving_->models.feed().waiting() == 0) std::this_thread::yield();
  }
  while (serving_->models.feed().waiting() != 0) std::this_thread::yield();
  EXPECT_EQ(Summary(Book(c1_, "b1")), "0-0 waiting 0")
      << "but the place is kept";
}

// --- Place in line is kept ---

TEST_F(GatewayCommands, ARepeatedRequestHasTheSameTicket) {
  Book(c1_, "b1");
  Book(c2_, "b1");
  const auto again = Book(c1_, "b1");
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(Summary(again), "0-0 waiting 0");
  EXPECT_EQ(again.Header("Idempotency-Replayed"), "true");
  EXPECT_EQ(CommandsIn(kFirst), 2) << "and stands there once";
}

TEST_F(GatewayCommands, TheSameIdsOfTwoCitizensAreTwo) {
  EXPECT_EQ(Summary(Book(c1_, "b1")), "0-0 waiting 0");
  EXPECT_EQ(Summary(Book(c2_, "b1")), "0-1 waiting 1");
  // However the ids are put together.
  EXPECT_EQ(Summary(Book("ab", "c")).substr(1),
            Summary(Book("ab", "c")).substr(1));
  EXPECT_NE(TicketOf(Book("ab", "c")), TicketOf(Book("a", "bc")));
}

TEST_F(GatewayCommands, RequestsThatAreRepeatedAtOnceAreOne) {
  log_.SetOpen(false);
  std::vector<http::RawClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(Connect());
    clients.back().Send(Request("/v1/commands", BookBody(c1_, "b1")));
  }
  clients.push_back(Connect());
  clients.back().Send(Request("/v1/commands", BookBody(c1_, "b1", "pm")));
  EXPECT_EQ(Summary(clients.back().Read()),
            "422 idempotency-key-reused command_id");
  log_.SetOpen(true);
  int replayed = 0;
  for (int i = 0; i < 8; ++i) {
    const auto reply = clients[i].Read();
    EXPECT_EQ(Summary(reply), "0-0 waiting 0");
    if (reply.Header("Idempotency-Replayed") == "true") ++replayed;
  }
  EXPECT_EQ(replayed, 7);
  EXPECT_EQ(CommandsIn(kFirst), 1);
}

TEST_F(GatewayCommands, OneThatIsDecidedGetsItsFirstAnswer) {
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  Book(c1_, "b1");
  Book(c2_, "b1");
  Decide();
  AwaitFolded();
  const auto again = Book(c1_, "b1");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(Summary(again), "0-0 BOOKED");
  EXPECT_EQ(again.Header("Idempotency-Replayed"), "true");
  EXPECT_EQ(Summary(Book(c2_, "b1")), "0-1 REFUSED SLOT_FULL");
  EXPECT_EQ(CommandsIn(kFirst), 2);
}

TEST_F(GatewayCommands, AnIdIsNotUsedForTwoWishes) {
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  Book(c1_, "b1");
  const std::string other = BookBody(c1_, "b1", "pm");
  EXPECT_EQ(Summary(PostCommand(other)),
            "422 idempotency-key-reused command_id");
  Decide();
  AwaitFolded();
  EXPECT_EQ(Summary(PostCommand(other)),
            "422 idempotency-key-reused command_id");
  EXPECT_EQ(CommandsIn(kFirst), 1);
}

TEST_F(GatewayCommands, ARestartOfTheGatewaySendsNobodyToTheBack) {
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  Book(c1_, "b1");
  Decide();
  AwaitFolded();
  Book(c2_, "b1");
  Book(c3_, "b1");
  Start();
  EXPECT_EQ(Summary(Book(c1_, "b1")), "0-0 BOOKED");
  EXPECT_EQ(TicketOf(Book(c2_, "b1")), "0-1");
  EXPECT_EQ(TicketOf(Book(c3_, "b1")), "0-2");
  EXPECT_EQ(CommandsIn(kFirst), 3);
}

TEST_F(GatewayCommands, ARestartOfTheWorkersSendsNobodyToTheBack) {
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  Book(c2_, "b1");
  Book(c1_, "b1");
  for (Shard shard{0}; shard.value < kShards.value; ++shard) {
    shards_.Kill(shard);
    shards_.LoseStore(shard);
  }
  EXPECT_EQ(TicketOf(Book(c1_, "b1")), "0-1");
  Decide();
  AwaitFolded();
  EXPECT_EQ(Summary(Book(c2_, "b1")), "0-0 BOOKED") << "who came first";
  EXPECT_EQ(Summary(Book(c1_, "b1")), "0-1 REFUSED SLOT_FULL");
}

TEST_F(GatewayCommands, ALineLongerThanTheStockIsToldAtOnce) {
  OpenTheDay(/*capacity=*/1);
  OpenTheDoors();
  EXPECT_EQ(JsonOf(Book(c1_, "b1"))["stock"]["will_reach"], "yes");
  Decide();
  AwaitFolded();
  const auto reply = Book(c2_, "b1");
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(JsonOf(reply)["stock"]["seats_left"], 0);
  EXPECT_EQ(JsonOf(reply)["stock"]["will_reach"], "no");
}

// --- Nothing a client says about time or place is believed ---

/// On 12 July 2021 a direct address led to the booking page before it opened.
TEST_F(GatewayCommands, TheBackDoorOfJuly2021IsShut) {
  OpenTheDay(/*capacity=*/10);
  SetTime("2021-07-12T19:57:00Z");
  const std::string early = BookBody(c1_, "early");
  EXPECT_EQ(PostCommand(early,
                        "Date: Mon, 12 Jul 2021 20:00:01 GMT\r\n"
                        "X-Forwarded-For: 127.0.0.1\r\n"
                        "Slotlog-Position: 0:1\r\n")
                .status,
            202);
  // A tick with a later time, or a command that brings its own, is no command.
  EXPECT_EQ(Summary(PostCommand(R"({"tick":{}})")), "422 action-refused tick");
  EXPECT_EQ(Summary(PostCommand(fmt::format(
                R"({{"citizen_id":"{}","command_id":"b","asked_at":1,)"
                R"("cancel":{{"campaign_id":"k"}}}})",
                c1_))),
            "400 field-unknown");
  // However long the line was, and though it is decided after the opening.
  OpenTheDoors();
  EXPECT_EQ(PostCommand(BookBody(c2_, "in time")).status, 202);
  Decide();
  AwaitFolded();
  EXPECT_EQ(Summary(PostCommand(early)), "0-0 REFUSED WINDOW_NOT_OPEN");
  EXPECT_EQ(Summary(Book(c2_, "in time")), "0-1 BOOKED");
}

// --- Backpressure ---

TEST_F(GatewayCommands, WhatCannotBeTakenIsRefusedBeforeMemoryGrows) {
  Start({.pending_records_max = 3});
  log_.SetOpen(false);
  std::vector<http::RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(Connect());
    clients.back().Send(
        Request("/v1/commands", BookBody(c1_, fmt::format("b{}", i))));
    AwaitPending(static_cast<size_t>(i + 1));
  }
  const auto refused = Book(c1_, "b9");
  EXPECT_EQ(Summary(refused), "503 busy");
  EXPECT_EQ(refused.Header("Retry-After"), "1");
  log_.SetOpen(true);
  for (http::RawClient& client : clients) EXPECT_EQ(client.Read().status, 202);
  EXPECT_EQ(Summary(Book(c1_, "b9")), "0-3 waiting 3") << "it may come back";
}

TEST_F(GatewayCommands, AFullDiskOfTheLogIsSaidAndTheSameMayBeSentAgain) {
  memory_.FailNextAppend(absl::ResourceExhaustedError("full"));
  const auto refused = Book(c1_, "b1");
  EXPECT_EQ(Summary(refused), "503 log-unavailable");
  EXPECT_EQ(refused.Header("Retry-After"), "5");
  EXPECT_EQ(Summary(Book(c1_, "b1")), "0-0 waiting 0");
}

TEST_F(GatewayCommands, WhatWasWrittenAllTheSameIsFoundAgain) {
  memory_.FailNextAppend(absl::InternalError("the answer was lost"),
                         /*written=*/1);
  EXPECT_EQ(Summary(Book(c1_, "b1")), "503 log-unavailable");
  // Once the line has been read that far.
  while (!serving_->models.line()
              .FindUndecided(CitizenId{c1_}, CommandId{"b1"})
              .has_value()) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Summary(Book(c1_, "b1")), "0-0 waiting 0");
  EXPECT_EQ(CommandsIn(kFirst), 1);
}

TEST_F(GatewayCommands, PipelinedCommandsKeepTheirOrder) {
  auto client = Connect();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += Request("/v1/commands", BookBody(c1_, fmt::format("b{}", i)));
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(TicketOf(client.Read()), fmt::format("0-{}", i));
  }
}

}  // namespace
}  // namespace slotlog
