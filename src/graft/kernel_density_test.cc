#include "graft/kernel_density.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"

namespace mammograft {
namespace {

std::vector<BreastPoint> clustered(int count) {
  Rng rng(7);
  std::vector<BreastPoint> points;
  for (int i = 0; i < count; ++i)
    points.push_back({std::abs(0.3 + 0.15 * rng.normal()), 0.6 + 0.1 * rng.normal()});
  return points;
}

double standard_deviation(const std::vector<BreastPoint>& points, double BreastPoint::* axis) {
  double mean = 0, squares = 0;
  for (const BreastPoint& p : points) mean += p.*axis / double(points.size());
  for (const BreastPoint& p : points)
    squares += std::pow(p.*axis - mean, 2) / double(points.size());
  return std::sqrt(squares);
}

// By the obvious loop: every point, and its mirror images in the sides and corners of the square.
double slow_density(const std::vector<BreastPoint>& points, BreastPoint at) {
  const double shrink = std::pow(double(points.size()), -1.0 / 6);
  const double hu = standard_deviation(points, &BreastPoint::u) * shrink;
  const double hv = standard_deviation(points, &BreastPoint::v) * shrink;
  double sum = 0;
  for (const BreastPoint& p : points) {
    for (const double u : {p.u, -p.u, 2 - p.u}) {
      for (const double v : {p.v, -p.v, 2 - p.v}) {
        const double zu = (at.u - u) / hu, zv = (at.v - v) / hv;
        sum += std::exp(-0.5 * (zu * zu + zv * zv)) / (2 * M_PI * hu * hv);
      }
    }
  }
  return sum / double(points.size());
}

TEST(KernelDensity, IsTheSumOfMirroredKernels) {
  const std::vector<BreastPoint> points = clustered(40);
  const KernelDensity density(points);
  Rng rng(2);
  double peak = 0;
  for (const BreastPoint& p : points) peak = std::max(peak, slow_density(points, p));
  for (int i = 0; i < 500; ++i) {
    const BreastPoint at{rng.uniform(), rng.uniform()};
    EXPECT_NEAR(density.at(at), slow_density(points, at), 0.01 * peak) << at.u << " " << at.v;
  }
}

TEST(KernelDensity, IntegratesToOne) {
  for (const int count : {1, 10, 300}) {
    const KernelDensity density(clustered(count));
    constexpr int kSteps = 500;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
      for (int j = 0; j < kSteps; ++j)
        sum += density.at({(i + 0.5) / kSteps, (j + 0.5) / kSteps}) / (kSteps * kSteps);
    }
    EXPECT_NEAR(sum, 1, 0.01) << count;
  }
}

TEST(KernelDensity, HasScottsBandwidthOnEachAxis) {
  const std::vector<BreastPoint> points = clustered(64);
  const KernelDensity density(points);
  EXPECT_NEAR(density.bandwidth()[0], standard_deviation(points, &BreastPoint::u) / 2, 1e-12);
  EXPECT_NEAR(density.bandwidth()[1], standard_deviation(points, &BreastPoint::v) / 2, 1e-12);
}

TEST(KernelDensity, BeyondTheSquareItGoesOn) {
  const KernelDensity density(clustered(40));
  EXPECT_EQ(density.at({-0.2, 0.6}), density.at({0, 0.6}));
  EXPECT_EQ(density.at({0.3, 1.5}), density.at({0.3, 1}));
}

}  // namespace
}  // namespace mammograft
