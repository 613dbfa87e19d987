#include "image/resize.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace mammograft {

cv::Mat resized(const cv::Mat& image, cv::Size size, const Resampling& how) {
  if (size == image.size()) return image;
  const cv::Size smaller(std::min(image.cols, size.width), std::min(image.rows, size.height));
  const bool mixed = smaller != size && smaller != image.size();
  if (mixed && how.mixed == Resampling::Mixed::by_axis)
    return resized(resized(image, smaller, how), size, how);
  const bool shrinks = smaller == size || (mixed && how.mixed == Resampling::Mixed::shrink);
  const int grown = how.growth == Resampling::Growth::linear ? cv::INTER_LINEAR : cv::INTER_CUBIC;
  cv::Mat result;
  cv::resize(image, result, size, 0, 0, shrinks ? cv::INTER_AREA : grown);
  return result;
}

}  // namespace mammograft
