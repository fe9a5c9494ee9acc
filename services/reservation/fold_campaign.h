// Fold's steps for campaigns: what their events do to the state (fold.h).

#pragma once

#include "services/reservation/state.h"
#include "slotlog/v1/events.pb.h"

namespace slotlog {

void Apply(const v1::Event& event, const v1::CampaignDefined& defined,
           State& state);
void Apply(const v1::Event& event, const v1::CampaignChanged& changed,
           State& state);
void Apply(const v1::CampaignAdopted& adopted, State& state);
void Apply(const v1::CampaignAcknowledged& known, State& state);

}  // namespace slotlog
