// The words of a story (story.h) that tell times, people and campaigns. For
// tests.

#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "slotlog/v1/commands.pb.h"
#include "slotlog/v1/operations.pb.h"

namespace slotlog {

using StoryWords = std::vector<std::string>;

/// `[[YYYY]MMDDT]HH:MM[:SS[.mmm]][+HH]`: on 12 July 2021 and in UTC where it
/// does not say.
absl::Time StoryTimeOf(const std::string& text);

struct StoryInterval {
  int64_t from_unix_ms;
  int64_t to_unix_ms;
};

/// `TIME-TIME`.
StoryInterval StoryIntervalOf(const std::string& text);

int32_t StoryNumberOf(const std::string& digits);

/// `BIRTH[,region=R][,list=A|B][,doses=N][,last=YYYYMMDD]`.
void SetStoryProfile(const std::string& text, v1::Profile& profile);

/// The words from `first` on, as in story.h.
v1::Campaign StoryCampaignOf(const std::string& campaign_id,
                             const StoryWords& words, size_t first);

}  // namespace slotlog
