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

}  // namespace mammograft
