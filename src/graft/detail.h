// How much of a lesion's own detail a graft carries: is its fine structure the lesion's, or the
// background's? A smooth blob on true tissue passes every other measure.
#pragma once

#include <array>
#include <opencv2/core.hpp>

namespace mammograft {

// Structures of about 0.2 to 0.4 and 0.4 to 0.8 mm, as far as the pixels resolve them: between
// Gaussian blurs of these deviations.
inline constexpr int kDetailBands = 2;
inline constexpr std::array<double, kDetailBands + 1> kDetailBlursMm = {0.1, 0.2, 0.4};

// What weights of a band of the lesion and of the background make the result's, by least squares:
// 1 and 0 where it is the lesion's. NaN where there are too few pixels or the two are one, and
// where pixels are so large that the band's finer blur changes nothing: above 0.3 mm in the finer
// band, above 0.6 mm in both.
struct BandWeights {
  double lesion = 0, background = 0;
};

struct DetailTransfer {
  std::array<BandWeights, kDetailBands> everywhere;  // in omega but for 0.4 mm along its rim
  // Where the lesion's local energy is at least twice the background's: there eq. (3) and (4) of
  // the paper ask for the lesion's.
  std::array<BandWeights, kDetailBands> where_salient;
  double salient_share = 0;  // of the same, in the finer band; NaN where that is not resolved
  // Bright points of the lesion: local maxima of the band of 0.1 to 0.4 mm that stand three times
  // out of the deviation of the background around. One survives if within 0.2 mm of its place the
  // result has at least half of its height.
  int points = 0, surviving = 0;
};

// background: the healthy window; lesion: on its grid and in its grey levels, of any offset (the
// bands have none); result: the graft. One channel each, omega CV_8UC1, all of one size.
DetailTransfer detail_transfer(const cv::Mat& background, const cv::Mat& lesion,
                               const cv::Mat& result, const cv::Mat& omega,
                               const std::array<double, 2>& mm_per_px);

}  // namespace mammograft
