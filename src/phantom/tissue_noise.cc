#include "phantom/tissue_noise.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mammograft {

namespace {

constexpr int kBandTile = 768;     // px
constexpr double kBandWaves = 32;  // waves per tile of the band-limited field
constexpr int kTilesOfAKind = 3;
constexpr double kGrainCutoffMm = 25;  // longer waves are damped in `grain`

void normalise(cv::Mat& field) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(field, mean, deviation);
  field = (field - mean[0]) / std::max(deviation[0], 1e-12);
}

cv::Mat white_tile(Rng rng, int size) {
  cv::Mat tile(size, size, CV_32FC1);
  for (int i = 0; i < size; ++i) {
    float* row = tile.ptr<float>(i);
    for (int j = 0; j < size; ++j) row[j] = static_cast<float>(rng.normal());
  }
  return tile;
}

}  // namespace

cv::Mat spectral_tile(Rng rng, int size, const std::function<double(double)>& amplitude) {
  cv::Mat spectrum;
  cv::dft(white_tile(rng, size), spectrum, cv::DFT_COMPLEX_OUTPUT);
  for (int i = 0; i < size; ++i) {
    const double fy = i <= size / 2 ? i : i - size;
    auto* row = spectrum.ptr<cv::Vec2f>(i);
    for (int j = 0; j < size; ++j) {
      const double fx = j <= size / 2 ? j : j - size;
      const double f = std::sqrt(fx * fx + fy * fy);
      row[j] *= f > 0 ? static_cast<float>(amplitude(f)) : 0.0F;
    }
  }
  cv::Mat tile;
  cv::dft(spectrum, tile, cv::DFT_INVERSE | cv::DFT_REAL_OUTPUT | cv::DFT_SCALE);
  normalise(tile);
  return tile;
}

TissueNoise::TissueNoise(const Rng& rng, double mm_per_px, double field_mm)
    : px_per_mm_(1 / mm_per_px) {
  const int size = cv::getOptimalDFTSize(std::max(256, static_cast<int>(field_mm * px_per_mm_)));
  const double tile_mm = size * mm_per_px;
  const double cutoff = tile_mm / kGrainCutoffMm;  // cycles per tile
  for (uint64_t k = 0; k < kTilesOfAKind; ++k) {
    clouds_.push_back(
        spectral_tile(rng.fork("cloud", k), size, [](double f) { return std::pow(f, -1.5); }));
    grains_.push_back(spectral_tile(rng.fork("grain", k), size, [cutoff](double f) {
      return std::pow(f, -1.5) / (1 + std::pow(cutoff / f, 3));
    }));
    bands_.push_back(spectral_tile(rng.fork("band", k), kBandTile, [](double f) {
      const double octaves = std::log2(f / kBandWaves);
      return std::exp(-octaves * octaves / (2 * 0.45 * 0.45)) / std::sqrt(f);
    }));
  }
  white_ = white_tile(rng.fork("white"), size);
  cv::GaussianBlur(white_, white_, {0, 0}, 0.6, 0.6, cv::BORDER_REFLECT);
  normalise(white_);
}

cv::Mat TissueNoise::sample(const cv::Mat& tile, const cv::Mat& coords_mm, double px_per_mm,
                            Rng rng) const {
  const double x0 = rng.uniform(0, tile.cols), y0 = rng.uniform(0, tile.rows);
  cv::Mat map(coords_mm.size(), CV_32FC2);
  const float scale = static_cast<float>(px_per_mm);
  const float ox = static_cast<float>(x0), oy = static_cast<float>(y0);
  for (int i = 0; i < map.rows; ++i) {
    const float* from = coords_mm.ptr<float>(i);
    float* to = map.ptr<float>(i);
    for (int j = 0; j < 2 * map.cols; j += 2) {
      to[j] = from[j] * scale + ox;
      to[j + 1] = from[j + 1] * scale + oy;
    }
  }
  cv::Mat field;
  cv::remap(tile, field, map, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_WRAP);
  return field;
}

cv::Mat TissueNoise::cloud(const cv::Mat& coords_mm, Rng rng) const {
  const auto& tile = clouds_[static_cast<size_t>(rng.integer(kTilesOfAKind))];
  return sample(tile, coords_mm, px_per_mm_, rng);
}

cv::Mat TissueNoise::grain(const cv::Mat& coords_mm, Rng rng) const {
  const auto& tile = grains_[static_cast<size_t>(rng.integer(kTilesOfAKind))];
  return sample(tile, coords_mm, px_per_mm_, rng);
}

cv::Mat TissueNoise::ridges(const cv::Mat& coords_mm, double wavelength_mm, double sharpness,
                            Rng rng) const {
  const auto& tile = bands_[static_cast<size_t>(rng.integer(kTilesOfAKind))];
  cv::Mat field = sample(tile, coords_mm, kBandTile / kBandWaves / wavelength_mm, rng);
  const float inverse = static_cast<float>(1 / sharpness);
  for (int i = 0; i < field.rows; ++i) {
    float* row = field.ptr<float>(i);
    for (int j = 0; j < field.cols; ++j) {
      const float q = row[j] * inverse;
      const float lorentz = 1 / (1 + q * q);
      row[j] = lorentz * lorentz;
    }
  }
  return field;
}

cv::Mat TissueNoise::detector_noise(cv::Size size, Rng rng) const {
  const int x0 = static_cast<int>(rng.integer(white_.cols));
  const int y0 = static_cast<int>(rng.integer(white_.rows));
  cv::Mat noise(size, CV_32FC1);
  for (int i = 0; i < size.height; ++i) {
    const float* from = white_.ptr<float>((i + y0) % white_.rows);
    float* to = noise.ptr<float>(i);
    for (int j = 0; j < size.width; ++j) to[j] = from[(j + x0) % white_.cols];
  }
  return noise;
}

}  // namespace mammograft
