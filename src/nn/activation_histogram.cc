#include "nn/activation_histogram.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr size_t kBins = 4096;
constexpr int kCandidates = 256;  // limits that are tried, equally spaced up to the largest value

}  // namespace

void ActivationHistogram::widen(double magnitude) {
  if (counts_.empty()) counts_.assign(kBins, 0);
  if (width_ == 0) width_ = magnitude / kBins;
  while (magnitude >= width_ * kBins) {
    for (size_t i = 0; i < kBins / 2; ++i) counts_[i] = counts_[2 * i] + counts_[2 * i + 1];
    std::fill(counts_.begin() + kBins / 2, counts_.end(), 0);
    width_ *= 2;
  }
}

void ActivationHistogram::add(const float* values, int64_t count) {
  float lowest = 0, highest = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(values[i]))
      fail(ErrorKind::bad_input, "calibration: the network gives values that are not finite");
    lowest = std::min(lowest, values[i]);
    highest = std::max(highest, values[i]);
  }
  negative_ = negative_ || lowest < 0;
  const double largest = std::max(-lowest, highest);
  if (largest == 0) return;  // zeros are exact at any limit
  widen(largest);
  const double scale = 1 / width_;
  for (int64_t i = 0; i < count; ++i) {
    const double magnitude = std::abs(static_cast<double>(values[i]));
    if (magnitude > 0) ++counts_[static_cast<size_t>(magnitude * scale)];
  }
}

ActivationRange ActivationHistogram::range() const {
  if (counts_.empty()) return {1, negative_};  // nothing but zeros
  size_t used = kBins;
  while (used > 1 && counts_[used - 1] == 0) --used;
  const double steps = negative_ ? 127 : 255;
  double best = 0, best_error = -1;
  for (int candidate = 1; candidate <= kCandidates; ++candidate) {
    const double limit = static_cast<double>(used) * width_ * candidate / kCandidates;
    const double rounding = (limit / steps) * (limit / steps) / 12;
    double error = 0;
    for (size_t bin = 0; bin < used; ++bin) {
      const double value = (static_cast<double>(bin) + 0.5) * width_;
      const double cut = std::max(0.0, value - limit);
      error += static_cast<double>(counts_[bin]) * (cut > 0 ? cut * cut : rounding);
    }
    if (best_error < 0 || error < best_error) best = limit, best_error = error;
  }
  return {best, negative_};
}

}  // namespace mammograft
