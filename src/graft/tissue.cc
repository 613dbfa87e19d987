#include "graft/tissue.h"

#include "cohort/chest_wall.h"
#include "image/breast.h"

namespace mammograft {

namespace {

cv::Mat filled(const std::vector<Polygon>& outline, cv::Size size) {
  return decode_rle(rasterize(outline, size.height, size.width)) * 255;
}

bool chest_wall_left(const cv::Mat& pixels, const cv::Mat& breast, const ImageRecord& image) {
  if (const auto recorded = recorded_chest_wall_left(image)) return *recorded;
  return cv::countNonZero(breast) == 0 || chest_wall_on_left(pixels, breast);
}

}  // namespace

Tissue find_tissue(const cv::Mat& pixels, const ImageRecord& image) {
  if (!image.breast_contour.empty()) {
    const cv::Mat breast = filled(image.breast_contour, pixels.size());
    return {breast, filled(image.pectoral_contour, pixels.size()),
            chest_wall_left(pixels, breast, image)};
  }
  const BreastRegion region = segment_breast(pixels, image.view);
  const cv::Mat none(pixels.size(), CV_8UC1, cv::Scalar(0));
  return {region.mask, region.pectoral.empty() ? none : region.pectoral, region.chest_wall_left};
}

}  // namespace mammograft
