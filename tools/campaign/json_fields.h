// The fields of a JSON object, read one by one; the first thing that is wrong
// is kept, with the path of the field, and everything after it reads as empty.

#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace slotlog {

class JsonFields {
 public:
  /// `path` is where it stands, as "rounds[1]."; `status` takes what is wrong.
  /// Both `object` and `status` outlive this.
  JsonFields(const nlohmann::json& object, std::string path,
             absl::Status& status);

  bool Has(std::string_view name);
  /// Empty where the field is missing.
  std::string Text(std::string_view name);
  /// 0 where it is missing.
  uint32_t Number(std::string_view name);
  bool Flag(std::string_view name);
  std::vector<std::string> Texts(std::string_view name);
  std::vector<uint32_t> Numbers(std::string_view name);
  /// "2021-07-19" as 20210719; 0 where it is missing.
  uint32_t Date(std::string_view name);
  /// The objects of a list; `one` is called with each.
  template <typename One>
  void Objects(std::string_view name, One one) {
    const nlohmann::json* list = Find(name);
    if (list == nullptr) return;
    if (!list->is_array()) return Wrong(name, "must be a list of objects");
    for (size_t i = 0; i < list->size() && status_.ok(); ++i) {
      JsonFields fields((*list)[i], PathOf(name, i), status_);
      one(fields);
      fields.ExpectNoOthers();
    }
  }
  /// An object; `read` is called with it if it is there.
  template <typename Read>
  void Object(std::string_view name, Read read) {
    const nlohmann::json* object = Find(name);
    if (object == nullptr) return;
    JsonFields fields(*object, path_ + std::string(name) + ".", status_);
    read(fields);
    fields.ExpectNoOthers();
  }

  /// Keeps what is wrong with the field, if nothing was wrong before.
  void Wrong(std::string_view name, std::string_view why);
  /// A field that nobody asked for may be a misspelt one.
  void ExpectNoOthers();

 private:
  const nlohmann::json* Find(std::string_view name);
  std::string PathOf(std::string_view name, size_t index) const;

  const nlohmann::json& object_;
  const std::string path_;
  absl::Status& status_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace slotlog
