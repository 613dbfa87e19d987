#include "prepare/joined_outlines.h"

#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "image/rle.h"

namespace mammograft {
namespace {

constexpr double kMargin = 2;  // pixels: room for a neighbour that touches

// Masks of two outlines on the pixels that both may touch.
class OutlinePair {
 public:
  OutlinePair(const Polygon& a, const Polygon& b) {
    const Box box = around(a, b);
    first_ = mask(a, box);
    second_ = mask(b, box);
  }

  bool touch() const {
    cv::Mat grown;
    cv::dilate(first_, grown, cv::Mat::ones(3, 3, CV_8U));
    return cv::countNonZero(grown & second_) > 0;
  }
  bool first_lies_within() const { return cv::countNonZero(first_ & ~(second_ * 255)) == 0; }

 private:
  static Box around(const Polygon& a, const Polygon& b) {
    const Box box = bounds(std::vector<Polygon>{a, b});
    return {std::floor(box.x0) - kMargin, std::floor(box.y0) - kMargin, std::ceil(box.x1) + kMargin,
            std::ceil(box.y1) + kMargin};
  }
  static cv::Mat mask(Polygon polygon, const Box& box) {
    for (Point& point : polygon) point = {point.x - box.x0, point.y - box.y0};
    return decode_rle(
        rasterize(polygon, static_cast<int>(box.height()), static_cast<int>(box.width())));
  }

  cv::Mat first_, second_;
};

bool are_apart(const Polygon& a, const Polygon& b) {
  const Box u = bounds(a), v = bounds(b);
  return u.x1 + kMargin < v.x0 || v.x1 + kMargin < u.x0 || u.y1 + kMargin < v.y0 ||
         v.y1 + kMargin < u.y0;
}

// Which outlines are one finding: every one points to another of its group, the first to itself.
class Groups {
 public:
  explicit Groups(size_t count) : first_(count) { std::iota(first_.begin(), first_.end(), 0); }
  size_t of(size_t i) const { return first_[i] == i ? i : of(first_[i]); }
  void join(size_t i, size_t j) {
    const size_t a = of(i), b = of(j);
    first_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<size_t> first_;
};

}  // namespace

std::vector<std::vector<size_t>> joined_outlines(const std::vector<Polygon>& outlines) {
  const size_t count = outlines.size();
  Groups groups(count);
  std::vector<bool> covered(count, false);
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (are_apart(outlines[i], outlines[j])) continue;
      const OutlinePair pair(outlines[i], outlines[j]);
      if (!pair.touch()) continue;
      groups.join(i, j);
      // Of two that are equal the first one stays.
      if (pair.first_lies_within()) {
        covered[i] = true;
      } else if (OutlinePair(outlines[j], outlines[i]).first_lies_within()) {
        covered[j] = true;
      }
    }
  }
  std::vector<std::vector<size_t>> members(count);
  for (size_t i = 0; i < count; ++i) {
    if (!covered[i]) members[groups.of(i)].push_back(i);
  }
  std::erase_if(members, [](const auto& group) { return group.empty(); });
  return members;
}

}  // namespace mammograft
