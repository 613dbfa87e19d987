// Coordinates of a breast that mean the same in every image, and its nipple.
//
// u runs from the chest wall (0) to the point farthest from it (1), v along the chest wall from the
// upper end of the breast (0) to the lower one (1): the breast's bounding box as a unit square,
// with the chest wall on its left. Images show the lateral side of CC views at the top, so mirrored
// breasts have the same coordinates. No release gives the nipple of every image, and none is
// needed: among six such frames (u by the depth at that height; v from the nipple, in depths or in
// shares of the way to either end) this one foretells best where held-out masses lie in oblique
// views, and in CC views it is within a standard error of the best.
#pragma once

#include <opencv2/core.hpp>

#include "image/box.h"

namespace mammograft {

struct BreastPoint {
  double u = 0, v = 0;
};

class BreastFrame {
 public:
  // breast: CV_8UC1, nonzero is breast, with the muscle; all of the image where nothing is.
  BreastFrame(const cv::Mat& breast, bool chest_wall_left);
  BreastFrame(const Box& breast, bool chest_wall_left);  // its box, not empty

  BreastPoint to_breast(Point px) const;  // beyond the breast's box also below 0 or above 1
  Point to_pixels(BreastPoint at) const;

 private:
  cv::Rect2d box_;
  bool chest_wall_left_;
};

// Where the nipple is, px: the point of the outline that is farthest from the chest wall; in height
// the mean of all that are within 2 % of that depth, since there the outline runs nearly upright.
// In profile (CC, and a fair approximation in MLO) that is where it is; one that the positioning
// has turned to a side lies elsewhere.
Point nipple_of(const cv::Mat& breast, bool chest_wall_left);

}  // namespace mammograft
