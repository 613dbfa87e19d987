#include "graft/measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "core/rng.h"
#include "core/testing.h"

namespace mammograft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

MassPatch blank_patch(int side, double radius) {
  MassPatch patch;
  patch.pixels = cv::Mat(side, side, CV_32FC1, cv::Scalar(0.25));
  patch.mask = cv::Mat(side, side, CV_8UC1, cv::Scalar(0));
  patch.mm_per_px = 0.2;
  const double middle = side / 2.0;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      if (std::hypot(x + 0.5 - middle, y + 0.5 - middle) < radius) patch.mask.at<uint8_t>(y, x) = 1;
    }
  }
  return patch;
}

void add_noise(cv::Mat& pixels, uint64_t seed) {
  Rng rng(seed);
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < pixels.cols; ++x) {
      pixels.at<float>(y, x) += static_cast<float>(0.05 * rng.normal());
    }
  }
}

// The distance of a pixel to the nearest one for which inside() holds, by looking at all.
template <typename Inside>
double slow_distance(const cv::Mat& mask, int y, int x, const Inside& inside) {
  double best = std::numeric_limits<double>::infinity();
  for (int v = 0; v < mask.rows; ++v) {
    for (int u = 0; u < mask.cols; ++u) {
      if (inside(mask.at<uint8_t>(v, u))) best = std::min(best, std::hypot(v - y, u - x));
    }
  }
  return best;
}

bool is_set(uint8_t value) { return value != 0; }
bool is_unset(uint8_t value) { return value == 0; }

double slow_rim(const cv::Mat& mask, int y, int x) {
  return mask.at<uint8_t>(y, x) ? 0.5 - slow_distance(mask, y, x, is_unset)
                                : slow_distance(mask, y, x, is_set) - 0.5;
}

TEST(Contrast, OfADiscOnAPlainBackgroundIsItsHeight) {
  MassPatch patch = blank_patch(64, 12);
  patch.pixels.setTo(0.75, patch.mask);
  EXPECT_NEAR(mass_contrast(patch), 0.5, 1e-6);
  patch.pixels.convertTo(patch.pixels, CV_16UC1, 65535);
  EXPECT_NEAR(mass_contrast(patch), 0.5, 2e-5);
}

TEST(Contrast, LooksAtTheRingOnly) {
  MassPatch patch = blank_patch(64, 12);
  const double radius = std::sqrt(cv::countNonZero(patch.mask) / CV_PI);
  patch.pixels.setTo(0.75, patch.mask);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {  // a halo inside the ring's inner bound, and what lies far away
      const double d = slow_distance(patch.mask, y, x, is_set) - 0.5;
      const bool in_ring = d >= 0.15 * radius && d <= 0.5 * radius;
      if (!patch.mask.at<uint8_t>(y, x) && !in_ring) patch.pixels.at<float>(y, x) = 9;
    }
  }
  EXPECT_NEAR(mass_contrast(patch), 0.5, 1e-6);
}

TEST(Contrast, LeavesOutTheRingOutsideOfTheBreast) {
  MassPatch patch = blank_patch(64, 12);
  patch.pixels.setTo(0.75, patch.mask);
  patch.valid = cv::Mat(64, 64, CV_8UC1, cv::Scalar(255));
  patch.valid(cv::Rect(0, 0, 64, 20)) = 0;
  patch.pixels(cv::Rect(0, 0, 64, 20)) = 0;
  EXPECT_NEAR(mass_contrast(patch), 0.5, 1e-6);
  patch.valid = 0;
  EXPECT_TRUE(std::isnan(mass_contrast(patch)));
}

TEST(Conspicuity, IsTheContrastOverTheDeviationAround) {
  Rng rng(5);
  MassPatch patch = blank_patch(64, 12);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) patch.pixels.at<float>(y, x) = static_cast<float>(rng.uniform());
  }
  patch.pixels.setTo(0.75, patch.mask);
  const double radius = std::sqrt(cv::countNonZero(patch.mask) / CV_PI);
  std::vector<double> ring;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const double d = slow_distance(patch.mask, y, x, is_set) - 0.5;
      if (!patch.mask.at<uint8_t>(y, x) && d >= 0.15 * radius && d <= 0.5 * radius)
        ring.push_back(patch.pixels.at<float>(y, x));
    }
  }
  double mean = 0, variance = 0;
  for (double value : ring) mean += value / static_cast<double>(ring.size());
  for (double value : ring)
    variance += std::pow(value - mean, 2) / static_cast<double>(ring.size());
  EXPECT_NEAR(mass_conspicuity(patch), (0.75 - mean) / std::sqrt(variance), 1e-6);
  EXPECT_TRUE(std::isnan(mass_conspicuity(blank_patch(64, 12)))) << "a ring of one grey level";
}

