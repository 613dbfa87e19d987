#include "detect/augment.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

namespace mammograft {
namespace {

// Where a window of `window` pixels starts on a side of `length` pixels; negative when the side is
// shorter, so that the image floats in the window. [low, high] should stay inside if it fits.
double random_start(double length, double window, double low, double high, Rng& rng) {
  if (length <= window) return 0;
  double first = 0, last = length - window;
  if (high > low && high - low <= window) {
    first = std::max(first, high - window);
    last = std::min(last, low);
  }
  return first < last ? rng.uniform(first, last) : first;
}

cv::Matx33d square(const cv::Matx23d& m) {
  return {m(0, 0), m(0, 1), m(0, 2), m(1, 0), m(1, 1), m(1, 2), 0, 0, 1};
}

}  // namespace

Point Augmentation::map(Point p) const {
  return {affine(0, 0) * p.x + affine(0, 1) * p.y + affine(0, 2),
          affine(1, 0) * p.x + affine(1, 1) * p.y + affine(1, 2)};
}

Box Augmentation::map(const Box& box) const {
  return bounds({map(Point{box.x0, box.y0}), map(Point{box.x1, box.y0}), map(Point{box.x1, box.y1}),
                 map(Point{box.x0, box.y1})});
}

Box Augmentation::map_ellipse(const Box& box) const {
  const Point center = map(box.center());
  const double a = box.width() / 2, b = box.height() / 2;
  const double x = std::hypot(affine(0, 0) * a, affine(0, 1) * b);
  const double y = std::hypot(affine(1, 0) * a, affine(1, 1) * b);
  return {center.x - x, center.y - y, center.x + x, center.y + y};
}

Augmentation draw_augmentation(const AugmentOptions& options, cv::Size input, cv::Size limit,
                               const Box& focus, Rng& rng) {
  const double scale = rng.log_uniform(options.scale_low, options.scale_high);
  const double width_scale = scale * (1 + rng.uniform(-options.stretch, options.stretch));
  const double angle = rng.uniform(-options.rotate_deg, options.rotate_deg) * CV_PI / 180;
  const bool flip_x = rng.chance(0.5) && options.flip_x;
  const bool flip_y = rng.chance(0.5) && options.flip_y;
  const double sx = flip_x ? -width_scale : width_scale, sy = flip_y ? -scale : scale;
  const double c = std::cos(angle), s = std::sin(angle);

  Augmentation drawn;
  drawn.affine = {c * sx, -s * sy, 0, s * sx, c * sy, 0};
  const Box frame{0, 0, static_cast<double>(input.width), static_cast<double>(input.height)};
  const Box whole = drawn.map(frame);
  const Box kept = focus.empty() ? Box{} : drawn.map(focus);
  drawn.size.width = std::min(limit.width, static_cast<int>(std::ceil(whole.width())));
  drawn.size.height = std::min(limit.height, static_cast<int>(std::ceil(whole.height())));
  const double x = whole.x0 + random_start(whole.width(), drawn.size.width, kept.x0 - whole.x0,
                                           kept.x1 - whole.x0, rng);
  const double y = whole.y0 + random_start(whole.height(), drawn.size.height, kept.y0 - whole.y0,
                                           kept.y1 - whole.y0, rng);
  drawn.affine(0, 2) = -x;
  drawn.affine(1, 2) = -y;
  drawn.gamma = std::exp(rng.uniform(-options.gamma, options.gamma));
  drawn.gain = 1 + rng.uniform(-options.gain, options.gain);
  return drawn;
}

cv::Mat apply_augmentation(const Augmentation& augmentation, const cv::Mat& image) {
  // warpAffine counts from pixel centres, our coordinates from pixel borders: half a pixel apart.
  const cv::Matx33d to_border{1, 0, 0.5, 0, 1, 0.5, 0, 0, 1};
  const cv::Matx33d to_center{1, 0, -0.5, 0, 1, -0.5, 0, 0, 1};
  const cv::Matx33d m = to_center * square(augmentation.affine) * to_border;
  const cv::Matx23d affine{m(0, 0), m(0, 1), m(0, 2), m(1, 0), m(1, 1), m(1, 2)};
  cv::Mat out;
  cv::warpAffine(image, out, affine, augmentation.size, cv::INTER_LINEAR, cv::BORDER_CONSTANT, 0);
  cv::max(out, 0, out);
  cv::pow(out, augmentation.gamma, out);
  out *= augmentation.gain;
  cv::min(out, 1, out);
  return out;
}

}  // namespace mammograft
