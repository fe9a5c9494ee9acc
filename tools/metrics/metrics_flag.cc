#include "tools/metrics/metrics_flag.h"

namespace slotlog {

CLI::Option* AddMetricsFlag(CLI::App& command, std::string& address) {
  return command
      .add_option("--metrics", address,
                  "Serve Prometheus' metrics at http://HOST:PORT/metrics")
      ->type_name("HOST:PORT")
      ->check(CLI::Validator(
          [](const std::string& text) {
            const size_t colon = text.rfind(':');
            const bool has_both = colon != std::string::npos && colon > 0 &&
                                  colon + 1 < text.size();
            return has_both ? "" : "must be HOST:PORT: 127.0.0.1:9464";
          },
          ""));
}

}  // namespace slotlog
