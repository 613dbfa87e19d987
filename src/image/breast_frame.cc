#include "image/breast_frame.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr double kOutermost = 0.98;  // of the depth

cv::Rect box_of(const cv::Mat& breast) {
  const cv::Rect box = cv::boundingRect(breast);
  return box.area() > 0 ? box : cv::Rect({0, 0}, breast.size());
}

// Pixels from the chest wall's side of the box to the outline, one for each of its rows.
std::vector<int> depths(const cv::Mat& breast, const cv::Rect& box, bool chest_wall_left) {
  std::vector<int> found(static_cast<size_t>(box.height), 0);
  for (int y = 0; y < box.height; ++y) {
    const uint8_t* row = breast.ptr<uint8_t>(box.y + y) + box.x;
    int depth = box.width;
    while (depth > 0 && !row[chest_wall_left ? depth - 1 : box.width - depth]) --depth;
    found[static_cast<size_t>(y)] = depth;
  }
  return found;
}

}  // namespace

BreastFrame::BreastFrame(const cv::Mat& breast, bool chest_wall_left)
    : box_(box_of(breast)), chest_wall_left_(chest_wall_left) {}

BreastFrame::BreastFrame(const Box& breast, bool chest_wall_left)
    : box_(breast.x0, breast.y0, breast.width(), breast.height()),
      chest_wall_left_(chest_wall_left) {
  ensure(!breast.empty(), "a frame of no breast");
}

BreastPoint BreastFrame::to_breast(Point px) const {
  const double across = (px.x - box_.x) / box_.width;
  return {chest_wall_left_ ? across : 1 - across, (px.y - box_.y) / box_.height};
}

Point BreastFrame::to_pixels(BreastPoint at) const {
  const double across = chest_wall_left_ ? at.u : 1 - at.u;
  return {box_.x + across * box_.width, box_.y + at.v * box_.height};
}

Point nipple_of(const cv::Mat& breast, bool chest_wall_left) {
  const cv::Rect box = box_of(breast);
  const std::vector<int> depth = depths(breast, box, chest_wall_left);
  const int deepest = *std::max_element(depth.begin(), depth.end());
  double height = 0, count = 0;
  for (size_t y = 0; y < depth.size(); ++y) {
    if (depth[y] < kOutermost * deepest) continue;
    height += static_cast<double>(y) + 0.5;
    ++count;
  }
  const int x = chest_wall_left ? box.x + box.width : box.x;
  return {static_cast<double>(x), box.y + height / count};
}

}  // namespace mammograft
