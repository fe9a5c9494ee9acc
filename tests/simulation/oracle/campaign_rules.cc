#include "tests/simulation/oracle/campaign_rules.h"

#include <algorithm>

namespace slotlog::oracle {
namespace {

constexpr size_t kVersionsMax = 64;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kAheadMaxMs = int64_t{366} * 24 * 60 * kMinuteMs;

bool AreAlike(const v1::Campaign& a, const v1::Campaign& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

bool CampaignRules::IsAwaited(const std::string& campaign_id) const {
  const auto versions = awaited_.find(campaign_id);
  if (versions == awaited_.end()) return false;
  return std::any_of(versions->second.begin(), versions->second.end(),
                     [](const auto& one) { return !one.second.empty(); });
}

Right CampaignRules::RightAnswer(const v1::DefineCampaign& define,
                                 int64_t asked_at_unix_ms) const {
  const std::string& id = define.campaign().campaign_id();
  const auto known = campaigns_.find(id);
  if (known == campaigns_.end()) return {};
  if (!AreAlike(known->second.RulesAt(asked_at_unix_ms), define.campaign())) {
    return {.refusals = {v1::REFUSAL_CAMPAIGN_EXISTS}};
  }
  if (IsAwaited(id)) return {.refusals = {v1::REFUSAL_BUSY}};
  return {.refusals = {}, .is_so = true};
}

Right CampaignRules::RightAnswer(const v1::ChangeCampaign& change,
                                 int64_t asked_at_unix_ms) const {
  const std::string& id = change.campaign().campaign_id();
  const auto known = campaigns_.find(id);
  if (known == campaigns_.end()) {
    return {.refusals = {v1::REFUSAL_CAMPAIGN_UNKNOWN}};
  }
  const CampaignVersion& last = known->second.versions.back();
  const int64_t from = change.effective_unix_ms();
  if (from >= last.stated_unix_ms && AreAlike(last.rules, change.campaign())) {
    if (IsAwaited(id)) return {.refusals = {v1::REFUSAL_BUSY}};
    return {.refusals = {}, .is_so = true};
  }
  Right right;
  const auto refuse_if = [&](bool is_so, v1::Refusal refusal) {
    if (is_so) right.refusals.insert(refusal);
  };
  refuse_if(from < asked_at_unix_ms + kMinuteMs,
            v1::REFUSAL_EFFECTIVE_TOO_SOON);
  refuse_if(from > asked_at_unix_ms + kAheadMaxMs,
            v1::REFUSAL_EFFECTIVE_TOO_LATE);
  refuse_if(from < last.effective_unix_ms,
            v1::REFUSAL_EFFECTIVE_BEFORE_LAST_VERSION);
  refuse_if(LimitsSites(change.campaign()) && !known->second.CountsSeats(),
            v1::REFUSAL_SEATS_NOT_COUNTED);
  refuse_if(known->second.versions.size() >= kVersionsMax,
            v1::REFUSAL_TOO_MANY_VERSIONS);
  return right;
}

void CampaignRules::Await(const std::string& campaign_id) {
  const auto version =
      static_cast<uint32_t>(campaigns_[campaign_id].versions.size());
  std::set<uint32_t>& awaited = awaited_[campaign_id][version];
  for (uint32_t shard = 0; shard < record_.shards.value; ++shard) {
    if (shard != record_.shard.value) awaited.insert(shard);
  }
}

void CampaignRules::Do(const v1::DefineCampaign& define) {
  const std::string& id = define.campaign().campaign_id();
  campaigns_[id].versions.push_back({.rules = define.campaign()});
  Await(id);
}

void CampaignRules::Do(const v1::CampaignChanged& changed,
                       int64_t decided_at_unix_ms) {
  const std::string& id = changed.campaign().campaign_id();
  std::vector<CampaignVersion>& versions = campaigns_[id].versions;
  if (changed.version() != versions.size() + 1 ||
      changed.effective_unix_ms() !=
          std::max(changed.stated_unix_ms(), decided_at_unix_ms)) {
    findings_.Add("campaign {} changes otherwise: {{{}}} after {} versions", id,
                  changed.ShortDebugString(), versions.size());
  }
  versions.push_back({.rules = changed.campaign(),
                      .stated_unix_ms = changed.stated_unix_ms(),
                      .effective_unix_ms = changed.effective_unix_ms(),
                      .decided_at_unix_ms = decided_at_unix_ms});
  Await(id);
}

/// Whether it is what the home shard said is looked at when all shards are
/// read.
void CampaignRules::Adopt(const v1::CampaignAdopted& adopted,
                          int64_t decided_at_unix_ms) {
  const std::string& id = adopted.campaign().campaign_id();
  std::vector<CampaignVersion>& versions = campaigns_[id].versions;
  if (adopted.version() != versions.size() + 1) {
    findings_.Add("version {} of campaign {} is adopted after {} others",
                  adopted.version(), id, versions.size());
  }
  versions.push_back({.rules = adopted.campaign(),
                      .stated_unix_ms = 0,
                      .effective_unix_ms = adopted.effective_unix_ms(),
                      .decided_at_unix_ms = decided_at_unix_ms});
}

void CampaignRules::Acknowledge(const v1::CampaignAcknowledged& known) {
  std::set<uint32_t>& awaited = awaited_[known.campaign_id()][known.version()];
  if (awaited.erase(known.shard()) == 0) {
    findings_.Add("shard {} adopts version {} of campaign {} twice",
                  known.shard(), known.version(), known.campaign_id());
  }
  if (known.complete() != awaited.empty()) {
    findings_.Add("campaign {} is done while {} shards do not know it",
                  known.campaign_id(), awaited.size());
  }
}

}  // namespace slotlog::oracle
