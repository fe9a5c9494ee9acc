#include "projections/model_stores.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace slotlog {
namespace {

std::vector<std::string> NamesOf(const Model& model) {
  return {model.name + "-a", model.name + "-b"};
}

uint64_t BatchesIn(const Rows::Position& position) {
  uint64_t batches = 0;
  for (const FoldedTo& shard : position.shards) batches += shard.batch_number;
  return batches;
}

}  // namespace

absl::StatusOr<std::optional<OpenedStore>> ModelStores::OpenUsable(
    const Model& model, const std::string& name) {
  const auto unusable = [&](std::string_view why) {
    spdlog::warn("projection {}: it is folded again: {}", name, why);
    return std::nullopt;
  };
  auto store = stores_.open(name);
  if (absl::IsDataLoss(store.status()) ||
      absl::IsFailedPrecondition(store.status())) {
    return unusable(std::string(store.status().message()));
  }
  if (!store.ok()) return store.status();
  auto position = Rows::ReadPosition(**store);
  if (!position.ok()) {
    return unusable(std::string(position.status().message()));
  }
  if (!position->has_value()) return std::nullopt;
  const RowsLabel& label = (*position)->label;
  if (label.log_id != log_.Id() ||
      (*position)->shards.size() != log_.Shards().value) {
    return unusable("it is another log's");
  }
  if (label.layout != model.layout)
    return unusable(
        "its rows are laid out "
        "otherwise");
  auto reader = EventReader::Open(log_, (*position)->shards);
  absl::Status verified = reader.status();
  if (verified.ok()) verified = (*reader)->AwaitVerified();
  if (absl::IsDataLoss(verified)) {
    return unusable(std::string(verified.message()));
  }
  if (!verified.ok()) return verified;
  return OpenedStore{.name = name,
                     .store = *std::move(store),
                     .position = **std::move(position),
                     .reader = *std::move(reader)};
}

absl::StatusOr<std::vector<OpenedStore>> ModelStores::Open(const Model& model) {
  std::vector<OpenedStore> read;
  std::vector<OpenedStore> unfinished;
  for (const std::string& name : NamesOf(model)) {
    auto opened = OpenUsable(model, name);
    if (!opened.ok()) return opened.status();
    if (!opened->has_value()) continue;
    const RowsLabel& label = (*opened)->position.label;
    if (label.is_complete) {
      read.push_back(**std::move(opened));
    } else if (label.version == model.version) {
      unfinished.push_back(**std::move(opened));
    }
  }
  // Of two that can be read the one of this version, or else the newer one.
  std::sort(read.begin(), read.end(), [&](const auto& a, const auto& b) {
    const bool is_a = a.position.label.version == model.version;
    const bool is_b = b.position.label.version == model.version;
    if (is_a != is_b) return is_a;
    return BatchesIn(a.position) > BatchesIn(b.position);
  });
  std::vector<OpenedStore> opened;
  if (!read.empty()) opened.push_back(std::move(read.front()));
  const bool is_current =
      !opened.empty() && opened.front().position.label.version == model.version;
  if (!is_current && !unfinished.empty()) {
    opened.push_back(std::move(unfinished.front()));
  }
  read.clear();
  unfinished.clear();  // closes what is about to go
  for (const std::string& name : NamesOf(model)) {
    const bool is_used =
        std::any_of(opened.begin(), opened.end(),
                    [&](const OpenedStore& one) { return one.name == name; });
    if (is_used) continue;
    if (auto gone = stores_.destroy(name); !gone.ok()) return gone;
  }
  return opened;
}

std::optional<std::string> ModelStores::FreeName(
    const Model& model, const std::vector<std::string>& used) {
  for (std::string& name : NamesOf(model)) {
    if (std::find(used.begin(), used.end(), name) == used.end()) return name;
  }
  return std::nullopt;
}

absl::StatusOr<OpenedStore> ModelStores::OpenNew(const Model& model,
                                                 const std::string& name) {
  if (auto gone = stores_.destroy(name); !gone.ok()) return gone;
  auto store = stores_.open(name);
  if (!store.ok()) return store.status();
  Rows::Position position{.label = {.log_id = log_.Id(),
                                    .version = model.version,
                                    .layout = model.layout,
                                    .is_complete = false},
                          .shards = std::vector<FoldedTo>(log_.Shards().value)};
  auto reader = EventReader::Open(log_, position.shards);
  if (!reader.ok()) return reader.status();
  return OpenedStore{.name = name,
                     .store = *std::move(store),
                     .position = std::move(position),
                     .reader = *std::move(reader)};
}

}  // namespace slotlog
