#include "services/reservation/state.h"

#include <tuple>
#include <utility>

namespace slotlog {

Claim::Claim(const Claim& other)
    : campaign_id(other.campaign_id),
      state(other.state),
      turn(other.turn),
      seat(other.seat),
      deadline(other.deadline),
      chances_used(other.chances_used),
      has_expired(other.has_expired),
      waiting(other.waiting),
      conversation(other.conversation == nullptr
                       ? nullptr
                       : std::make_unique<Conversation>(*other.conversation)) {}

bool operator==(const Claim& a, const Claim& b) {
  const auto fields = [](const Claim& claim) {
    return std::tie(claim.campaign_id, claim.state, claim.turn, claim.seat,
                    claim.deadline, claim.chances_used, claim.has_expired,
                    claim.waiting);
  };
  if (fields(a) != fields(b)) return false;
  if (a.conversation == nullptr || b.conversation == nullptr) {
    return a.conversation == b.conversation;
  }
  return *a.conversation == *b.conversation;
}

const Claim* Citizen::FindClaim(CampaignId campaign) const {
  for (const Claim& claim : claims) {
    if (claim.campaign_id == campaign.value) return &claim;
  }
  return nullptr;
}

Claim* Citizen::FindClaim(CampaignId campaign) {
  return const_cast<Claim*>(std::as_const(*this).FindClaim(campaign));
}

const Claim* FindClaim(const State& state, CitizenId citizen,
                       CampaignId campaign) {
  const Citizen* row = state.citizens().Find(RowKey::Of(citizen));
  return row == nullptr ? nullptr : row->FindClaim(campaign);
}

const Answer* Citizen::FindAnswer(uint64_t command_id_digest) const {
  for (const Answer& answer : answers) {
    if (answer.command_id_digest == command_id_digest) return &answer;
  }
  return nullptr;
}

Head Head::Of(Shard shard, ShardCount shards) {
  Head head;
  head.shard = shard;
  head.shards = shards;
  head.messages_sent.resize(shards.value);
  head.messages_received.resize(shards.value);
  return head;
}

}  // namespace slotlog
