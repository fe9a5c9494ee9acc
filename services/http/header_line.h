// Writes a header's line, whatever its value: bytes that would end the line are
// left out, so that a value that came from outside cannot add another header.

#pragma once

#include <string>
#include <string_view>

namespace slotlog::http {

inline void AppendHeaderLine(std::string& lines, std::string_view name,
                             std::string_view value) {
  lines.append(name).append(": ");
  for (const char c : value) {
    if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') lines.push_back(c);
  }
  lines.append("\r\n");
}

}  // namespace slotlog::http
