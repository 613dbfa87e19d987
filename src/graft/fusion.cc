#include "graft/fusion.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/expect.h"
#include "graft/bands.h"

namespace mammograft {
namespace {

constexpr float kNoEnergy = 1e-12f;  // of grey levels: below the rounding of any image

using Spacing = std::array<double, 2>;

void check_images(const cv::Mat& x, const SeatedLesion& lesion, const cv::Mat& omega) {
  bool fit = x.channels() == 1 && omega.type() == CV_8UC1 && x.size() == omega.size();
  for (const cv::Mat& part : {lesion.levels, lesion.detail})
    fit = fit && part.channels() == 1 && part.size() == x.size();
  ensure(fit, "fused: expected images and a CV_8UC1 region of one size");
}

// [I - blur 1, blur 1 - blur 2, ..., the last blur]: their sum is the image.
std::vector<cv::Mat> bands_of(const cv::Mat& image, const Spacing& mm_per_px,
                              const FusionOptions& options) {
  std::vector<cv::Mat> bands;
  cv::Mat finer;
  image.convertTo(finer, CV_32F);
  for (double mm : options.blurs_mm) {
    const cv::Mat coarser = blurred(image, mm, mm_per_px);
    bands.push_back(finer - coarser);
    finer = coarser;
  }
  bands.push_back(finer);
  return bands;
}

cv::Mat local_mean(const cv::Mat& product, const Spacing& mm_per_px, const FusionOptions& options) {
  return blurred(product, options.neighbourhood_mm, mm_per_px);
}

// The lesion's share at a place, from both local energies and the mean of the product.
float lesion_share(float of_x, float of_e, float both, const FusionOptions& options) {
  const float sum = of_x + of_e;
  if (sum < kNoEnergy) return 0;
  const double match = 2 * both / sum;
  if (match < options.match) {
    const double ratio = of_x / std::max(of_e, kNoEnergy);
    return static_cast<float>(1 / (1 + std::pow(ratio, options.sharpness)));
  }
  // The usual linear rule: alike, both by half; at the limit the more salient one alone.
  const double larger = 0.5 + 0.5 * (1 - match) / (1 - options.match);
  return static_cast<float>(of_e > of_x ? larger : 1 - larger);
}

// One band of both.
cv::Mat fused_band(const cv::Mat& x, const cv::Mat& e, const Spacing& mm_per_px,
                   const FusionOptions& options) {
  const cv::Mat of_x = local_mean(x.mul(x), mm_per_px, options);
  const cv::Mat of_e = local_mean(e.mul(e), mm_per_px, options);
  const cv::Mat both = local_mean(x.mul(e), mm_per_px, options);
  cv::Mat share(x.size(), CV_32FC1);
  for (int r = 0; r < x.rows; ++r) {
    for (int c = 0; c < x.cols; ++c) {
      share.at<float>(r, c) =
          lesion_share(of_x.at<float>(r, c), of_e.at<float>(r, c), both.at<float>(r, c), options);
    }
  }
  share = blurred(share, options.share_blur_mm, mm_per_px);
  cv::Mat band = x + share.mul(e - x);
  const cv::Mat energy = local_mean(band.mul(band), mm_per_px, options);
  cv::Mat gain;
  cv::sqrt(cv::max(of_x, of_e) / cv::max(energy, kNoEnergy), gain);
  return band.mul(cv::min(cv::max(gain, 1), options.gain_max));
}

// Deviation of a band where nothing stands out, from the median of its magnitude: 0.6745 of the
// deviation, were it normal.
double grain(const cv::Mat& band, const cv::Mat& where) {
  std::vector<float> values;
  for (int r = 0; r < band.rows; ++r) {
    for (int c = 0; c < band.cols; ++c) {
      if (where.at<uint8_t>(r, c)) values.push_back(std::abs(band.at<float>(r, c)));
    }
  }
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle / 0.6745;
}

// The lesion's finest band with its grain at the background's level, where it had more; a place of
// four times the grain's energy is structure and stays.
void bring_down_grain(cv::Mat& e, const cv::Mat& x, const cv::Mat& omega, const Spacing& mm_per_px,
                      const FusionOptions& options) {
  const double of_e = grain(e, omega), of_x = grain(x, omega);
  if (of_e <= of_x || of_e <= 0) return;
  const auto level = static_cast<float>(of_x / of_e);
  const cv::Mat energy = local_mean(e.mul(e), mm_per_px, options);
  const auto unit = static_cast<float>(of_e * of_e);
  for (int r = 0; r < e.rows; ++r) {
    for (int c = 0; c < e.cols; ++c) {
      const float out = std::clamp((energy.at<float>(r, c) / unit - 1) / 3, 0.0f, 1.0f);
      e.at<float>(r, c) *= level + out * (1 - level);
    }
  }
}

}  // namespace

void check(const FusionOptions& options, const std::string& group) {
  const std::vector<double>& blurs = options.blurs_mm;
  const bool rising =
      std::adjacent_find(blurs.begin(), blurs.end(), std::greater_equal<>()) == blurs.end();
  if (blurs.empty() || !rising || !(blurs.front() > 0)) {
    fail(ErrorKind::usage, "{}.blurs_mm: found {}, expected rising lengths above 0", group,
         fmt::join(blurs, ","));
  }
  expect_at_least(group + ".neighbourhood_mm", options.neighbourhood_mm, 0);
  expect_share_below_one(group + ".match", options.match);
  expect_at_least(group + ".sharpness", options.sharpness, 0);
  expect_at_least(group + ".share_blur_mm", options.share_blur_mm, 0);
  expect_at_least(group + ".gain_max", options.gain_max, 1);
  expect_within(group + ".displaced", options.displaced, 0, 1);
}

cv::Mat fused(const cv::Mat& x, const SeatedLesion& lesion, const cv::Mat& omega,
              const std::array<double, 2>& mm_per_px, const FusionOptions& options) {
  check_images(x, lesion, omega);
  check(options, "fusion");
  const std::vector<cv::Mat> of_x = bands_of(x, mm_per_px, options);
  std::vector<cv::Mat> of_e = bands_of(lesion.detail, mm_per_px, options);
  if (options.match_grain) bring_down_grain(of_e[0], of_x[0], omega, mm_per_px, options);
  cv::Mat inside = blurred(lesion.levels, options.blurs_mm.back(), mm_per_px);
  for (size_t i = 0; i + 1 < of_x.size(); ++i)
    inside += fused_band(of_x[i] * (1 - options.displaced), of_e[i], mm_per_px, options);
  cv::Mat result;
  x.convertTo(result, CV_32F);
  inside.copyTo(result, omega);
  return result;
}

}  // namespace mammograft
