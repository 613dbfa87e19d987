// The attenuation of a breast without a mass: fat, glandular tissue, skin, muscle.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "core/rng.h"
#include "phantom/breast_shape.h"
#include "phantom/tissue_noise.h"

namespace mammograft {

// What both views of a breast share.
struct TissueTraits {
  int density = 1;            // 0..3: BI-RADS a..d
  double gland_share = 0.4;   // how far the disc of glandular tissue is filled
  double strandiness = 0.5;   // 0 cloudy .. 1 fibrous
  double gland_depth = 0.6;   // extent of the disc from the nipple to the chest wall
  double gland_height = 0.6;  // extent of the disc along the chest wall
  double skin_mm = 1.6;
  double vessels = 0.5;         // 0 none seen .. 1 many
  double muscle = 1.0;          // brightness of the pectoral muscle
  bool calcifications = false;  // a few benign ones
};
// density_shares: of the classes a..d, need not sum to 1.
TissueTraits random_tissue(Rng rng, const std::vector<double>& density_shares);
TissueTraits vary(const TissueTraits& traits, Rng rng);  // the other breast

// A view in the making. All matrices have the size of the image; chest wall at the left.
struct TissueView {
  BreastShape shape;
  double mm_per_px = 0.2;
  cv::Mat mask;         // CV_8UC1, 255 in the breast
  cv::Mat depth_mm;     // CV_32FC1, distance to the skin's surface; 0 in air
  cv::Mat gland;        // CV_32FC1, share of glandular tissue along the ray, about 0..1
  cv::Mat attenuation;  // CV_32FC1, 0 in air; fat of full thickness is about kFat
};

inline constexpr float kFat = 0.46F;    // attenuation of fat over the full compressed thickness
inline constexpr float kGland = 0.34F;  // what pure glandular tissue adds

TissueView make_tissue(const BreastShape& shape, const TissueTraits& traits, double mm_per_px,
                       const TissueNoise& noise, Rng rng);

}  // namespace mammograft
