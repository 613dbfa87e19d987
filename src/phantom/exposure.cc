#include "phantom/exposure.h"

#include <algorithm>
#include <cmath>

#include "phantom/parenchyma.h"

namespace mammograft {

namespace {

constexpr float kQuanta = 3.0F;  // attenuation 1 leaves exp(-3) of the quanta

// A film's curve: a toe in the dark rim, a shoulder in dense tissue.
float tone(float attenuation) {
  const float v = 0.06F + 1.02F * std::pow(std::max(0.0F, attenuation), 1.25F);
  return v < 0.75F ? v : 0.75F + 0.25F * std::tanh((v - 0.75F) / 0.25F);
}

// tone() by table: 4096 steps over attenuations 0..2.
std::vector<float> tone_table() {
  std::vector<float> table(4097);
  for (size_t k = 0; k < table.size(); ++k) table[k] = tone(static_cast<float>(k) / 2048.0F);
  return table;
}

}  // namespace

cv::Mat expose(const cv::Mat& attenuation, const cv::Mat& mask, double quantum_noise,
               const TissueNoise& noise, Rng rng) {
  static const std::vector<float> table = tone_table();
  const cv::Mat white = noise.detector_noise(attenuation.size(), rng);
  cv::Mat pixels = cv::Mat::zeros(attenuation.size(), CV_16UC1);
  constexpr int kMax = (1 << kDetectorBits) - 1;
  for (int i = 0; i < pixels.rows; ++i) {
    const float* a = attenuation.ptr<float>(i);
    const float* n = white.ptr<float>(i);
    const uchar* in = mask.ptr<uchar>(i);
    auto* out = pixels.ptr<uint16_t>(i);
    for (int j = 0; j < pixels.cols; ++j) {
      if (!in[j]) continue;
      // Poisson: the relative noise of N quanta is N^-1/2.
      const float sigma =
          static_cast<float>(quantum_noise) * std::exp(0.5F * kQuanta * (a[j] - kFat));
      const float noisy = std::clamp(a[j] + sigma * n[j], 0.0F, 1.999F) * 2048.0F;
      const int k = static_cast<int>(noisy);
      const float v = table[k] + (noisy - static_cast<float>(k)) * (table[k + 1] - table[k]);
      const int level = std::clamp(static_cast<int>(std::lround(v * kMax)), 1, kMax);
      out[j] = static_cast<uint16_t>(level << (16 - kDetectorBits));
    }
  }
  return pixels;
}

}  // namespace mammograft
