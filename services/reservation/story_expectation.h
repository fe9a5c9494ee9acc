// What tests say of a story: told on one shard and on several, it ends as it
// stands written. For tests.

#pragma once

#include <absl/strings/str_split.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "services/reservation/story.h"

namespace slotlog {

/// One line a row, one blank a gap: so that a table may be set out in columns.
inline std::string Squeeze(std::string_view story) {
  std::string squeezed;
  const std::vector<std::string> lines =
      absl::StrSplit(std::string(story), '\n', absl::SkipWhitespace());
  for (const std::string& line : lines) {
    const std::vector<std::string> words =
        absl::StrSplit(line, ' ', absl::SkipWhitespace());
    for (const std::string& word : words) squeezed += " " + word;
    squeezed += "\n";
  }
  return squeezed;
}

inline void ExpectStory(std::string_view story) {
  for (uint32_t shards : {1, 2, 3, 8}) {
    SCOPED_TRACE(shards);
    EXPECT_EQ(Squeeze(TellStory(story, ShardCount{shards})),
              Squeeze(std::string(kOpening) + std::string(story)));
  }
}

}  // namespace slotlog
