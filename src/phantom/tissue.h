// The tissue of a breast: its traits, and a view of it in the making.
#pragma once

#include <opencv2/core.hpp>

#include "phantom/breast_shape.h"

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

}  // namespace mammograft
