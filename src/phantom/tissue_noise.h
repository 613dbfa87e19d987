// Random fields from which tissue is made: periodic tiles, generated once per cohort and sampled at
// random offsets.
#pragma once

#include <functional>
#include <opencv2/core.hpp>
#include <vector>

#include "core/rng.h"

namespace mammograft {

// A periodic field of Gaussian noise with the given amplitude spectrum, mean 0, standard deviation
// 1; CV_32FC1 [size, size]. amplitude(f) takes the frequency in cycles per tile, f > 0.
cv::Mat spectral_tile(Rng rng, int size, const std::function<double(double)>& amplitude);

// What every patient of a cohort draws from.
class TissueNoise {
 public:
  TissueNoise(const Rng& rng, double mm_per_px, double field_mm);

  // Power spectrum f^-3 in two dimensions (Burgess 2001: mammographic backgrounds), over all
  // frequencies that the field holds; `grain` is the same with the waves above 25 mm damped.
  // coords_mm: CV_32FC2 positions in mm. Returns CV_32FC1 of the same size, standard deviation ~1.
  cv::Mat cloud(const cv::Mat& coords_mm, Rng rng) const;
  cv::Mat grain(const cv::Mat& coords_mm, Rng rng) const;

  // Bright curved lines, 0..1: the zero crossings of a band-limited field of the given wavelength.
  // sharpness is the width of a line as a share of the field's standard deviation.
  cv::Mat ridges(const cv::Mat& coords_mm, double wavelength_mm, double sharpness, Rng rng) const;

  // White noise slightly blurred by the detector, standard deviation 1, CV_32FC1 of that size.
  cv::Mat detector_noise(cv::Size size, Rng rng) const;

 private:
  cv::Mat sample(const cv::Mat& tile, const cv::Mat& coords_mm, double px_per_mm, Rng rng) const;

  double px_per_mm_;
  std::vector<cv::Mat> clouds_, grains_, bands_;
  cv::Mat white_;
};

}  // namespace mammograft
