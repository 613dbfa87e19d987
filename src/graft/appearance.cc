#include "graft/appearance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "graft/bands.h"
#include "graft/measures.h"
#include "graft/rim_distance.h"

namespace mammograft {
namespace {

constexpr size_t kBands = kAppearanceBands;
constexpr std::array<double, kBands + 1> kBlursMm = {0, 0.14, 0.28, 0.56, 1.12, 2.24};
constexpr double kEdgeBlurMm = 0.28;                   // below it a gradient is grain
constexpr double kInsideMm = 0.4, kRimMm = 0.6;        // from the rims of mask and omega
constexpr double kAroundRadii = 0.5, kAroundMm = 2.4;  // as far as a patch reaches
constexpr int kFewestPixels = 20;                      // pixels behind a number
constexpr double kFloor = 1e-12;  // of powers, share of full scale squared: a flat region's
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

using Powers = std::array<double, kBands>;

// Where the pixels of a patch lie; CV_8UC1, 0 or 255.
struct Regions {
  cv::Mat inside, rim, around;
};

Regions regions_of(const MassPatch& patch, const cv::Mat& from_omega) {
  const double mm = patch.mm_per_px;
  const double radius = equivalent_radius(patch.mask);
  const double reach = std::max(kAroundRadii * radius, kAroundMm / mm);
  const cv::Mat valid = patch.valid.empty() ? cv::Mat(patch.mask.size(), CV_8UC1, cv::Scalar(255))
                                            : cv::Mat(patch.valid != 0);
  Regions regions;
  regions.inside = rim_distance(patch.mask) < -kInsideMm / mm;
  regions.rim = (cv::abs(from_omega) <= kRimMm / mm) & valid;
  regions.around = (from_omega > kRimMm / mm) & (from_omega <= reach) & valid;
  return regions;
}

double mean(const cv::Mat& of, const cv::Mat& where) {
  return cv::countNonZero(where) < kFewestPixels ? kUnknown : cv::mean(of, where)[0];
}

class Texture {
 public:
  Texture(const cv::Mat& pixels, double mm_per_px) {
    for (size_t b = 0; b < kBands; ++b) {
      const cv::Mat one = band(pixels, kBlursMm[b], kBlursMm[b + 1], {mm_per_px, mm_per_px});
      squares_[b] = one.mul(one);
    }
  }
  Powers in(const cv::Mat& where) const {
    Powers powers;
    for (size_t b = 0; b < kBands; ++b) powers[b] = std::log(mean(squares_[b], where) + kFloor);
    return powers;
  }

 private:
  std::array<cv::Mat, kBands> squares_;
};

// The gradients across the outline, and all of them, in absolute value.
struct Gradients {
  cv::Mat across, all;
};

Gradients gradients_of(const cv::Mat& pixels, const cv::Mat& from_omega, double mm_per_px) {
  const auto slope = [](const cv::Mat& image, int dx, int dy) {
    cv::Mat result;
    cv::Sobel(image, result, CV_32F, dx, dy);
    return result;
  };
  const cv::Mat smooth = blurred(pixels, kEdgeBlurMm, {mm_per_px, mm_per_px});
  const cv::Mat x = slope(smooth, 1, 0), y = slope(smooth, 0, 1);
  const cv::Mat out_x = slope(from_omega, 1, 0), out_y = slope(from_omega, 0, 1);
  cv::Mat length, all;
  cv::magnitude(out_x, out_y, length);
  cv::magnitude(x, y, all);
  const cv::Mat across = (x.mul(out_x) + y.mul(out_y)) / cv::max(length, 1e-6);
  return {cv::abs(across), all};
}

double share_across(const Gradients& gradients, const cv::Mat& where) {
  const double all = mean(gradients.all, where);
  return all > 0 ? mean(gradients.across, where) / all : kUnknown;
}

}  // namespace

std::vector<double> appearance(const MassPatch& patch, const cv::Mat& omega) {
  const double contrast = mass_contrast(patch);  // checks the patch
  ensure(omega.type() == CV_8UC1 && omega.size() == patch.pixels.size(),
         "appearance: expected a CV_8UC1 region of the patch's size");
  const cv::Mat pixels = full_scale_one(patch.pixels);
  const cv::Mat from_omega = rim_distance(omega);
  const Regions regions = regions_of(patch, from_omega);
  const Texture texture(pixels, patch.mm_per_px);
  const Powers inside = texture.in(regions.inside), rim = texture.in(regions.rim);
  const Powers around = texture.in(regions.around);
  const Gradients gradients = gradients_of(pixels, from_omega, patch.mm_per_px);

  std::vector<double> measures;
  for (size_t b = 0; b < kBands; ++b) measures.push_back(inside[b] - around[b]);
  for (size_t b = 0; b < kBands; ++b) measures.push_back(rim[b] - inside[b]);
  const double radius_mm = equivalent_radius(patch.mask) * patch.mm_per_px;
  measures.insert(measures.end(), {std::log(radius_mm), contrast});
  for (const cv::Mat* where : {&regions.inside, &regions.rim, &regions.around})
    measures.push_back(share_across(gradients, *where));
  measures.push_back(mean(pixels, regions.around));
  measures.insert(measures.end(), around.begin(), around.end());
  return measures;
}

}  // namespace mammograft
