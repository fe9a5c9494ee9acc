#include "tools/worker/spoken_progress.h"

#include <nlohmann/json.hpp>

namespace slotlog {

std::string TextOf(const SpokenProgress& progress) {
  return nlohmann::json{{"worker", progress.worker},
                        {"at_unix_ms", absl::ToUnixMillis(progress.at)},
                        {"epoch", progress.epoch.value},
                        {"sequence", progress.sequence.value},
                        {"events_to_replay", progress.events_to_replay}}
      .dump();
}

std::optional<SpokenProgress> ReadProgress(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*exceptions=*/false);
  if (!json.is_object() || !json.contains("worker") ||
      !json["worker"].is_string()) {
    return std::nullopt;
  }
  const auto number = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_number() ? found->get<int64_t>()
                                                     : int64_t{0};
  };
  return SpokenProgress{
      .worker = json["worker"].get<std::string>(),
      .at = absl::FromUnixMillis(number("at_unix_ms")),
      .epoch = Epoch{static_cast<uint64_t>(number("epoch"))},
      .sequence = Sequence{static_cast<uint64_t>(number("sequence"))},
      .events_to_replay = static_cast<uint64_t>(number("events_to_replay"))};
}

}  // namespace slotlog