TEST(Contrast, OfNothingIsNotKnown) {
  MassPatch patch = blank_patch(32, 0);
  EXPECT_TRUE(std::isnan(mass_contrast(patch)));
  patch.mask = 1;  // no room for a ring
  EXPECT_TRUE(std::isnan(mass_contrast(patch)));
}

TEST(Seam, EqualsTheSlowLoop) {
  MassPatch patch = blank_patch(48, 12);
  add_noise(patch.pixels, 3);
  patch.mask(cv::Rect(30, 20, 9, 5)) = 1;  // not a disc
  patch.valid = cv::Mat(48, 48, CV_8UC1, cv::Scalar(1));
  patch.valid(cv::Rect(0, 0, 10, 48)) = 0;
  double rim = 0, beside = 0;
  int rim_count = 0, beside_count = 0;
  for (int y = 1; y < 47; ++y) {
    for (int x = 1; x < 47; ++x) {
      const double d = std::abs(slow_rim(patch.mask, y, x));
      if (x - 1 < 10) continue;
      const double nx = slow_rim(patch.mask, y, x + 1) - slow_rim(patch.mask, y, x - 1);
      const double ny = slow_rim(patch.mask, y + 1, x) - slow_rim(patch.mask, y - 1, x);
      const double length = std::sqrt(nx * nx + ny * ny);
      if (length < 1e-6) continue;
      const auto at = [&](int v, int u) { return double{patch.pixels.at<float>(v, u)}; };
      const double change = std::abs((at(y, x + 1) - at(y, x - 1)) / 2 * nx / length +
                                     (at(y + 1, x) - at(y - 1, x)) / 2 * ny / length);
      if (d <= 1) rim += change, ++rim_count;
      if (d >= 3 && d <= 6) beside += change, ++beside_count;
    }
  }
  ASSERT_GT(rim_count, 50);
  EXPECT_NEAR(seam_energy(patch, patch.mask), (rim / rim_count) / (beside / beside_count), 1e-4);
}

TEST(Seam, IsOneOnNoiseAndLargeOnAStep) {
  MassPatch patch = blank_patch(160, 50);
  add_noise(patch.pixels, 4);
  EXPECT_NEAR(seam_energy(patch, patch.mask), 1, 0.1);
  cv::Mat lifted = patch.pixels + 0.5;
  lifted.copyTo(patch.pixels, patch.mask);
  EXPECT_GT(seam_energy(patch, patch.mask), 4);
}

TEST(Seam, OfAStepAcrossAStraightRimIsKnown) {
  MassPatch patch = blank_patch(40, 0);
  patch.mask(cv::Rect(0, 0, 20, 40)) = 1;
  for (int x = 0; x < 40; ++x) {
    patch.pixels.col(x).setTo(0.01 * x + (x < 20 ? 0.3 : 0));  // a slope, and a step at the rim
  }
  // The two columns at the rim have a central difference of (-0.3 + 2 * 0.01) / 2 = -0.14.
  EXPECT_NEAR(seam_energy(patch, patch.mask), 14, 1e-3);
  patch.pixels = 0.5;
  EXPECT_TRUE(std::isnan(seam_energy(patch, patch.mask)));
}

TEST(HighFrequencyPower, EqualsTheSlowLoop) {
  MassPatch patch = blank_patch(40, 9);
  add_noise(patch.pixels, 5);
  double sum = 0, norm = 0;
  for (int k = -4; k <= 4; ++k) norm += std::exp(-k * k / 2.0);
  int count = 0;
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) {
      if (!patch.mask.at<uint8_t>(y, x)) continue;
      double blurred = 0;
      for (int v = -4; v <= 4; ++v) {
        for (int u = -4; u <= 4; ++u) {
          blurred +=
              std::exp(-(u * u + v * v) / 2.0) / norm / norm * patch.pixels.at<float>(y + v, x + u);
        }
      }
      sum += std::pow(patch.pixels.at<float>(y, x) - blurred, 2);
      ++count;
    }
  }
  EXPECT_NEAR(high_frequency_power(patch) / (sum / count), 1, 1e-4);
  patch.pixels = 0.5;
  EXPECT_NEAR(high_frequency_power(patch), 0, 1e-12);
  patch.mask = 0;
  EXPECT_TRUE(std::isnan(high_frequency_power(patch)));
}

