#include "graft/tissue.h"

#include "image/breast.h"

namespace mammograft {

namespace {

cv::Mat filled(const std::vector<Polygon>& outline, cv::Size size) {
  return decode_rle(rasterize(outline, size.height, size.width)) * 255;
}

}  // namespace

Tissue find_tissue(const cv::Mat& pixels, const ImageRecord& image) {
  if (!image.breast_contour.empty()) {
    return {filled(image.breast_contour, pixels.size()),
            filled(image.pectoral_contour, pixels.size())};
  }
  const BreastRegion region = segment_breast(pixels, image.view);
  const cv::Mat none(pixels.size(), CV_8UC1, cv::Scalar(0));
  return {region.mask, region.pectoral.empty() ? none : region.pectoral};
}

}  // namespace mammograft
