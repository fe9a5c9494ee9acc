#include "projections/stores.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace slotlog {

ProjectionStores StoresIn(std::filesystem::path directory,
                          RocksDbMemory memory) {
  const auto open =
      [directory, memory](
          const std::string& name) -> absl::StatusOr<std::unique_ptr<Store>> {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) {
      return absl::UnavailableError(fmt::format(
          "{} cannot be made: {}", directory.string(), error.message()));
    }
    auto store =
        RocksDbStore::Open(directory / name, {.memory = memory, .tuning = ""});
    if (!store.ok()) return store.status();
    return *std::move(store);
  };
  const auto destroy = [directory](const std::string& name) {
    return RocksDbStore::Destroy(directory / name);
  };
  return {.open = open, .destroy = destroy};
}

}  // namespace slotlog
