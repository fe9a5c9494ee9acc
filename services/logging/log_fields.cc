#include "services/logging/log_fields.h"

#include <utility>

namespace slotlog {
namespace {

thread_local const LogFields* innermost = nullptr;

}  // namespace

LogFields::LogFields(nlohmann::ordered_json fields)
    : fields_(std::move(fields)), outer_(std::exchange(innermost, this)) {}

LogFields::~LogFields() { innermost = outer_; }

const nlohmann::ordered_json& LogFields::Current() {
  static const nlohmann::ordered_json none = nlohmann::ordered_json::object();
  return innermost == nullptr ? none : innermost->fields_;
}

}  // namespace slotlog
