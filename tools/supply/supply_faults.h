// Why a row that can be read is not taken: it contradicts what is so. Where the
// core has a word for it, the reason is the core's. Pure.

#pragma once

#include <cstdint>
#include <string_view>

#include "slotlog/v1/operations.pb.h"
#include "tools/supply/row.h"
#include "tools/supply/supply_row.h"

namespace slotlog::supply {

RowFault SiteDiffers(const v1::DefineSite& site);
RowFault SiteUnknown(const SlotRow& row);
RowFault SiteClosed(std::string_view site_id);
RowFault SlotDiffers(const v1::Slot& slot);
/// `known` is what the log says.
RowFault CapacityDiffers(const v1::Slot& slot, int32_t known);

}  // namespace slotlog::supply
