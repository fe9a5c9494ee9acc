// openapi.json, as it stood in the tree when this was built.
//
// Thread-safe: it is a constant.

#pragma once

#include <string_view>

namespace slotlog {

std::string_view OpenApiDocument();

}  // namespace slotlog
