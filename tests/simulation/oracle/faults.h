// What is wrong with somebody's words: every true reason to say that they make
// no sense, by the bounds that the contract names beside its fields.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>

#include "slotlog/v1/confirmations.pb.h"

namespace slotlog::oracle {

/// Is it a reason of this kind?
bool IsFault(v1::Refusal refusal);

class Faults {
 public:
  void AddIf(bool is_wrong, v1::Refusal refusal) {
    if (is_wrong) all_.insert(refusal);
  }

  void LookAtIds(std::initializer_list<std::string> ids);
  /// Of regions and lists.
  template <typename Names>
  void LookAtNames(const Names& names, int count_max) {
    AddIf(names.size() > count_max, v1::REFUSAL_LIST_TOO_LONG);
    for (const std::string& name : names) {
      AddIf(name.empty(), v1::REFUSAL_ID_MISSING);
      LookAtName(name);
    }
  }
  /// It may be empty.
  void LookAtName(const std::string& name);
  void LookAtText(const std::string& text);
  void LookAtDate(uint32_t yyyymmdd);
  void LookAtInstant(int64_t unix_ms);
  void LookAtInterval(int64_t from_unix_ms, int64_t to_unix_ms);
  void LookAtNumber(int64_t number, int64_t min, int64_t max) {
    AddIf(number < min || number > max, v1::REFUSAL_NUMBER_OUT_OF_RANGE);
  }
  void LookAtCapacity(int32_t capacity);

  const std::set<v1::Refusal>& all() const { return all_; }

 private:
  std::set<v1::Refusal> all_;
};

}  // namespace slotlog::oracle