TEST(BackgroundChange, CountsWhatLiesOutside) {
  cv::Mat before(10, 10, CV_16UC1, cv::Scalar(1000)), after = before.clone();
  cv::Mat omega(10, 10, CV_8UC1, cv::Scalar(0));
  omega(cv::Rect(0, 0, 10, 5)) = 255;
  after(cv::Rect(0, 0, 10, 5)) = 60000;
  EXPECT_EQ(background_change(before, after, omega).mean, 0);
  EXPECT_EQ(background_change(before, after, omega).share, 0);
  after(cv::Rect(0, 9, 5, 1)) = 1000 + 655;
  EXPECT_NEAR(background_change(before, after, omega).mean, 655.0 / 65535 / 10, 1e-8);
  EXPECT_NEAR(background_change(before, after, omega).share, 0.1, 1e-12);
  omega = 255;
  EXPECT_TRUE(std::isnan(background_change(before, after, omega).mean));
}

TEST(ContrastTransfer, OfALineIsItsSlope) {
  const std::vector<double> source = {0.1, 0.2, 0.3, -0.1, kNan, 0.4};
  std::vector<double> result;
  for (double value : source) result.push_back(0.5 * value + 0.02);
  const ContrastTransfer transfer = contrast_transfer(source, result);
  EXPECT_EQ(transfer.masses, 5);
  EXPECT_NEAR(transfer.slope, 0.5, 1e-12);
  EXPECT_NEAR(transfer.correlation, 1, 1e-12);
  EXPECT_NEAR(transfer.ratio_of_means, (0.5 * 0.18 + 0.02) / 0.18, 1e-12);
  EXPECT_NEAR(transfer.median_ratio, (0.6 + 0.02 / 0.3 + 0.5) / 2, 1e-12);  // .7 .6 .5667 .55
  EXPECT_EQ(transfer.invisible_share, 0);
}

TEST(ContrastTransfer, CountsTheInvisible) {
  const ContrastTransfer transfer =
      contrast_transfer({0.3, 0.3, 0.3, 0.3, -0.3}, {0.09, 0.11, 0.3, -0.2, 0.3});
  EXPECT_NEAR(transfer.invisible_share, 0.5, 1e-12);
}

TEST(ContrastTransfer, AWeightCountsAsManyPairs) {
  const std::vector<double> x = {0.1, 0.5, 0.2, 0.4}, y = {0.2, 0.1, 0.3, 0.35};
  const ContrastTransfer weighted = contrast_transfer(x, y, {2, 0, 1, 3});
  const ContrastTransfer repeated =
      contrast_transfer({0.1, 0.1, 0.2, 0.4, 0.4, 0.4}, {0.2, 0.2, 0.3, 0.35, 0.35, 0.35});
  EXPECT_NEAR(weighted.slope, repeated.slope, 1e-12);
  EXPECT_NEAR(weighted.correlation, repeated.correlation, 1e-12);
  EXPECT_NEAR(weighted.median_ratio, repeated.median_ratio, 1e-12);
  EXPECT_NEAR(weighted.ratio_of_means, repeated.ratio_of_means, 1e-12);
}

TEST(ContrastTransfer, OfNothingIsNotKnown) {
  const ContrastTransfer transfer = contrast_transfer({kNan}, {0.5});
  EXPECT_EQ(transfer.masses, 0);
  EXPECT_TRUE(std::isnan(transfer.slope));
  EXPECT_TRUE(std::isnan(transfer.ratio_of_means));
  EXPECT_TRUE(std::isnan(transfer.invisible_share));
  EXPECT_TRUE(std::isnan(contrast_transfer({0.1, 0.1}, {0.1, 0.2}).slope));
}

}  // namespace
}  // namespace mammograft
