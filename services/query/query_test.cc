// What is booked is read, over real sockets: tickets, citizens, supply, the
// line, and never older state for who has seen newer.

#include <absl/time/time.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/support/reading.h"

namespace slotlog {
namespace {

using nlohmann::json;

constexpr Shard kFirst{0};
constexpr Shard kSecond{1};

class QueryTest : public Reading {
 protected:
  json GetJson(std::string_view path, std::string_view headers = "") {
    const http::RawReply reply = Get(path, headers);
    EXPECT_EQ(reply.status, 200) << path << " " << reply.body;
    return json::parse(reply.body);
  }
  static std::string PathOf(Ticket ticket) {
    return "/v1/tickets/" + FormatTicket(ticket);
  }
  /// Until the line has read that this one arrived.
  json AwaitTicket(Ticket ticket) {
    while (true) {
      const http::RawReply reply = Get(PathOf(ticket));
      if (reply.status == 200) return json::parse(reply.body);
    }
  }
};

TEST_F(QueryTest, TicketWaitsWithPeopleAheadAndIsThenDecided) {
  OpenTheDay(/*capacity=*/10);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  const Ticket second = Book(CitizenOn(kFirst, 2), SiteOn(kFirst));
  const json waiting = AwaitTicket(second);
  EXPECT_EQ(waiting["state"], "waiting");
  EXPECT_EQ(waiting["people_ahead"], 1);
  EXPECT_EQ(waiting["stock"]["seats_left"], 40);
  EXPECT_EQ(waiting["stock"]["will_reach"], "yes");
  EXPECT_EQ(waiting["poll_after_seconds"], 1);
  Decide();
  const http::RawReply reply = Get(PathOf(second));
  const json decided = json::parse(reply.body);
  EXPECT_EQ(decided["state"], "decided");
  EXPECT_EQ(decided["command_id"], "b1");
  EXPECT_EQ(decided["answer"]["outcome"], "BOOKED");
  EXPECT_EQ(decided["answer"]["status"], "booked");
  EXPECT_EQ(decided["answer"]["site_id"], SiteOn(kFirst));
  EXPECT_EQ(decided["answer"]["seat"], 2);
  EXPECT_EQ(decided["answer"]["asked_at"], "2021-07-12T00:00:00.000Z");
  EXPECT_FALSE(decided.contains("people_ahead"));
  EXPECT_EQ(reply.Header("Cache-Control"), "no-store");
  EXPECT_EQ(reply.Header("Slotlog-Position"), decided["position"]);
  EXPECT_EQ(reply.Header("Retry-After"), "");
}

TEST_F(QueryTest, StockThatIsGoneIsToldAtOnce) {
  OpenTheDay(/*capacity=*/1);
  int number = 0;
  for (std::string_view site : kSites) Book(CitizenOn(kFirst, ++number), site);
  Decide();
  const json waiting =
      AwaitTicket(Book(CitizenOn(kFirst, ++number), SiteOn(kFirst)));
  EXPECT_EQ(waiting["stock"]["seats_left"], 0);
  EXPECT_EQ(waiting["stock"]["will_reach"], "no");
}

TEST_F(QueryTest, RefusalHasItsName) {
  OpenTheDay(/*capacity=*/0);
  const Ticket ticket = Book(CitizenOn(kFirst), SiteOn(kSecond));
  Decide();
  const json answer = GetJson(PathOf(ticket))["answer"];
  EXPECT_EQ(answer["outcome"], "REFUSED");
  EXPECT_EQ(answer["refusal"], "SLOT_FULL");
  EXPECT_FALSE(answer.contains("status"));
}

TEST_F(QueryTest, BookingAtAnotherShardIsBeingDecidedMeanwhile) {
  OpenTheDay(/*capacity=*/1);
  const Ticket ticket = Book(CitizenOn(kFirst), SiteOn(kSecond));
  shards_.Step(kFirst);
  AwaitReader();
  EXPECT_EQ(GetJson(PathOf(ticket))["state"], "being_decided");
  Decide();
  const json decided = GetJson(PathOf(ticket));
  EXPECT_EQ(decided["state"], "decided");
  // Both shards' events are behind it.
  EXPECT_NE(decided["position"].get<std::string>().find(','),
            std::string::npos);
}

TEST_F(QueryTest, TicketsThatNobodyHasAreNotFound) {
  OpenTheDay(1);
  for (std::string_view ticket :
       {"0-99", "1-9223372036854775807", "7-0", "4294967295-0"}) {
    EXPECT_EQ(Get("/v1/tickets/" + std::string(ticket)).status, 404) << ticket;
  }
  for (std::string_view ticket :
       {"x", "0", "0-", "-0", "00-1", "0-01", "0-1-2", "0--1", "%30-1x",
        "0-99999999999999999999", "99999999999-1"}) {
    const http::RawReply reply = Get("/v1/tickets/" + std::string(ticket));
    EXPECT_EQ(reply.status, 400) << ticket;
    EXPECT_EQ(json::parse(reply.body)["field"], "ticket") << ticket;
  }
}

TEST_F(QueryTest, LongPollIsAnsweredWhenItIsDecided) {
  OpenTheDay(1);
  const Ticket ticket = Book(CitizenOn(kFirst), SiteOn(kFirst));
  AwaitTicket(ticket);
  http::RawClient client(server_->port());
  client.Send("GET " + PathOf(ticket) +
              " HTTP/1.1\r\nHost: x\r\nPrefer: wait=20\r\n\r\n");
  while (models_.feed().waiting() == 0) std::this_thread::yield();
  Decide();
  const http::RawReply reply = client.Read();
  EXPECT_EQ(json::parse(reply.body)["answer"]["outcome"], "BOOKED");
  EXPECT_EQ(reply.Header("Preference-Applied"), "wait=20");
  EXPECT_EQ(models_.feed().waiting(), 0u);
}

TEST_F(QueryTest, LongPollEndsWithThePlaceInLine) {
  OpenTheDay(1);
  const Ticket ticket = Book(CitizenOn(kFirst), SiteOn(kFirst));
  AwaitTicket(ticket);
  const http::RawReply reply = Get(PathOf(ticket), "Prefer: wait=1\r\n");
  EXPECT_EQ(json::parse(reply.body)["state"], "waiting");
  EXPECT_EQ(reply.Header("Retry-After"), "1");
  EXPECT_EQ(models_.feed().waiting(), 0u);
}

TEST_F(QueryTest, NobodyWaitsForClientsThatHaveGone) {
  OpenTheDay(1);
  const Ticket ticket = Book(CitizenOn(kFirst), SiteOn(kFirst));
  AwaitTicket(ticket);
  for (std::string_view header :
       {"Prefer: wait=30\r\n", "Accept: text/event-stream\r\n",
        "Prefer: wait=30\r\nSlotlog-Position: 0:999999\r\n"}) {
    http::RawClient client(server_->port());
    client.Send("GET " + PathOf(ticket) + " HTTP/1.1\r\nHost: x\r\n" +
                std::string(header) + "\r\n");
    while (models_.feed().waiting() == 0) std::this_thread::yield();
    client.Close();
    while (models_.feed().waiting() > 0) std::this_thread::yield();
  }
}

TEST_F(QueryTest, StreamTellsThePlaceAndThenTheAnswerOnce) {
  OpenTheDay(1);
  const Ticket ticket = Book(CitizenOn(kFirst), SiteOn(kFirst));
  AwaitTicket(ticket);
  http::RawClient client(server_->port());
  const std::string ask = "GET " + PathOf(ticket) +
                          " HTTP/1.1\r\nHost: x\r\n"
                          "Accept: text/event-stream\r\n";
  client.Send(ask + "\r\n");
  const std::string first = client.ReadUntil("}\n\n");
  EXPECT_NE(first.find("event: waiting\ndata: {\"ticket\""), first.npos)
      << first;
  EXPECT_NE(first.find("id: waiting-0\n"), first.npos);
  Decide();
  const std::string last = client.ReadUntil("}\n\n");
  EXPECT_NE(last.find("id: decided\nevent: decided\ndata: "), last.npos);
  EXPECT_NE(last.find("\"BOOKED\""), last.npos);
  client.ReadUntil("0\r\n\r\n");
  EXPECT_TRUE(client.IsClosed());
  // A browser comes back, and is told to stay away.
  EXPECT_EQ(Get(PathOf(ticket),
                "Accept: text/event-stream\r\nLast-Event-ID: decided\r\n")
                .status,
            204);
  EXPECT_EQ(Get("/v1/tickets/0-99", "Accept: text/event-stream\r\n").status,
            404);
}

TEST_F(QueryTest, StreamThatBrokeGoesOnWithoutRepeating) {
  OpenTheDay(1);
  const Ticket ticket = Book(CitizenOn(kFirst), SiteOn(kFirst));
  AwaitTicket(ticket);
  http::RawClient client(server_->port());
  client.Send("GET " + PathOf(ticket) +
              " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
              "Last-Event-ID: waiting-0\r\n\r\n");
  while (models_.feed().waiting() == 0) std::this_thread::yield();
  Decide();
  const std::string all = client.ReadUntil("0\r\n\r\n");
  EXPECT_EQ(all.find("event: waiting"), all.npos) << all;
  EXPECT_NE(all.find("event: decided"), all.npos) << all;
}

TEST_F(QueryTest, CommandIsFoundByItsIds) {
  OpenTheDay(1);
  const std::string citizen = CitizenOn(kFirst);
  const std::string path = "/v1/citizens/" + citizen + "/commands/b%2F1";
  EXPECT_EQ(Get(path).status, 404);
  const Ticket ticket = Book(citizen, SiteOn(kFirst), "b/1");
  AwaitTicket(ticket);
  const json waiting = GetJson(path);
  EXPECT_EQ(waiting["ticket"], FormatTicket(ticket));
  EXPECT_EQ(waiting["state"], "waiting");
  EXPECT_EQ(waiting["command_id"], "b/1");
  Decide();
  EXPECT_EQ(GetJson(path)["answer"]["outcome"], "BOOKED");
  // Sent again it gets another ticket, and the id keeps its first.
  const Ticket again = Book(citizen, SiteOn(kFirst), "b/1");
  Decide();
  EXPECT_EQ(GetJson(path)["ticket"], FormatTicket(ticket));
  EXPECT_EQ(GetJson(PathOf(again))["answer"]["repeated"], true);
}

TEST_F(QueryTest, AppointmentsAreTheCitizens) {
  OpenTheDay(1);
  const std::string citizen = CitizenOn(kSecond);
  const std::string path = "/v1/citizens/" + citizen + "/appointments";
  EXPECT_EQ(GetJson(path)["appointments"], json::array());
  Book(citizen, SiteOn(kSecond));
  Decide();
  const json appointment = GetJson(path)["appointments"][0];
  EXPECT_EQ(appointment["campaign_id"], "k");
  EXPECT_EQ(appointment["status"], "booked");
  EXPECT_EQ(appointment["slot_id"], "am");
  EXPECT_EQ(appointment["start"], "2021-07-12T01:00:00.000Z");
  EXPECT_EQ(Get("/v1/citizens/%ff/appointments").status, 400);
  EXPECT_EQ(
      Get("/v1/citizens/" + std::string(129, 'c') + "/appointments").status,
      400);
}

TEST_F(QueryTest, SitesComeInPages) {
  OpenTheDay(3);
  const json page = GetJson("/v1/sites?limit=3");
  ASSERT_EQ(page["sites"].size(), 3u);
  EXPECT_EQ(page["sites"][0]["site_id"], "s1");
  EXPECT_EQ(page["sites"][0]["name"], "Clinic s1");
  EXPECT_EQ(page["sites"][0]["seats_left"], 3);
  EXPECT_EQ(page["next"], "s3");
  const json rest = GetJson("/v1/sites?limit=3&after=s3");
  EXPECT_EQ(rest["sites"].size(), 1u);
  EXPECT_FALSE(rest.contains("next"));
  EXPECT_EQ(GetJson("/v1/sites?region=Busan")["sites"].size(), 2u);
  EXPECT_EQ(GetJson("/v1/sites?region=Jeju")["sites"].size(), 0u);
  for (std::string_view query : {"limit=0", "limit=1001", "limit=x",
                                 "region=", "region=%ff", "after=%ff"}) {
    EXPECT_EQ(Get("/v1/sites?" + std::string(query)).status, 400) << query;
  }
}

TEST_F(QueryTest, AvailabilityIsReadyToSendAndChangesItsTag) {
  OpenTheDay(3);
  Advance(absl::Seconds(1));
  const http::RawReply regions = Get("/v1/availability");
  EXPECT_EQ(json::parse(regions.body)["seats_left"], 12);
  EXPECT_EQ(regions.Header("Cache-Control"),
            "max-age=1, stale-while-revalidate=5");
  EXPECT_EQ(regions.Header("Vary"), "Slotlog-Position");
  const http::RawReply before = Get("/v1/availability?region=Seoul");
  EXPECT_EQ(json::parse(before.body)["seats_left"], 6);
  const std::string condition =
      "If-None-Match: " + before.Header("ETag") + "\r\n";
  EXPECT_EQ(Get("/v1/availability?region=Seoul", condition).status, 304);

  Book(CitizenOn(kFirst), "s1");
  Decide();
  Advance(absl::Seconds(1));
  const http::RawReply after = Get("/v1/availability?region=Seoul", condition);
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(json::parse(after.body)["seats_left"], 5);
  const json slots = GetJson("/v1/sites/s1/slots");
  EXPECT_EQ(slots["slots"][0]["seats_left"], 2);
  EXPECT_EQ(Get("/v1/availability?region=Jeju").status, 404);
  EXPECT_EQ(Get("/v1/sites/s9/slots").status, 404);
}

TEST_F(QueryTest, WhoHasSeenAPositionNeverSeesLess) {
  OpenTheDay(3);
  // Somebody has it made; it would be good for a moment.
  EXPECT_EQ(GetJson("/v1/sites/s1/slots")["slots"][0]["seats_left"], 3);
  const Ticket ticket = Book(CitizenOn(kFirst), "s1");
  Decide();
  const std::string position = GetJson(PathOf(ticket))["position"];
  const json slots =
      GetJson("/v1/sites/s1/slots", "Slotlog-Position: " + position + "\r\n");
  EXPECT_EQ(slots["slots"][0]["seats_left"], 2);
}

TEST_F(QueryTest, ReaderThatIsBehindSaysSo) {
  OpenTheDay(3);
  const http::RawReply behind =
      Get("/v1/line", "Slotlog-Position: 0:999999\r\n");
  EXPECT_EQ(behind.status, 503);
  EXPECT_EQ(behind.Header("Retry-After"), "1");
  EXPECT_NE(behind.body.find("reader-behind"), behind.body.npos);
  for (std::string_view position :
       {"x", "", "0", "0:", "2:1", "0:1,0:1,0:1", "-1:1", "0:1;1:1"}) {
    EXPECT_EQ(
        Get("/v1/line", "Slotlog-Position: " + std::string(position) + "\r\n")
            .status,
        400)
        << position;
  }
}

TEST_F(QueryTest, RequestWaitsForTheReaderToComeSoFar) {
  OpenTheDay(3);
  Book(CitizenOn(kFirst), SiteOn(kFirst));
  const uint64_t next = models_.feed().ProgressOf(kFirst).sequence.value + 1;
  http::RawClient client(server_->port());
  client.Send(
      "GET /v1/line HTTP/1.1\r\nHost: x\r\nPrefer: wait=20\r\n"
      "Slotlog-Position: 0:" +
      std::to_string(next) + "\r\n\r\n");
  while (models_.feed().waiting() == 0) std::this_thread::yield();
  Decide();
  EXPECT_EQ(client.Read().status, 200);
}

TEST_F(QueryTest, LineAndDemandCountWhatWasAskedFor) {
  OpenTheDay(1);
  Book(CitizenOn(kFirst, 1), SiteOn(kFirst));
  Book(CitizenOn(kFirst, 2), SiteOn(kFirst));
  Decide();
  AwaitTicket(Book(CitizenOn(kSecond, 3), SiteOn(kFirst)));
  const json line = GetJson("/v1/line");
  EXPECT_EQ(line["undecided"], 1);
  EXPECT_EQ(line["commands"], 2);
  EXPECT_EQ(line["confirmed"], 1);
  EXPECT_EQ(line["refused"], 1);
  EXPECT_EQ(line["seats_left"], 3);
  ASSERT_EQ(line["shards"].size(), 2u);
  EXPECT_EQ(line["shards"][1]["undecided"], 1);
  const json demand = GetJson("/v1/demand");
  EXPECT_EQ(demand["refusals"]["SLOT_FULL"], 1);
  EXPECT_EQ(demand["minutes"][0]["minute"], "2021-07-12T00:00:00.000Z");
  EXPECT_EQ(GetJson("/v1/demand?from=2021-07-12T00:01:00Z")["minutes"].size(),
            0u);
  EXPECT_EQ(Get("/v1/demand?from=yesterday").status, 400);
}

TEST_F(QueryTest, HealthIsTold) {
  EXPECT_EQ(Get("/livez").status, 200);
  OpenTheDay(1);
  while (!models_.feed().IsReady() || !models_.line().IsRead()) {
    std::this_thread::yield();
  }
  EXPECT_EQ(GetJson("/readyz")["status"], "ok");
}

}  // namespace
}  // namespace slotlog
