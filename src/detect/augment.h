// Random changes of a training image that a mammogram could have had: size, proportions, mirror
// images, exposure. No torch.
#pragma once

#include <opencv2/core.hpp>

#include "core/options.h"
#include "core/rng.h"
#include "image/polygon.h"

namespace mammograft {

struct AugmentOptions {
  double scale_low = 0.8, scale_high = 1.2;
  double stretch = 0.08;  // width by 1 +- this
  double rotate_deg = 0;  // +- this
  bool flip_x = true, flip_y = true;
  double gamma = 0.3;  // exponent e^(+- this)
  double gain = 0.15;  // factor 1 +- this
  template <typename V>
  void fields(V&& v) {
    v("scale_low", scale_low, "smallest random magnification");
    v("scale_high", scale_high, "largest random magnification");
    v("stretch", stretch, "random change of the width, as a share");
    v("rotate_deg", rotate_deg, "largest random rotation in degrees");
    v("flip_x", flip_x, "mirror left-right at random");
    v("flip_y", flip_y, "mirror top-bottom at random");
    v("gamma", gamma, "largest logarithm of the random gamma");
    v("gain", gain, "largest random change of the gain, as a share");
  }
};

// One draw: an affine map from the network's image to the augmented one, and its exposure.
struct Augmentation {
  cv::Matx23d affine{1, 0, 0, 0, 1, 0};  // (x, y) -> A (x, y, 1), continuous pixel coordinates
  cv::Size size;                         // of the augmented image, not larger than `limit`
  double gamma = 1, gain = 1;

  Point map(Point p) const;
  Box map(const Box& box) const;  // the bounds of its mapped corners
  // The bounds of the mapped ellipse in the box: what a mass of which only the box is known fills.
  // Rotated corners would make its box grow.
  Box map_ellipse(const Box& box) const;
};

// `limit` caps both sides; what is larger is cropped at a random place that, where possible, keeps
// `focus` (a box that should stay visible; empty: none).
Augmentation draw_augmentation(const AugmentOptions& options, cv::Size input, cv::Size limit,
                               const Box& focus, Rng& rng);
// image: CV_32FC1 in [0, 1] -> CV_32FC1 of augmentation.size, zero where there is no source.
cv::Mat apply_augmentation(const Augmentation& augmentation, const cv::Mat& image);

}  // namespace mammograft
