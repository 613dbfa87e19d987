#include "graft/membrane.h"

#include <algorithm>
#include <cmath>

#include "graft/measures.h"
#include "graft/poisson.h"

namespace mammograft {
namespace {

cv::Mat edited(const GraftWindow& window, const cv::Mat& e, double tolerance) {
  cv::Mat result;
  poisson_edit(window.x, e, window.omega, {.gradients = "source", .tolerance = tolerance})
      .convertTo(result, CV_32F);
  return result;
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

cv::Mat on_membrane(const GraftWindow& window, const MembraneOptions& options) {
  const cv::Mat paste = edited(window, window.e, options.tolerance);
  if (options.give_back <= 1) return paste;
  // With a lesion of one grey level nothing but the background's membrane is left.
  const cv::Mat level(window.e.size(), CV_32FC1, cv::Scalar(0));
  const cv::Mat added = paste - edited(window, level, options.tolerance);
  return paste + (factor(window, added, options.give_back) - 1) * added;
}

}  // namespace mammograft
