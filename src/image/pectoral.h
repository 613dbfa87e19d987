// The pectoral muscle in oblique views: the bright wedge at the upper chest-wall corner.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace mammograft {

// image: CV_32FC1 in 0..1, breast: CV_8UC1 of the same size (0 or 255), reduced to about 256 pixels
// on the longer side. `oblique`: the view is known to be oblique, so weaker evidence is enough.
// Returns a polygon in pixels of `image` (corner, along the upper border, down the muscle's edge,
// back along the chest wall); it may reach out of the picture. Empty: no muscle is to be seen.
std::vector<cv::Point2f> find_pectoral(const cv::Mat& image, const cv::Mat& breast,
                                       bool chest_wall_left, bool oblique);

}  // namespace mammograft
