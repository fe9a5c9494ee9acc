// Rows to bytes and back: what is not plain about it.

#include "services/shard/row_codec.h"

#include <gtest/gtest.h>

#include <string>

#include "events/codec.h"
#include "services/reservation/limits.h"

namespace slotlog {
namespace {

/// One citizen's commands are enough for it, so it must not end the process.
TEST(RowCodecTest, ACitizensRowMayBeLargerThanARecord) {
  Citizen citizen;
  size_t parked_bytes = 0;
  while (parked_bytes <= kRecordBytesMax) {
    Claim& claim = citizen.claims.emplace_back();
    claim.campaign_id = std::to_string(citizen.claims.size());
    claim.state = ClaimState::kAsked;
    claim.conversation = std::make_unique<Conversation>();
    ParkedCommand largest;
    largest.command.assign(kInputBytesMax, 'c');
    claim.conversation->parked.assign(kParkedWithRepeatsMax, largest);
    parked_bytes += kParkedWithRepeatsMax * kInputBytesMax;
  }
  std::string bytes;
  EncodeRow(citizen, bytes);
  auto decoded = DecodeRow<Citizen>(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(*decoded, citizen);
}

}  // namespace
}  // namespace slotlog
