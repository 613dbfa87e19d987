// How far the pixels of an image lie from a region, in pixels.
#pragma once

#include <opencv2/core.hpp>

namespace mammograft {

// Of every pixel's centre to the nearest centre of a pixel inside `mask` (CV_8UC1, nonzero inside);
// infinite where there is none. CV_32FC1.
cv::Mat distance_to(const cv::Mat& mask);

// To the mask's rim, which runs half a pixel beside the centres: above 0 outside, below 0 inside.
// CV_32FC1.
cv::Mat rim_distance(const cv::Mat& mask);

}  // namespace mammograft
