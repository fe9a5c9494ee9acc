#include "tests/simulation/oracle/oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "tests/simulation/oracle/answers.h"
#include "tests/simulation/oracle/campaigns.h"
#include "tests/simulation/oracle/citizen_rules.h"
#include "tests/simulation/oracle/conversations.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/frame.h"
#include "tests/simulation/oracle/operation_rules.h"
#include "tests/simulation/oracle/record.h"
#include "tests/simulation/oracle/seat_rules.h"
#include "tests/simulation/oracle/sites.h"
#include "tests/simulation/oracle/supply.h"
#include "tests/simulation/oracle/wait_rules.h"
#include "tests/simulation/oracle/waiting.h"

namespace slotlog::oracle {
namespace {

/// What the shards say to each other, read before anything is judged.
struct Told {
  Requests requests;
  Joins joins;
  Offers offers;
};

/// One shard's events, judged one after the other.
class ShardJudge {
 public:
  ShardJudge(const ShardRecord& record, const Told& told,
             Conversations& conversations, Findings& findings)
      : record_(record),
        conversations_(conversations),
        findings_(findings),
        answers_(record, findings),
        operations_(record, sites_, campaigns_, answers_, findings),
        waits_(told.joins, campaigns_, sites_, findings),
        seats_(told.requests, campaigns_, sites_, waits_, findings),
        citizens_(record, campaigns_, told.offers, answers_, conversations,
                  findings) {}

  void Run(Moment moment) {
    int64_t commands_read = 0;
    int64_t now_before = 0;
    for (const BatchRecord& next : record_.batches) {
      for (const v1::InputRun& run : next.batch.inputs()) {
        if (run.topic() != v1::TOPIC_COMMANDS) continue;
        commands_read = run.offset() + run.count();
      }
      for (const v1::Event& event : next.batch.events()) {
        findings_.SetPlace(
            fmt::format("shard {} batch {} event {}: ", record_.shard.value,
                        next.batch.number(), event.sequence()));
        operations_.Judge(next.batch, event);
        const int64_t now = next.batch.now_unix_ms();
        waits_.JudgeBefore(event, now_before, now);
        seats_.Judge(event, now_before, now);
        waits_.NoteAfter(event);
        citizens_.Judge(next.batch, event, commands_read, now_before);
        conversations_.Say(record_.shard.value, event);
        if (!findings_.all().empty()) return;
      }
      now_before = next.batch.now_unix_ms();
    }
    findings_.SetPlace(fmt::format("shard {}: ", record_.shard.value));
    answers_.Check(moment != Moment::kRunning);
    if (moment == Moment::kRunning) return;
    waits_.CheckAtRest();
    seats_.CheckAtRest();
    citizens_.CheckAtRest();
  }

  const Sites& sites() const { return sites_; }
  const Campaigns& campaigns() const { return campaigns_; }
  const Claims& claims() const { return citizens_.claims(); }
  const std::set<SeatName>& decided_offers() const {
    return citizens_.decided_offers();
  }
  const std::set<Asker>& joined() const { return waits_.joined(); }

