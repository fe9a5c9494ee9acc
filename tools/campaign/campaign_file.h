// A campaign as people write it: local times in a named zone, dates with
// hyphens, a rotation in one line. From a JSON file to the contract's Campaign,
// which knows instants only. docs/campaigns.md describes the file.

#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "slotlog/v1/operations.pb.h"

namespace slotlog {

struct CampaignFile {
  /// Passed FaultIn (validate.h).
  v1::Campaign campaign;
  /// What is allowed and may not be meant, a sentence each.
  std::vector<std::string> remarks;
};

/// INVALID_ARGUMENT: the first thing that is wrong, with the field that says
/// it: "rounds[1].opens: ...".
absl::StatusOr<CampaignFile> ReadCampaign(std::string_view json);

/// The rounds as a table, in the campaign's zone and in UTC; then the remarks.
std::string DescribeCampaign(const CampaignFile& file);

}  // namespace slotlog
