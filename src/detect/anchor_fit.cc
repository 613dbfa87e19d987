#include "detect/anchor_fit.h"

#include <algorithm>
#include <cmath>

#include "stats/quantile.h"

namespace mammograft {
namespace {

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

// Changes one size at a time by a few per cent while that helps.
AnchorOptions climb(const std::vector<Box>& boxes, AnchorOptions anchors,
                    const std::vector<int>& strides) {
  double best = anchor_coverage(boxes, anchors, strides, 0).mean_iou;
  for (double step : {1.5, 1.25, 1.1}) {
    for (bool improved = true; improved;) {
      improved = false;
      for (size_t i = 0; i < anchors.sizes.size(); ++i) {
        for (double factor : {step, 1 / step}) {
          AnchorOptions changed = anchors;
          changed.sizes[i] = std::max(4.0, std::round(changed.sizes[i] * factor));
          const double mean_iou = anchor_coverage(boxes, changed, strides, 0).mean_iou;
          if (mean_iou <= best + 1e-6) continue;
          best = mean_iou;
          anchors = changed;
          improved = true;
        }
      }
    }
  }
  return anchors;
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
                          const std::vector<int>& strides) {
  if (boxes.empty()) return start;
  std::vector<double> ratios;
  for (const Box& box : boxes) ratios.push_back(box.height() / box.width());
  AnchorOptions reshaped = start;
  for (size_t i = 0; i < reshaped.ratios.size(); ++i) {
    const double q = (static_cast<double>(i) + 0.5) / static_cast<double>(reshaped.ratios.size());
    reshaped.ratios[i] = std::round(quantile(ratios, q) * 100) / 100;
  }
  const AnchorOptions a = climb(boxes, start, strides), b = climb(boxes, reshaped, strides);
  const auto mean_iou = [&](const AnchorOptions& o) {
    return anchor_coverage(boxes, o, strides, 0).mean_iou;
  };
  return mean_iou(b) > mean_iou(a) ? b : a;
}

}  // namespace mammograft