 private:
  const ShardRecord& record_;
  Conversations& conversations_;
  Findings& findings_;
  Sites sites_;
  Campaigns campaigns_;
  Answers answers_;
  OperationRules operations_;
  WaitRules waits_;
  SeatRules seats_;
  CitizenRules citizens_;
};

using Judges = std::vector<std::unique_ptr<ShardJudge>>;

/// Who sits where: what the slots say, or what the citizens were told.
using Seating = std::set<std::tuple<ClaimName, SeatName, std::string>>;

Seating SeatingBySlots(const Judges& judges) {
  Seating seating;
  for (const auto& judge : judges) {
    for (const auto& [site_id, site] : judge->sites()) {
      for (const auto& [slot_id, slot] : site.slots) {
        for (const auto& [number, seat] : slot.seats) {
          if (!seat.IsWaited() && !seat.IsVisited()) continue;
          const std::string state = seat.state == SeatState::kHeld ? "held"
                                    : seat.state == SeatState::kFulfilled
                                        ? "fulfilled"
                                        : "booked";
          seating.insert(
              {{seat.citizen_id, seat.campaign_id},
               {.site_id = site_id, .slot_id = slot_id, .number = number},
               state});
        }
      }
    }
  }
  return seating;
}

Seating SeatingByCitizens(const Judges& judges) {
  Seating seating;
  for (const auto& judge : judges) {
    for (const auto& [name, claim] : judge->claims()) {
      if (claim.state == ClaimState::kNone) continue;
      const std::string state = claim.state == ClaimState::kHeld ? "held"
                                : claim.state == ClaimState::kFulfilled
                                    ? "fulfilled"
                                    : "booked";
      seating.insert({name, claim.seat, state});
    }
  }
  return seating;
}

void CheckSeating(const Judges& judges, Findings& findings) {
  const Seating slots = SeatingBySlots(judges);
  const Seating citizens = SeatingByCitizens(judges);
  const auto name_others = [&](const Seating& all, const Seating& known,
                               std::string_view what) {
    for (const auto& one : all) {
      if (known.contains(one)) continue;
      const auto& [claim, seat, state] = one;
      findings.Add("{}: {} in {}, {} on seat {} of {}/{}", what, claim.first,
                   claim.second, state, seat.number, seat.site_id,
                   seat.slot_id);
    }
  };
  name_others(slots, citizens, "a seat that its citizen was not told of");
  name_others(citizens, slots, "a citizen was told of a seat that is not his");
}

/// All versions are the same everywhere, and each counts from the same moment,
/// or from its arrival if that was later.
void CheckCampaigns(const Judges& judges, Findings& findings) {
  std::map<std::pair<std::string, size_t>, const CampaignVersion*> at_home;
  std::map<std::string, size_t> versions;
  const auto for_each = [&](const auto& visit) {
    for (const auto& judge : judges) {
      for (const auto& [id, campaign] : judge->campaigns()) {
        versions[id] = std::max(versions[id], campaign.versions.size());
        for (size_t i = 0; i < campaign.versions.size(); ++i) {
          visit(std::pair{id, i}, campaign.versions[i]);
        }
      }
    }
  };
  for_each([&](const auto& name, const CampaignVersion& version) {
    const CampaignVersion*& home = at_home[name];
    if (home == nullptr || version.stated_unix_ms > 0) home = &version;
  });
  for_each([&](const auto& name, const CampaignVersion& version) {
    const CampaignVersion& home = *at_home[name];
    const int64_t effective =
        name.second == 0
            ? 0
            : std::max(home.effective_unix_ms, version.decided_at_unix_ms);
    if (version.effective_unix_ms == effective &&
        version.rules.SerializeAsString() == home.rules.SerializeAsString()) {
      return;
    }
    findings.Add("version {} of campaign {} is not the same in every shard",
                 name.second + 1, name.first);
  });
  for (const auto& judge : judges) {
    for (const auto& [id, count] : versions) {
      const auto known = judge->campaigns().find(id);
      if (known != judge->campaigns().end() &&
          known->second.versions.size() == count) {
        continue;
      }
      findings.Add("campaign {} has not come to every shard", id);
    }
  }
}

/// Every offer is taken, declined or withdrawn; who waits for a region stands
/// in the lists of all shards.
void CheckWaiting(const Judges& judges, const Told& told, Findings& findings) {
  std::set<SeatName> decided;
  for (const auto& judge : judges) {
    decided.insert(judge->decided_offers().begin(),
                   judge->decided_offers().end());
  }
  for (const auto& [seat, offer] : told.offers) {
    if (decided.contains(seat)) continue;
    findings.Add("{} has not heard of the offer of seat {} of {}/{}",
                 std::get<0>(offer.to), seat.number, seat.site_id,
                 seat.slot_id);
  }
  for (const auto& [who, join] : told.joins) {
    if (join.region.empty()) continue;
    for (const auto& judge : judges) {
      if (judge->joined().contains(who)) continue;
      findings.Add("{} waits for {}, and not in every shard", std::get<0>(who),
                   join.region);
    }
  }
}

/// Holds have run out, and who did not come has missed it.
void CheckNobodyIsWaited(const Judges& judges, Findings& findings) {
  for (const auto& judge : judges) {
    for (const auto& [site_id, site] : judge->sites()) {
      for (const auto& [slot_id, slot] : site.slots) {
        for (const auto& [number, seat] : slot.seats) {
          if (!seat.IsWaited()) continue;
          findings.Add("{} is waited for on seat {} of {}/{} for ever",
                       seat.citizen_id, number, site_id, slot_id);
        }
      }
    }
  }
}

}  // namespace

std::vector<std::string> Judge(Log& log, Moment moment) {
  Findings findings;
  const auto shards = ReadAll(log);
  if (!shards.ok()) return {std::string(shards.status().ToString())};
  const bool is_at_rest = moment != Moment::kRunning;
  for (const ShardRecord& shard : *shards) {
    findings.SetPlace(fmt::format("shard {}: ", shard.shard.value));
    CheckFrame(shard, is_at_rest, findings);
  }
  if (!findings.all().empty()) return findings.all();

  const Told told{.requests = RequestsIn(*shards),
                  .joins = JoinsIn(*shards),
                  .offers = OffersIn(*shards)};
  Conversations conversations(findings);
  Judges judges;
  Sites sites;
  for (const ShardRecord& shard : *shards) {
    judges.push_back(
        std::make_unique<ShardJudge>(shard, told, conversations, findings));
    judges.back()->Run(moment);
    sites.insert(judges.back()->sites().begin(), judges.back()->sites().end());
  }
  findings.SetPlace("");
  if (!is_at_rest || !findings.all().empty()) return findings.all();
  CheckMessages(*shards, findings);
  CheckSeating(judges, findings);
  CheckCampaigns(judges, findings);
  CheckWaiting(judges, told, findings);
  conversations.Check(sites);
  if (moment == Moment::kOver) CheckNobodyIsWaited(judges, findings);
  return findings.all();
}

}  // namespace slotlog::oracle
