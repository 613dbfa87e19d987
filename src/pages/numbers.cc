#include "pages/numbers.h"

#include <fmt/format.h>

#include <cmath>

namespace mammograft {

std::string percent(double share, int digits) {
  return std::isnan(share) ? "–" : fmt::format("{:.{}f} %", 100 * share, digits);
}

std::string with_interval(double value, const Interval& interval) {
  if (std::isnan(value)) return "–";
  if (std::isnan(interval.low)) return fmt::format("{:.3f}", value);
  return fmt::format("{:.3f} ({:.3f}–{:.3f})", value, interval.low, interval.high);
}

namespace {

// With a sign that is as wide as a plus.
std::string signed_text(double value, int digits) {
  const std::string text = fmt::format("{:.{}f}", std::abs(value), digits);
  if (text.find_first_not_of("0.") == text.npos) return text;
  return (value < 0 ? "−" : "+") + text;
}

}  // namespace

std::string signed_with_interval(double value, const Interval& interval) {
  if (std::isnan(value)) return "–";
  if (std::isnan(interval.low)) return signed_text(value, 3);
  return fmt::format("{} ({} to {})", signed_text(value, 3), signed_text(interval.low, 3),
                     signed_text(interval.high, 3));
}

std::string points(double difference) {
  return std::isnan(difference) ? "–" : signed_text(100 * difference, 1);
}

std::string p_text(double p) {
  if (std::isnan(p)) return "–";
  return p < 0.001 ? "< 0.001" : fmt::format("{:.3f}", p);
}

std::string mean_and_deviation(double mean, double deviation) {
  if (std::isnan(mean)) return "–";
  return std::isnan(deviation) ? fmt::format("{:.3f}", mean)
                               : fmt::format("{:.3f} ± {:.3f}", mean, deviation);
}

}  // namespace mammograft
