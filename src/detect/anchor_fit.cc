#include "detect/anchor_fit.h"

#include <cmath>

namespace mammograft {
namespace {

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<size_t>(at);
  const size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (values[high] - values[low]) * (at - static_cast<double>(low));
}

// The anchor of this shape whose centre, a multiple of the stride, lies nearest to the box's.
Box nearest_anchor(const Box& box, double width, double height, int stride) {
  const double x = std::round(box.center().x / stride) * stride;
  const double y = std::round(box.center().y / stride) * stride;
  return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

double best_overlap(const Box& box, const AnchorOptions& anchors, const std::vector<int>& strides) {
  double best = 0;
  for (size_t i = 0; i < anchors.sizes.size(); ++i) {
    const size_t level = i / anchors.sizes_per_level;
    if (level >= strides.size()) break;
    for (double ratio : anchors.ratios) {
      const double width = anchors.sizes[i] / std::sqrt(ratio);
      const double height = anchors.sizes[i] * std::sqrt(ratio);
      best = std::max(best, iou(box, nearest_anchor(box, width, height, strides[level])));
    }
  }
  return best;
}

}  // namespace

AnchorCoverage anchor_coverage(const std::vector<Box>& boxes, const AnchorOptions& anchors,
                               const std::vector<int>& strides, double threshold) {
  AnchorCoverage coverage{0, 0, threshold};
  if (boxes.empty()) return coverage;
  for (const Box& box : boxes) {
    const double overlap = best_overlap(box, anchors, strides);
    coverage.mean_iou += overlap;
    coverage.share += overlap >= threshold ? 1 : 0;
  }
  coverage.mean_iou /= static_cast<double>(boxes.size());
  coverage.share /= static_cast<double>(boxes.size());
  return coverage;
}

AnchorOptions fit_anchors(const std::vector<Box>& boxes, const AnchorOptions& start,
                          const std::vector<int>& strides, double threshold) {
  if (boxes.empty()) return start;
  std::vector<double> sizes, ratios;
  for (const Box& box : boxes) {
    sizes.push_back(std::sqrt(box.area()));
    ratios.push_back(box.height() / box.width());
  }
  const double low = std::max(4.0, quantile(sizes, 0.02));
  const double high = std::max(low * 1.5, quantile(sizes, 0.98));
  AnchorOptions fitted = start;
  const size_t n = fitted.sizes.size();
  for (size_t i = 0; i < n; ++i) {
    const double t = n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 0.5;
    fitted.sizes[i] = std::round(low * std::pow(high / low, t));
  }
  for (size_t i = 0; i < fitted.ratios.size(); ++i) {
    const double q = (static_cast<double>(i) + 0.5) / static_cast<double>(fitted.ratios.size());
    fitted.ratios[i] = std::round(quantile(ratios, q) * 100) / 100;
  }
  const AnchorCoverage before = anchor_coverage(boxes, start, strides, threshold);
  const AnchorCoverage after = anchor_coverage(boxes, fitted, strides, threshold);
  return after.mean_iou > before.mean_iou ? fitted : start;
}

}  // namespace mammograft
