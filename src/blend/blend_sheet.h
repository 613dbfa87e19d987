// Contact sheets of grafts, so that a person sees a blender learn.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "graft/graft_window.h"

namespace mammograft {

// A row for each window: background, lesion pasted at the background's level, outline of the
// region, result, and the difference (grey: none). CV_8UC3 (RGB). results: CV_16UC1.
cv::Mat blend_sheet(const std::vector<GraftWindow>& windows, const std::vector<cv::Mat>& results,
                    const std::string& match, int tile_px = 192);

}  // namespace mammograft
