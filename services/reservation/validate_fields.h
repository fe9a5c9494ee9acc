// What may stand in one field: the parts that validate.h is made of. Each tells
// the fault of the field that it is given the name of. Thread-safe.

#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <optional>
#include <string>
#include <string_view>

#include "services/reservation/validate.h"

namespace slotlog {

using MaybeFault = std::optional<Fault>;

MaybeFault FaultInId(const std::string& id, std::string_view field);
MaybeFault FaultInText(const std::string& text, std::string_view field);
MaybeFault FaultInNames(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    std::string_view field);
MaybeFault FaultInDate(uint32_t yyyymmdd, std::string_view field);
MaybeFault FaultInInstant(int64_t unix_ms, std::string_view field);
MaybeFault FaultInInterval(int64_t from_unix_ms, int64_t to_unix_ms,
                           const std::string& from, const std::string& to);
MaybeFault FaultInCapacity(int32_t capacity, std::string_view field);
/// From 0 to `max`.
MaybeFault FaultInNumber(uint32_t number, uint32_t max, std::string_view field);

/// The campaign's fields; `path` is where it stands:
/// "define_campaign.campaign."
MaybeFault FaultInCampaign(const v1::Campaign& campaign,
                           const std::string& path);

}  // namespace slotlog
