// What the files that decide operations share: the operation that has passed
// the guards every operation passes, and its answers "no" and "it is so
// already". Pure.

#pragma once

#include <string_view>

#include "services/reservation/decide.h"

namespace slotlog {

struct OperationContext {
  const State& state;
  const Input& input;
  const v1::Operation& operation;
  google::protobuf::Arena& arena;
};

v1::Event* NewEvent(const OperationContext& c);
v1::Event* Refuse(const OperationContext& c, v1::Refusal refusal,
                  std::string_view field = "");
v1::Event* Repeat(const OperationContext& c);

v1::Event* DecideDefineCampaign(const OperationContext& c,
                                const v1::DefineCampaign& define);
v1::Event* DecideChangeCampaign(const OperationContext& c,
                                const v1::ChangeCampaign& change);

}  // namespace slotlog
