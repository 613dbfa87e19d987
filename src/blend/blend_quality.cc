#include "blend/blend_quality.h"

#include <cmath>
#include <limits>

namespace mammograft {
namespace {

constexpr double kWorst = 3;  // of one term: a factor of 20

// Geometric: a few windows have many times the power of the others.
class Mean {
 public:
  void add(double value) {
    if (!std::isfinite(value) || value <= 0) return;
    sum_ += std::log(value);
    ++count_;
  }
  double value() const {
    return count_ ? std::exp(sum_ / count_) : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double sum_ = 0;
  int count_ = 0;
};

struct Texture {
  Mean seam, hf;
  void add(const cv::Mat& pixels, const cv::Mat& mask, const cv::Mat& omega, const cv::Mat& breast,
           double grid_mm) {
    const MassPatch patch{pixels, mask, breast, grid_mm};
    seam.add(seam_energy(patch, omega));
    hf.add(high_frequency_power(patch));
  }
};

// How far a ratio is from 1, as a factor either way.
double off(double ratio) {
  if (!(ratio > 0) || !std::isfinite(ratio)) return kWorst;
  return std::min(kWorst, std::abs(std::log(ratio)));
}

}  // namespace

BlendQuality measure_quality(const BlendSet& set, const std::vector<cv::Mat>& results,
                             double grid_mm) {
  Texture real, made;
  for (const RealWindow& window : set.reals())
    real.add(window.x, window.mask, window.omega, window.breast, grid_mm);
  std::vector<double> sources, contrasts;
  for (size_t i = 0; i < results.size(); ++i) {
    const GraftWindow& window = set.validation()[i];
    made.add(results[i], window.mask, window.omega, window.breast, grid_mm);
    sources.push_back(window.contrast);
    contrasts.push_back(mass_contrast({results[i], window.mask, window.breast, grid_mm}));
  }
  BlendQuality quality;
  quality.contrast = contrast_transfer(sources, contrasts);
  quality.seam = made.seam.value() / real.seam.value();
  quality.hf = made.hf.value() / real.hf.value();
  const double slope = std::isfinite(quality.contrast.slope) ? quality.contrast.slope : 0;
  quality.score = off(quality.contrast.ratio_of_means) + std::min(kWorst, std::abs(1 - slope)) / 2 +
                  off(quality.seam) + off(quality.hf);
  return quality;
}

}  // namespace mammograft
