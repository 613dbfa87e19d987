#include "graft/membrane.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "graft/measures.h"
#include "graft/poisson.h"

namespace mammograft {
namespace {

constexpr double kWhite = 65535;  // no film and no detector shows more
constexpr double kMayBeWhite = 0.01;
constexpr double kLeast = 0.5;

cv::Mat edited(const GraftWindow& window, const cv::Mat& e, double tolerance) {
  return poisson_edit(window.x, e, window.omega, {.gradients = "source", .tolerance = tolerance});
}

// The factor on what the lesion adds under which it does not end in white.
double room(const GraftWindow& window, const cv::Mat& paste, const cv::Mat& added) {
  std::vector<double> factors;
  for (int y = 0; y < paste.rows; ++y) {
    for (int x = 0; x < paste.cols; ++x) {
      const double more = added.at<float>(y, x);
      if (window.omega.at<uint8_t>(y, x) && more > 0)
        factors.push_back(1 + (kWhite - paste.at<float>(y, x)) / more);
    }
  }
  if (factors.empty()) return std::numeric_limits<double>::infinity();
  const auto at = factors.begin() + std::llround(kMayBeWhite * double(factors.size() - 1));
  std::nth_element(factors.begin(), at, factors.end());
  return std::max(kLeast, *at);
}

// The factor on what the lesion adds that gives it its contrast.
double factor(const GraftWindow& window, const cv::Mat& added, double largest) {
  if (largest <= 1 || !std::isfinite(window.contrast) || window.contrast <= 0) return 1;
  const double has = mass_contrast({added / 65535, window.mask, window.breast,
                                    std::min(window.mm_per_px[0], window.mm_per_px[1])});
  if (!(has > 0)) return 1;
  return std::clamp(window.contrast / has, 1 / largest, largest);
}

}  // namespace

SeatedLesion on_membrane(const GraftWindow& window, const MembraneOptions& options) {
  const cv::Mat paste = edited(window, window.e, options.tolerance);
  // With a lesion of one grey level nothing but the background's membrane is left.
  const cv::Mat level(window.e.size(), CV_32FC1, cv::Scalar(0));
  const cv::Mat added = paste - edited(window, level, options.tolerance);
  const double fits = room(window, paste, added);
  const double given = std::min(factor(window, added, options.give_back), fits);
  return {paste + (given - 1) * added, std::min(1.0, fits) * window.e};
}

}  // namespace mammograft
