// Stores in memory for projections: they outlive whoever has them open, as
// disks do, so that a test can let a reader die and begin anew.
//
// Threads: any.

#pragma once

#include <absl/synchronization/mutex.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "events/store/memory/memory_store.h"
#include "events/store/passing_store.h"
#include "projections/model.h"

namespace slotlog {

class MemoryProjectionStores {
 public:
  ProjectionStores Functions() {
    return {.open = [this](const std::string& name)
                -> absl::StatusOr<std::unique_ptr<Store>> {
              return std::make_unique<PassingStore>(At(name));
            },
            .destroy =
                [this](const std::string& name) {
                  const absl::MutexLock lock(&mutex_);
                  stores_.erase(name);
                  return absl::OkStatus();
                }};
  }

  std::shared_ptr<MemoryStore> At(const std::string& name) {
    const absl::MutexLock lock(&mutex_);
    auto& store = stores_[name];
    if (store == nullptr) store = std::make_shared<MemoryStore>();
    return store;
  }

  void LoseAll() {
    const absl::MutexLock lock(&mutex_);
    stores_.clear();
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<MemoryStore>> stores_;
};

}  // namespace slotlog
