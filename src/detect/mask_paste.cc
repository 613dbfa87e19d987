#include "detect/mask_paste.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mammograft {
namespace {

// Bilinear, zero outside: the mask fades out within half a cell around the box.
float probability_at(const cv::Mat& p, double y, double x) {
  const int y0 = static_cast<int>(std::floor(y)), x0 = static_cast<int>(std::floor(x));
  const auto fy = static_cast<float>(y - y0), fx = static_cast<float>(x - x0);
  const auto cell = [&](int row, int column) {
    return row >= 0 && column >= 0 && row < p.rows && column < p.cols ? p.at<float>(row, column)
                                                                      : 0.0f;
  };
  return (1 - fy) * ((1 - fx) * cell(y0, x0) + fx * cell(y0, x0 + 1)) +
         fy * ((1 - fx) * cell(y0 + 1, x0) + fx * cell(y0 + 1, x0 + 1));
}

// Builds runs directly, so that the cost is that of the box and not of the image.
class RunWriter {
 public:
  RunWriter(int height, int width) : rle_{height, width, {}} {}
  void pixel(int64_t place) {
    if (place != next_) {
      rle_.counts.push_back(static_cast<uint32_t>(place - end_of_run()));
      rle_.counts.push_back(0);
      total_ = place;
    } else if (rle_.counts.empty()) {
      rle_.counts = {0, 0};
    }
    ++rle_.counts.back();
    ++total_;
    next_ = place + 1;
  }
  Rle finish() {
    const int64_t pixels = int64_t{rle_.height} * rle_.width;
    if (total_ < pixels || rle_.counts.empty())
      rle_.counts.push_back(static_cast<uint32_t>(pixels - total_));
    return std::move(rle_);
  }

 private:
  int64_t end_of_run() const { return total_; }
  Rle rle_;
  int64_t total_ = 0;  // pixels that the runs so far cover
  int64_t next_ = 0;   // the place that would prolong the last run
};

}  // namespace

Rle paste_mask(const cv::Mat& probability, const Box& box, int height, int width) {
  const int x0 = std::max(0, static_cast<int>(std::floor(box.x0))),
            x1 = std::min(width, static_cast<int>(std::ceil(box.x1)));
  const int y0 = std::max(0, static_cast<int>(std::floor(box.y0))),
            y1 = std::min(height, static_cast<int>(std::ceil(box.y1)));
  const double cells_x = probability.cols / box.width(), cells_y = probability.rows / box.height();
  RunWriter runs(height, width);
  for (int x = x0; x < x1; ++x) {  // column-major, as RLE
    const double u = (x + 0.5 - box.x0) * cells_x - 0.5;
    for (int y = y0; y < y1; ++y) {
      const double v = (y + 0.5 - box.y0) * cells_y - 0.5;
      if (probability_at(probability, v, u) >= 0.5f) runs.pixel(int64_t{x} * height + y);
    }
  }
  return runs.finish();
}

}  // namespace mammograft
