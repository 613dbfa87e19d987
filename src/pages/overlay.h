// A picture of what was found: the mammogram with outlines and scores.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "detect/found_mass.h"

namespace mammograft {

// pixels: CV_16UC1; `found` by falling score. CV_8UC3 (RGB), at most max_side_px long; masses with
// a score of at least min_score, at most `most`; a sentence where there is none.
cv::Mat draw_overlay(const cv::Mat& pixels, const std::vector<FoundMass>& found, double min_score,
                     int most, int max_side_px);

}  // namespace mammograft
