// Promises that were not kept, in words. Only the first few: one that is broken
// breaks others.

#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace slotlog::oracle {

class Findings {
 public:
  template <typename... Args>
  void Add(fmt::format_string<Args...> text, Args&&... args) {
    if (all_.size() >= kFindingsMax) return;
    all_.push_back(where_ + fmt::format(text, std::forward<Args>(args)...));
  }
  /// What the findings that follow begin with.
  void SetPlace(std::string where) { where_ = std::move(where); }

  const std::vector<std::string>& all() const { return all_; }

 private:
  static constexpr size_t kFindingsMax = 10;

  std::string where_;
  std::vector<std::string> all_;
};

}  // namespace slotlog::oracle
