#include "tests/simulation/world.h"

#include <fmt/format.h>

#include "events/partitioner.h"

namespace slotlog {
namespace {

constexpr uint64_t kUnknownPercent = 3;
constexpr uint64_t kAstrayPercent = 2;

}  // namespace

WorldSize WorldSize::Of(Dice& dice) {
  const auto between = [&](uint64_t from, uint64_t to) {
    return static_cast<uint32_t>(dice.Between(from, to));
  };
  return {.shards = ShardCount{between(1, 5)},
          .campaigns = between(1, 3),
          .citizens = between(4, 30),
          .sites = between(1, 6),
          .slots = between(1, 3),
          .capacity_max = between(1, 4),
          .hot_percent = between(0, 60),
          .odd_percent = between(0, 15),
          .closing_percent = between(0, 30),
          .burst_max = between(1, 8),
          .again_percent = between(0, 70),
          .strict_percent = between(0, 40),
          .desk_is_early = dice.Percent(30)};
}

std::string World::AnyCitizen() {
  return fmt::format("c{}", dice_.Below(size_.citizens));
}

std::string World::AnyCampaign() {
  const uint64_t more = dice_.Percent(kUnknownPercent) ? 1 : 0;
  return fmt::format("k{}", dice_.Below(size_.campaigns + more));
}

std::string World::AnySite() {
  if (dice_.Percent(size_.hot_percent)) return "s0";
  const uint64_t more = dice_.Percent(kUnknownPercent) ? 1 : 0;
  return fmt::format("s{}", dice_.Below(size_.sites + more));
}

std::string World::AnySlot() {
  if (dice_.Percent(size_.hot_percent)) return "t0";
  const uint64_t more = dice_.Percent(kUnknownPercent) ? 1 : 0;
  return fmt::format("t{}", dice_.Below(size_.slots + more));
}

KnownSeat World::AnySeat() {
  if (!known_seats_.empty() && dice_.Percent(85)) {
    KnownSeat seat = dice_.OneOf(known_seats_);
    if (dice_.Percent(5)) seat.citizen_id = AnyCitizen();
    return seat;
  }
  KnownSeat seat;
  seat.citizen_id = AnyCitizen();
  seat.campaign_id = AnyCampaign();
  seat.site_id = AnySite();
  seat.slot_id = AnySlot();
  seat.seat = dice_.Percent(50) ? 0U : 1'000U;
  return seat;
}

std::string World::NewId() { return fmt::format("i{}", ++next_id_); }

Shard World::AddressOf(const std::string& key) {
  const Shard home = ShardOf(key, size_.shards);
  if (!dice_.Percent(kAstrayPercent)) return home;
  return Shard{(home.value + 1) % size_.shards.value};
}

}  // namespace slotlog
