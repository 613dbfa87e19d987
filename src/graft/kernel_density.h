// A density over the unit square, estimated from points.
//
// Gaussian kernels with Scott's bandwidth for two dimensions, n^(-1/6) of the points' standard
// deviation on each axis (Scott 1992, Multivariate Density Estimation, (6.42)); mirrored at the
// borders of the square (Silverman 1986, 2.10), so that nothing of a kernel lies beyond them.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <vector>

#include "image/breast_frame.h"

namespace mammograft {

class KernelDensity {
 public:
  // At least one point; points outside the square count as on its border.
  explicit KernelDensity(const std::vector<BreastPoint>& points);

  // Integrates to 1 over the square; beyond it that of the nearest point of it. Interpolated in a
  // table of 64 x 64 values.
  double at(BreastPoint point) const;
  const std::array<double, 2>& bandwidth() const { return bandwidth_; }  // of u and of v

 private:
  std::array<double, 2> bandwidth_;
  cv::Mat table_;  // CV_64FC1: rows v, columns u, at the middles of its cells
};

}  // namespace mammograft
