// What may be said of campaigns: a new one, the next version of a known one,
// and how both come to every shard: numbered at home, in their order, and none
// counting before it was decided. An operation is done when all shards know.

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "tests/simulation/oracle/campaigns.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/record.h"

namespace slotlog::oracle {

/// What an operation may be answered.
struct Right {
  /// Every true reason to say no; none: it is done.
  std::set<v1::Refusal> refusals;
  /// What it asks for is so already.
  bool is_so = false;
};

class CampaignRules {
 public:
  CampaignRules(const ShardRecord& record, Campaigns& campaigns,
                Findings& findings)
      : record_(record), campaigns_(campaigns), findings_(findings) {}

  Right RightAnswer(const v1::DefineCampaign& define,
                    int64_t asked_at_unix_ms) const;
  Right RightAnswer(const v1::ChangeCampaign& change,
                    int64_t asked_at_unix_ms) const;

  /// `decided_at_unix_ms`: the batch's.
  void Do(const v1::DefineCampaign& define);
  void Do(const v1::CampaignChanged& changed, int64_t decided_at_unix_ms);
  void Adopt(const v1::CampaignAdopted& adopted, int64_t decided_at_unix_ms);
  void Acknowledge(const v1::CampaignAcknowledged& known);

 private:
  void Await(const std::string& campaign_id);
  bool IsAwaited(const std::string& campaign_id) const;

  const ShardRecord& record_;
  Campaigns& campaigns_;
  Findings& findings_;
  /// Of campaigns that are at home here, by id and version: the shards that
  /// have yet to adopt.
  std::map<std::string, std::map<uint32_t, std::set<uint32_t>>> awaited_;
};

}  // namespace slotlog::oracle
