#include "graft/glandular.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mammograft {
namespace {

constexpr int kSide = 256;  // px, the longer one of the copy

cv::Mat smaller(const cv::Mat& image, cv::Size size) {
  cv::Mat result;
  cv::resize(image, result, size, 0, 0, cv::INTER_AREA);
  return result;
}

// Of the grey levels (8 bit) within the mask.
double otsu_threshold(const cv::Mat& grey, const cv::Mat& mask) {
  std::vector<uint8_t> inside;
  for (int y = 0; y < grey.rows; ++y) {
    for (int x = 0; x < grey.cols; ++x) {
      if (mask.at<uint8_t>(y, x)) inside.push_back(grey.at<uint8_t>(y, x));
    }
  }
  if (inside.empty()) return 255;
  cv::Mat unused;
  return cv::threshold(cv::Mat(inside), unused, 0, 255, cv::THRESH_BINARY | cv::THRESH_OTSU);
}

}  // namespace

GlandularShare::GlandularShare(const cv::Mat& pixels, const cv::Mat& breast,
                               const cv::Mat& pectoral, double mm_per_px, double around_mm) {
  const double scale = std::min(1.0, double(kSide) / std::max(pixels.cols, pixels.rows));
  const cv::Size size(std::max(1, cvRound(pixels.cols * scale)),
                      std::max(1, cvRound(pixels.rows * scale)));
  cv::Mat grey;
  smaller(pixels, size).convertTo(grey, CV_8U, 1 / 257.0);
  const cv::Mat tissue = smaller(breast & ~pectoral, size) > 127;
  const cv::Mat dense = (grey > otsu_threshold(grey, tissue)) & tissue;
  const int radius = std::max(1, cvRound(around_mm / mm_per_px * scale));
  const cv::Size window(2 * radius + 1, 2 * radius + 1);
  cv::Mat dense_near, tissue_near, share;
  cv::boxFilter(dense, dense_near, CV_32F, window, {-1, -1}, true, cv::BORDER_CONSTANT);
  cv::boxFilter(tissue, tissue_near, CV_32F, window, {-1, -1}, true, cv::BORDER_CONSTANT);
  cv::divide(dense_near, cv::max(tissue_near, 1e-3), share);
  share.convertTo(share_, CV_8U, 255);
}

double GlandularShare::at(Point place) const {
  if (share_.empty()) return 1;
  const int x = std::clamp(static_cast<int>(place.x * share_.cols), 0, share_.cols - 1);
  const int y = std::clamp(static_cast<int>(place.y * share_.rows), 0, share_.rows - 1);
  return share_.at<uint8_t>(y, x) / 255.0;
}

}  // namespace mammograft
