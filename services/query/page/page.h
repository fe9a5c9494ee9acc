// The page at /: how a rush goes, and where a ticket stands (/?ticket=3-18211).
// It is one file, page.html, embedded as it stood when this was built, and asks
// nothing but this server's own API.
//
// Threads: AddPage before the router is served; Page is a constant.

#pragma once

#include <string_view>

#include "services/http/router.h"

namespace slotlog {

std::string_view Page();

/// Adds GET /. `guard`: who may see it; empty: everybody.
void AddPage(http::Router& router, const http::Guard& guard = {});

}  // namespace slotlog
