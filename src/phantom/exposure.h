// From attenuation to pixels: quantum noise and the tone curve.
#pragma once

#include <opencv2/core.hpp>

#include "core/rng.h"
#include "phantom/tissue_noise.h"

namespace mammograft {

inline constexpr int kDetectorBits = 12;  // stored times 16

// attenuation: CV_32FC1; mask: CV_8UC1. Returns CV_16UC1: 0 exactly outside the mask, above 0
// within. quantum_noise: standard deviation of log exposure behind fat; it grows where fewer quanta
// arrive.
cv::Mat expose(const cv::Mat& attenuation, const cv::Mat& mask, double quantum_noise,
               const TissueNoise& noise, Rng rng);

}  // namespace mammograft
