// Where in the country people live and sites stand, as the scenario's shares
// say: every region has its part of the people, drawn by chance, and of the
// sites, dealt out evenly, so that it has popular ones, too. A scenario that
// names no regions has one without a name. Immutable; thread-safe.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/ids.h"
#include "tools/rush/scenario.h"

namespace slotlog {

/// A region among the scenario's, from 0.
using RegionNumber = Number<struct RegionTag, uint32_t>;

class Regions {
 public:
  explicit Regions(const Scenario& scenario);

  /// From 1.
  uint32_t Count() const { return static_cast<uint32_t>(names_.size()); }
  /// Empty where the scenario names no regions.
  std::string_view NameOf(RegionNumber region) const {
    return names_[region.value];
  }
  /// `site` is an index among all sites, from 0.
  RegionNumber OfSite(uint32_t site) const { return of_sites_[site]; }
  /// Where its people try first, as indexes among all sites: its own sites;
  /// where it has none, all. By popularity, falling.
  const std::vector<uint32_t>& SitesFor(RegionNumber region) const {
    return sites_[region.value];
  }
  /// Somebody's, by 64 random bits.
  RegionNumber Draw(uint64_t random_bits) const;

 private:
  std::vector<std::string> names_;
  /// Of each region: its share and those of the regions before it.
  std::vector<uint32_t> shares_up_to_;
  std::vector<RegionNumber> of_sites_;
  std::vector<std::vector<uint32_t>> sites_;
};

}  // namespace slotlog
