#include "graft/kernel_density.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr int kCells = 64;
constexpr double kNarrowest = 0.02;  // a bandwidth: points that are all the same have none

double scott(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  for (const double value : values) squares += (value - sum / n) * (value - sum / n);
  return std::max(kNarrowest, std::sqrt(squares / n) * std::pow(n, -1.0 / 6));
}

// The kernel around `value`, mirrored at 0 and 1, at the middles of all cells. CV_64FC1, one row.
cv::Mat kernel(double value, double bandwidth) {
  cv::Mat row(1, kCells, CV_64FC1);
  for (int i = 0; i < kCells; ++i) {
    const double x = (i + 0.5) / kCells;
    double sum = 0;
    for (const double center : {value, -value, 2 - value}) {
      const double z = (x - center) / bandwidth;
      sum += std::exp(-0.5 * z * z);
    }
    row.at<double>(i) = sum;
  }
  return row;
}

std::vector<double> axis(const std::vector<BreastPoint>& points, double BreastPoint::* of) {
  std::vector<double> values;
  for (const BreastPoint& point : points) values.push_back(std::clamp(point.*of, 0.0, 1.0));
  return values;
}

}  // namespace

KernelDensity::KernelDensity(const std::vector<BreastPoint>& points) {
  ensure(!points.empty(), "a density of no points");
  const std::vector<double> u = axis(points, &BreastPoint::u), v = axis(points, &BreastPoint::v);
  bandwidth_ = {scott(u), scott(v)};
  table_ = cv::Mat(kCells, kCells, CV_64FC1, cv::Scalar(0));
  for (size_t i = 0; i < points.size(); ++i)
    table_ += kernel(v[i], bandwidth_[1]).t() * kernel(u[i], bandwidth_[0]);
  table_ /= cv::mean(table_)[0];
}

double KernelDensity::at(BreastPoint point) const {
  const double x = std::clamp(point.u * kCells - 0.5, 0.0, kCells - 1.0);
  const double y = std::clamp(point.v * kCells - 0.5, 0.0, kCells - 1.0);
  const int left = std::min(static_cast<int>(x), kCells - 2);
  const int top = std::min(static_cast<int>(y), kCells - 2);
  const double* upper = table_.ptr<double>(top) + left;
  const double* lower = table_.ptr<double>(top + 1) + left;
  const double fx = x - left, fy = y - top;
  return (1 - fy) * ((1 - fx) * upper[0] + fx * upper[1]) +
         fy * ((1 - fx) * lower[0] + fx * lower[1]);
}

}  // namespace mammograft
