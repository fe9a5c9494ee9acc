// What an operation may be answered: done where it can be done, done again
// where it is so already, refused where it cannot be. Judged against sites,
// seats and campaigns (campaign_rules.h) as the events before it left them;
// what is done changes them.

#pragma once

#include <string>

#include "tests/simulation/oracle/answers.h"
#include "tests/simulation/oracle/campaign_rules.h"
#include "tests/simulation/oracle/findings.h"
#include "tests/simulation/oracle/record.h"
#include "tests/simulation/oracle/sites.h"

namespace slotlog::oracle {

class OperationRules {
 public:
  OperationRules(const ShardRecord& record, Sites& sites, Campaigns& campaigns,
                 Answers& answers, Findings& findings)
      : record_(record),
        sites_(sites),
        campaigns_(record, campaigns, findings),
        answers_(answers),
        findings_(findings) {}

  void Judge(const v1::EventBatch& batch, const v1::Event& event);

 private:
  using AskedOperation = Asked<v1::Operation>;

  void JudgeAnswer(const v1::Event& event, const AskedOperation& asked) const;
  Right RightAnswer(const AskedOperation& asked) const;
  Right RightAnswer(const v1::DefineSite& define) const;
  Right RightAnswer(const v1::OpenSlots& open) const;
  Right RightAnswer(const v1::ChangeCapacity& change) const;
  Right RightAnswer(const v1::CloseSlot& close) const;
  Right RightAnswer(const v1::CloseSite& close) const;
  Right RightAnswer(const v1::CheckIn& visit) const;
  Right RightAnswer(const v1::GiveDose& visit) const;
  /// The seat whose visit it is; null: nobody's, or another's.
  template <typename Visit>
  Seat* FindSeat(const Visit& visit) const;

  void Do(const v1::EventBatch& batch, const v1::Event& event,
          const v1::Operation& operation);
  void Acknowledge(const v1::EventBatch& batch, const v1::Event& event);
  void Tell(const v1::EventBatch& batch, const v1::Event& event, int64_t offset,
            v1::Outcome outcome, v1::Refusal refusal, const std::string& field);

  const ShardRecord& record_;
  Sites& sites_;
  CampaignRules campaigns_;
  Answers& answers_;
  Findings& findings_;
};

}  // namespace slotlog::oracle
