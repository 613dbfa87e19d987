// How well a blender does on windows of patients whom it does not learn from: what chooses the best
// state of a training. No classifier: its verdict is for `assess`.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "blend/blend_set.h"
#include "graft/measures.h"

namespace mammograft {

struct BlendQuality {
  ContrastTransfer contrast;
  double seam = 0;   // geometric mean over grafts, over that of real masses: 1 is as real
  double hf = 0;     // the same for high-frequency power
  double score = 0;  // 0 is best: see docs/equations.md
};

// `results`: CV_16UC1, one for each validation window of the set.
BlendQuality measure_quality(const BlendSet& set, const std::vector<cv::Mat>& results,
                             double grid_mm);

}  // namespace mammograft
