#include "tools/write_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>

namespace slotlog {

absl::Status WriteFile(const std::string& path, std::string_view text) {
  std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "w");
  if (file == nullptr) {
    return absl::ErrnoToStatus(errno, fmt::format("cannot write {}", path));
  }
  const size_t written = std::fwrite(text.data(), 1, text.size(), file);
  const int closed = file == stdout ? std::fflush(file) : std::fclose(file);
  if (written != text.size() || closed != 0) {
    return absl::ErrnoToStatus(errno, fmt::format("cannot write {}", path));
  }
  return absl::OkStatus();
}

}  // namespace slotlog
