#include "graft/poisson.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/error.h"
#include "core/rng.h"
#include "graft/poisson_solver.h"

namespace mammograft {
namespace {

// A region with holes, bays and single pixels: what a random threshold leaves of a disc.
cv::Mat ragged_region(int size, uint64_t seed) {
  Rng rng(seed);
  cv::Mat region(size, size, CV_8UC1, cv::Scalar(0));
  for (int y = 1; y + 1 < size; ++y) {
    for (int x = 1; x + 1 < size; ++x) {
      const bool disc = std::hypot(x - size / 2.0, y - size / 2.0) < 0.45 * size;
      if (disc && !rng.chance(0.1)) region.at<uint8_t>(y, x) = 255;
    }
  }
  return region;
}

cv::Mat in_float(const cv::Mat& image) {
  cv::Mat result;
  image.convertTo(result, CV_32F);
  return result;
}

cv::Mat noise_image(int size, uint64_t seed, double low, double high) {
  Rng rng(seed);
  cv::Mat image(size, size, CV_16UC1);
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) {
      image.at<uint16_t>(y, x) = cv::saturate_cast<uint16_t>(rng.uniform(low, high));
    }
  }
  return image;
}

// Least squares by its normal equations, one row for every difference, solved densely: shares no
// code and no derivation with the program. v from the two images, differences within the window.
cv::Mat slow_edit(const cv::Mat& x, const cv::Mat& e, const cv::Mat& omega, bool mixed) {
  const int cells = x.rows * x.cols;
  std::vector<int> unknown(static_cast<size_t>(cells), -1);
  int count = 0;
  for (int i = 0; i < cells; ++i) {
    if (omega.at<uint8_t>(i / x.cols, i % x.cols)) unknown[static_cast<size_t>(i)] = count++;
  }
  cv::Mat a(count, count, CV_64FC1, cv::Scalar(0)), b(count, 1, CV_64FC1, cv::Scalar(0));
  const auto value = [&](const cv::Mat& m, int i) {
    return static_cast<double>(m.at<uint16_t>(i / x.cols, i % x.cols));
  };
  for (int i = 0; i < cells; ++i) {
    if (i / x.cols + 1 == x.rows || i % x.cols + 1 == x.cols) continue;
    const int next[2] = {i + 1, i + x.cols};
    double x2 = 0, e2 = 0;
    for (const int j : next) {
      x2 += std::pow(value(x, j) - value(x, i), 2);
      e2 += std::pow(value(e, j) - value(e, i), 2);
    }
    const cv::Mat& stronger = mixed && x2 >= e2 ? x : e;
    for (const int j : next) {
      const double v = value(stronger, j) - value(stronger, i);
      const int p = unknown[static_cast<size_t>(i)], q = unknown[static_cast<size_t>(j)];
      // (f_j - f_i - v)^2
      double constant = -v;
      if (p < 0) constant -= value(x, i);
      if (q < 0) constant += value(x, j);
      if (p >= 0) {
        a.at<double>(p, p) += 1;
        b.at<double>(p) += constant;
      }
      if (q >= 0) {
        a.at<double>(q, q) += 1;
        b.at<double>(q) -= constant;
      }
      if (p >= 0 && q >= 0) {
        a.at<double>(p, q) -= 1;
        a.at<double>(q, p) -= 1;
      }
    }
  }
  cv::Mat solution;
  cv::solve(a, b, solution, cv::DECOMP_CHOLESKY);
  cv::Mat f = in_float(x);
  for (int i = 0; i < cells; ++i) {
    const int p = unknown[static_cast<size_t>(i)];
    if (p >= 0) f.at<float>(i / x.cols, i % x.cols) = static_cast<float>(solution.at<double>(p));
  }
  return f;
}

TEST(Poisson, EqualsADenseSolution) {
  const cv::Mat x = noise_image(24, 1, 30000, 34000), e = noise_image(24, 2, 20000, 26000);
  for (const uint64_t seed : {3u, 4u, 5u}) {
    const cv::Mat omega = ragged_region(24, seed);
    for (const bool mixed : {true, false}) {
      PoissonOptions options;
      options.gradients = mixed ? "mixed" : "source";
      options.tolerance = 1e-10;
      const cv::Mat fast = poisson_edit(x, e, omega, options);
      const cv::Mat slow = slow_edit(x, e, omega, mixed);
      EXPECT_LE(cv::norm(fast, slow, cv::NORM_INF), 0.01) << seed << mixed;
      EXPECT_GT(cv::norm(fast, in_float(x), cv::NORM_INF), 500);
    }
  }
}

TEST(Poisson, AConstantOffsetOfTheSourceVanishes) {
  const cv::Mat x = noise_image(40, 1, 30000, 34000);
  const cv::Mat e = x + cv::Scalar(9000);
  PoissonOptions options;
  options.gradients = "source";
  const cv::Mat f = poisson_edit(x, e, ragged_region(40, 2), options);
  EXPECT_LT(cv::norm(f, in_float(x), cv::NORM_INF), 0.01);
}

TEST(Poisson, OutsideNothingChanges) {
  const cv::Mat x = noise_image(40, 1, 0, 65535), e = noise_image(40, 2, 0, 65535);
  const cv::Mat omega = ragged_region(40, 3);
  const cv::Mat f = poisson_edit(x, e, omega, {});
  for (int y = 0; y < x.rows; ++y) {
    for (int c = 0; c < x.cols; ++c) {
      if (omega.at<uint8_t>(y, c)) continue;
      EXPECT_EQ(f.at<float>(y, c), x.at<uint16_t>(y, c));
    }
  }
}

// The iterations must hardly grow with the region: else a window of a large mass takes seconds.
TEST(Poisson, FewIterationsWhateverTheSize) {
  for (const int size : {32, 128, 256}) {
    cv::Mat b(size, size, CV_64FC1);
    Rng rng(1);
    for (auto i = b.begin<double>(); i != b.end<double>(); ++i) *i = rng.uniform(-1, 1);
    cv::Mat disc(size, size, CV_8UC1, cv::Scalar(0));
    cv::circle(disc, {size / 2, size / 2}, size * 9 / 20, cv::Scalar(255), cv::FILLED);
    const PoissonSolution solution = solve_poisson(disc, b, 1e-6, 200);
    EXPECT_LE(solution.relative_residual, 1e-6);
    EXPECT_LE(solution.iterations, 15) << size;
  }
}

TEST(Poisson, ARegionOnTheBorderIsADefect) {
  const cv::Mat x = noise_image(8, 1, 0, 100);
  EXPECT_THROW(poisson_edit(x, x, cv::Mat(8, 8, CV_8UC1, cv::Scalar(255)), {}), Error);
}

}  // namespace
}  // namespace mammograft
