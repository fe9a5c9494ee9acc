#include "tools/repeated_name.h"

namespace slotlog {

void RepeatedName::See(nlohmann::json::parse_event_t event,
                       const nlohmann::json& parsed) {
  using Event = nlohmann::json::parse_event_t;
  switch (event) {
    case Event::object_start:
      open_objects_.emplace_back();
      return;
    case Event::object_end:
      open_objects_.pop_back();
      return;
    case Event::key: {
      const auto& name = parsed.get_ref<const std::string&>();
      const bool is_new = open_objects_.back().insert(name).second;
      if (!is_new && !found_.has_value()) found_ = name;
      return;
    }
    case Event::array_start:
    case Event::array_end:
    case Event::value:
      return;
  }
}

}  // namespace slotlog
