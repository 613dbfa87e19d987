// What can be measured on one mass and its surroundings, real or synthetic; docs/architecture.md
// says why these.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "graft/mass_patch.h"

namespace mammograft {

// Grey values of all measures are shares of full scale. Throw defect when types or sizes differ.

// The mean inside the mask minus the mean in a ring around it: the valid pixels that are 0.15 to
// 0.5 equivalent radii sqrt(area / pi) away from the mask's rim. NaN when one of the two is empty.
double mass_contrast(const MassPatch& patch);

// How much a mass stands out: its contrast over the deviation of the tissue in the same ring. NaN
// as above, and where the ring is of one grey level.
double mass_conspicuity(const MassPatch& patch);
double ring_deviation(const MassPatch& patch);  // of the tissue alone

// How much the image changes across the rim of `omega` (CV_8UC1), compared with its neighbourhood:
// the mean of |derivative along the normal of the rim| over pixels whose centres are at most 1 px
// from the rim, divided by the same over those 3 to 6 px from it on both sides. 1: no seam. NaN
// when one of the two holds no valid pixel, or nothing changes around the rim.
double seam_energy(const MassPatch& patch, const cv::Mat& omega);

// The mean square inside the mask of the pixels minus their Gaussian blur (sigma 1 px). NaN for an
// empty mask.
double high_frequency_power(const MassPatch& patch);

// What an image outside `omega` lost on the way from `before` to `after` (of one type and size).
struct BackgroundChange {
  double mean = 0;   // |after - before|; NaN when nothing lies outside
  double share = 0;  // of pixels outside that differ at all
};
BackgroundChange background_change(const cv::Mat& before, const cv::Mat& after,
                                   const cv::Mat& omega);

// How the contrast of grafted masses follows that of the masses that they were made from.
struct ContrastTransfer {
  int masses = 0;              // with both contrasts known
  double ratio_of_means = 0;   // result over source
  double median_ratio = 0;     // over sources brighter than their surroundings
  double slope = 0;            // of result on source, least squares
  double correlation = 0;      // Pearson
  double invisible_share = 0;  // of the same: result below a third of the source
};

// `source` and `result` of equal length; pairs with a NaN do not count. `weights` (empty: all 1)
// say how often a pair counts (a bootstrap). What cannot be computed is NaN.
ContrastTransfer contrast_transfer(const std::vector<double>& source,
                                   const std::vector<double>& result,
                                   const std::vector<double>& weights = {});

}  // namespace mammograft
