#include "tools/rush/regions.h"

#include <algorithm>
#include <numeric>

namespace slotlog {

Regions::Regions(const Scenario& scenario) {
  std::vector<int64_t> shares;
  for (const Region& region : scenario.regions) {
    names_.push_back(region.name);
    shares.push_back(region.share);
  }
  if (names_.empty()) {
    names_.emplace_back();
    shares.push_back(1);
  }
  uint32_t whole = 0;
  for (const int64_t share : shares) {
    shares_up_to_.push_back(whole += static_cast<uint32_t>(share));
  }

  // Each site goes to the region that lacks the most of its part so far.
  sites_.resize(names_.size());
  std::vector<int64_t> lacks(names_.size());
  for (uint32_t site = 0; site < scenario.sites; ++site) {
    for (size_t i = 0; i < lacks.size(); ++i) lacks[i] += shares[i];
    const auto most = std::max_element(lacks.begin(), lacks.end());
    *most -= whole;
    const auto region = static_cast<uint32_t>(most - lacks.begin());
    of_sites_.push_back(RegionNumber{region});
    sites_[region].push_back(site);
  }
  for (auto& sites : sites_) {
    if (!sites.empty()) continue;
    sites.resize(scenario.sites);
    std::iota(sites.begin(), sites.end(), 0u);
  }
}

RegionNumber Regions::Draw(uint64_t random_bits) const {
  const auto part =
      static_cast<uint32_t>((random_bits >> 32) * shares_up_to_.back() >> 32);
  const auto found =
      std::upper_bound(shares_up_to_.begin(), shares_up_to_.end(), part);
  return RegionNumber{static_cast<uint32_t>(found - shares_up_to_.begin())};
}

}  // namespace slotlog
