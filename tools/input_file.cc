#include "tools/input_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <memory>

namespace slotlog {

absl::StatusOr<std::string> ReadInputFile(const std::string& path) {
  const auto cannot_read = [&path](int number) {
    return absl::ErrnoToStatus(number, fmt::format("cannot read {}", path));
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) return cannot_read(errno);
  std::string text(kInputFileBytesMax + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return cannot_read(errno);
  if (text.size() > kInputFileBytesMax) {
    return absl::InvalidArgumentError(
        fmt::format("{} is larger than {} bytes", path, kInputFileBytesMax));
  }
  return text;
}

}  // namespace slotlog
