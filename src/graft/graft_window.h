// What a grafting method sees: a window of the background and the lesion on the same grid.
#pragma once

#include <array>
#include <limits>
#include <opencv2/core.hpp>

#include "graft/background.h"
#include "graft/placement.h"

namespace mammograft {

struct GraftWindow {
  cv::Mat x;       // CV_16UC1: the background; beyond the image's border reflected
  cv::Mat e;       // CV_32FC1: the lesion in grey levels of x; away from it its border pixels go on
  cv::Mat mask;    // CV_8UC1, 0 or 255: the finding
  cv::Mat omega;   // CV_8UC1, 0 or 255: the region that may change
  cv::Mat breast;  // CV_8UC1, 0 or 255; nothing beyond the image
  cv::Mat seen;    // CV_8UC1: 255 in the image, 0 beyond its border
  // That the lesion has in its own image (graft/measures.h), in grey levels of x, share of full
  // scale; NaN: not known.
  double contrast = std::numeric_limits<double>::quiet_NaN();
  cv::Rect place;  // of the window in the image; may reach beyond it
  std::array<double, 2> mm_per_px{1, 1};
  IntensityRange range;
};

// A window of `side` pixels around the middle of omega's box, larger where that box with `margin`
// on each side is. `origin`: place of the lesion's canvas in the background.
GraftWindow cut_graft_window(const Background& background, const WarpedLesion& lesion,
                             cv::Point origin, int side, int margin);

// A window around `center` without a lesion: mask, omega and e are empty.
GraftWindow cut_plain_window(const Background& background, cv::Point center, int side);

// Copies the result (CV_16UC1, the window's size) into the image where omega is set, nowhere else.
void write_back(const GraftWindow& window, const cv::Mat& result, cv::Mat& image);

// Mean of x - e over the pixels within `band` px of omega's rim: what brings the lesion's
// surroundings to the level of the background.
double rim_offset(const GraftWindow& window, double band = 2);

// e plus the offset inside omega, x outside. CV_32FC1.
cv::Mat pasted(const GraftWindow& window, double offset);

// 0 outside omega, rising to 1 over `width_px` from its rim inwards. CV_32FC1.
cv::Mat feather(const cv::Mat& omega, double width_px);

}  // namespace mammograft
