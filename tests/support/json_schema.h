// Is this JSON of that schema? As much of JSON Schema as openapi.json uses for
// answers; what it does not know, it takes as a fault.
//
// Threads: a pure function.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace slotlog {

/// The node, or what its $ref refers to in the document.
const nlohmann::json& Resolve(const nlohmann::json& document,
                              const nlohmann::json& node);

/// "" or where and why not. `document` is what $ref refers to.
std::string FindSchemaFault(const nlohmann::json& document,
                            const nlohmann::json& schema,
                            const nlohmann::json& value,
                            const std::string& at = "$");

}  // namespace slotlog
