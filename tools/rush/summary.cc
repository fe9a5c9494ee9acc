#include "tools/rush/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "events/codec.h"
#include "tools/rush/fairness_tables.h"
#include "tools/texts.h"

namespace slotlog {
namespace {

double PerSecond(uint64_t count, absl::Duration elapsed) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string PerSecondInWords(uint64_t count, absl::Duration elapsed) {
  return Grouped(static_cast<uint64_t>(PerSecond(count, elapsed) + 0.5));
}

/// Never below zero, where an answer of another shard is yet to be read.
uint64_t SeatsLeft(const Scenario& scenario, const Figures& figures) {
  const uint64_t released = scenario.seats + figures.cancellations;
  return released - std::min(released, figures.bookings);
}

std::string Line(std::string_view name, std::string_view value) {
  return fmt::format("  {:<17}{}\n", name, value);
}

std::string LatencyLine(std::string_view name,
                        const LatencyHistogram& histogram) {
  return Line(name,
              fmt::format("{:<11}{:<11}{}", InWords(histogram.Quantile(0.5)),
                          InWords(histogram.Quantile(0.99)),
                          InWords(histogram.Quantile(0.999))));
}

std::string OpeningLine(const RushOutcomes& outcomes) {
  if (outcomes.was_finished_before) {
    return "Finished already; these are its figures, from the log.\n";
  }
  if (!outcomes.is_finished) return "Stopped before the end. So far:\n";
  return "";
}

std::string RefusalLines(const Figures& figures) {
  std::string lines;
  for (const auto& [refusal, count] : figures.refusals) {
    lines += Line(lines.empty() ? "refused" : "",
                  fmt::format("{:>11}  {}", Grouped(count), NameOf(refusal)));
  }
  return lines;
}

/// From the first notice of a hold that ran out to the last.
absl::Duration WaveOf(const Figures& figures) {
  return figures.holds_expired == 0
             ? absl::ZeroDuration()
             : figures.last_expired - figures.first_expired;
}

std::string HoldLines(const Figures& figures) {
  if (figures.holds == 0) return "";
  std::string lines =
      Line("held", fmt::format("{}, of them {} ran out", Grouped(figures.holds),
                               Grouped(figures.holds_expired)));
  if (figures.holds_expired == 0) return lines;
  return lines + Line("expiry wave",
                      fmt::format("{}, from the first notice to the last",
                                  InWords(WaveOf(figures))));
}

std::string OnTheDayLines(const Scenario& scenario, const Figures& figures) {
  if (scenario.on_the_day.empty()) return "";
  std::string lines;
  for (std::string_view rest = scenario.on_the_day; !rest.empty();) {
    constexpr std::string_view kEndOfClause = "; ";
    const size_t end = rest.find(kEndOfClause);
    lines += Line(lines.empty() ? "on the day" : "", rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos
                           ? rest.size()
                           : end + kEndOfClause.size());
  }
  if (scenario.on_the_day_bookings == 0 || scenario.on_the_day_seconds == 0) {
    return lines;
  }
  const auto then = absl::Seconds(scenario.on_the_day_seconds);
  const double rate = PerSecond(scenario.on_the_day_bookings, then);
  lines += Line(
      "",
      fmt::format("{} bookings in {}: {:.0f}/s then, {:.0f} times as "
                  "many here",
                  Grouped(scenario.on_the_day_bookings), InWords(then), rate,
                  PerSecond(figures.bookings, figures.elapsed) / rate));
  return lines;
}

}  // namespace

std::string SummaryForPeople(const Scenario& scenario,
                             const RushOutcomes& outcomes) {
  const Figures& figures = outcomes.figures;
  std::string text = fmt::format(
      "{}.\n{} eligible people, {} seats at {} sites; seed {}, {} shards.\n",
      scenario.title, Grouped(scenario.citizens), Grouped(scenario.seats),
      Grouped(scenario.sites), outcomes.seed, outcomes.shards.value);
  text += OpeningLine(outcomes);
  text += "\n";
  text += Line("booked", figures.cancellations == 0
                             ? Grouped(figures.bookings)
                             : fmt::format("{}, of them {} cancelled",
                                           Grouped(figures.bookings),
                                           Grouped(figures.cancellations)));
  text += HoldLines(figures);
  text += Line("seats left", Grouped(SeatsLeft(scenario, figures)));
  text +=
      Line("commands",
           fmt::format("{}, {} answered, each once",
                       Grouped(figures.commands_published),
                       figures.commands_answered == figures.commands_published
                           ? "all"
                           : Grouped(figures.commands_answered)));
  text += Line("time", InWords(figures.elapsed));
  text +=
      Line("bookings/s", PerSecondInWords(figures.bookings, figures.elapsed));
  text += Line("decisions/s",
               PerSecondInWords(figures.commands_answered, figures.elapsed));
  text += Line("", fmt::format("{:<11}{:<11}{}", "p50", "p99", "p99.9"));
  text += LatencyLine("confirmation", figures.confirmation);
  text += LatencyLine("wait on the log", figures.wait);
  text += RefusalLines(figures);
  if (figures.repeated > 0) {
    text += Line("answered again", fmt::format("{:>11}  sent twice by the "
                                               "impatient",
                                               Grouped(figures.repeated)));
  }
  if (outcomes.peak_rss_bytes.has_value()) {
    text += Line("peak memory", BytesInWords(*outcomes.peak_rss_bytes));
  }
  text +=
      Line("disk", fmt::format("{} in {}", BytesInWords(outcomes.disk_bytes),
                               outcomes.directory));
  if (!outcomes.kafka.empty()) {
    text += Line("log", fmt::format("Kafka, {}", outcomes.kafka));
  }
  text += OnTheDayLines(scenario, figures);
  text += FairnessTables(outcomes.fairness);
  return text;
}

std::string SummaryAsJson(const Scenario& scenario,
                          const RushOutcomes& outcomes) {
  using Json = nlohmann::ordered_json;
  const Figures& figures = outcomes.figures;
  const auto latencies = [](const LatencyHistogram& histogram) {
    const auto ms = [&](double share) {
      return absl::ToDoubleMilliseconds(histogram.Quantile(share));
    };
    return Json{{"p50", ms(0.5)}, {"p99", ms(0.99)}, {"p999", ms(0.999)}};
  };
  Json refusals = Json::object();
  for (const auto& [refusal, count] : figures.refusals) {
    refusals[NameOf(refusal)] = count;
  }
  const Json document = {
      {"scenario", scenario.name},
      {"finished", outcomes.is_finished},
      {"bookings", figures.bookings},
      {"cancellations", figures.cancellations},
      {"commands", figures.commands_published},
      {"confirmations", figures.commands_answered},
      {"holds", figures.holds},
      {"holds_expired", figures.holds_expired},
      {"expiry_wave_seconds", absl::ToDoubleSeconds(WaveOf(figures))},
      {"refusals", refusals},
      {"repeated", figures.repeated},
      {"seconds", absl::ToDoubleSeconds(figures.elapsed)},
      {"bookings_per_second", PerSecond(figures.bookings, figures.elapsed)},
      {"commands_per_second",
       PerSecond(figures.commands_answered, figures.elapsed)},
      {"confirmation_ms", latencies(figures.confirmation)},
      {"wait_ms", latencies(figures.wait)},
      {"peak_rss_bytes", outcomes.peak_rss_bytes.has_value()
                             ? Json(*outcomes.peak_rss_bytes)
                             : Json(nullptr)},
      {"disk_bytes", outcomes.disk_bytes},
      {"log", outcomes.kafka.empty() ? "embedded" : "kafka"},
      {"durable", outcomes.is_durable},
      {"shards", outcomes.shards.value},
      {"seed", outcomes.seed},
      {"citizens", scenario.citizens},
      {"seats", scenario.seats},
      {"seats_left", SeatsLeft(scenario, figures)},
      {"fairness", FairnessAsJson(outcomes.fairness)},
  };
  return document.dump(2) + "\n";
}

}  // namespace slotlog
