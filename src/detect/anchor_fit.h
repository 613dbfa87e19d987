// Anchors fitted to a cohort's boxes, and how well anchors cover boxes. No torch.
#pragma once

#include <vector>

#include "detect/detector_options.h"
#include "image/box.h"

namespace mammograft {

struct AnchorCoverage {
  double share = 0;     // of boxes whose best anchor overlaps with IoU >= threshold
  double mean_iou = 0;  // of the best anchors
  double threshold = 0;
};

// The best anchor lies at the level's nearest grid location: boxes are in network pixels, with
// their true positions, so the stride's cost is counted.
AnchorCoverage anchor_coverage(const std::vector<Box>& boxes, const AnchorOptions& anchors,
                               const std::vector<int>& strides, double threshold);

// As many sizes and ratios as `start` has, chosen for `boxes` (network pixels). From `start`, and
// from ratios at the 1/6, 1/2, 5/6 quantiles of the boxes, the sizes climb step by step to the
// highest mean best IoU; the better end is returned, so it never covers the boxes worse than
// `start`.
AnchorOptions fit_anchors(const std::vector<Box>& boxes, const AnchorOptions& start,
                          const std::vector<int>& strides);

}  // namespace mammograft
