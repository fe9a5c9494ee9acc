#include "services/logging/log_format.h"

#include <absl/time/time.h>
#include <spdlog/pattern_formatter.h>

#include <string>
#include <string_view>

#include "services/logging/log_fields.h"

namespace slotlog {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Append(std::string_view text, spdlog::memory_buf_t& line) {
  line.append(text.data(), text.data() + text.size());
}

/// The pattern's flag for the fields: " key=value" of each.
class FieldsFlag final : public spdlog::custom_flag_formatter {
 public:
  static constexpr char kFlag = '*';

  void format(const spdlog::details::log_msg&, const std::tm&,
              spdlog::memory_buf_t& line) override {
    for (const auto& [name, value] : LogFields::Current().items()) {
      Append(" " + name + "=", line);
      Append(
          value.is_string() ? value.get_ref<const std::string&>() : Dump(value),
          line);
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<FieldsFlag>();
  }
};

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& line) override {
    const spdlog::string_view_t level =
        spdlog::level::to_string_view(message.level);
    Json json = {
        {"time",
         absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                          absl::FromChrono(message.time), absl::UTCTimeZone())},
        {"level", std::string_view(level.data(), level.size())},
        {"message",
         std::string_view(message.payload.data(), message.payload.size())},
    };
    json.update(LogFields::Current());
    Append(Dump(json) + "\n", line);
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

}  // namespace

std::unique_ptr<spdlog::formatter> NewLogFormatter(LogFormat format) {
  if (format == LogFormat::kJson) return std::make_unique<JsonFormatter>();
  auto text = std::make_unique<spdlog::pattern_formatter>();
  text->add_flag<FieldsFlag>(FieldsFlag::kFlag)
      .set_pattern("[%Y-%m-%d %H:%M:%S.%e] [%^%l%$] %v%*");
  return text;
}

}  // namespace slotlog
