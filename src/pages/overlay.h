// A picture of what was found: the mammogram with outlines and scores.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "detect/found_mass.h"

namespace mammograft {

struct OverlayOptions {
  double min_score = 0.2;  // lowest that is drawn
  int most = 5;            // masses
  int max_side_px = 1024;
  double mm_per_px = 0;  // of the mammogram, from column to column; 0: not known, no scale bar
};

// pixels: CV_16UC1; `found` by falling score. CV_8UC3 (RGB): the outline of each mass, its box
// where it has none or one without a pixel, and its score; a sentence where there is none; a bar of
// 1, 2 or 5 cm.
cv::Mat draw_overlay(const cv::Mat& pixels, const std::vector<FoundMass>& found,
                     const OverlayOptions& options);

}  // namespace mammograft
