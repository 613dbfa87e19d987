#include "graft/rim_distance.h"

#include <limits>
#include <opencv2/imgproc.hpp>

namespace mammograft {

cv::Mat distance_to(const cv::Mat& mask) {
  cv::Mat distance;
  if (cv::countNonZero(mask) == 0) {  // the transform would return its largest number
    return cv::Mat(mask.size(), CV_32FC1, cv::Scalar(std::numeric_limits<float>::infinity()));
  }
  cv::distanceTransform(mask == 0, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE, CV_32F);
  return distance;
}

cv::Mat rim_distance(const cv::Mat& mask) {
  const cv::Mat outside = distance_to(mask), inside = distance_to(mask == 0);
  cv::Mat result(mask.size(), CV_32FC1);
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      result.at<float>(y, x) =
          mask.at<uint8_t>(y, x) ? 0.5f - inside.at<float>(y, x) : outside.at<float>(y, x) - 0.5f;
    }
  }
  return result;
}

}  // namespace mammograft
