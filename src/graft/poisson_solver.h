// The discrete Poisson equation on a region of any shape, zero outside it.
#pragma once

#include <opencv2/core.hpp>

namespace mammograft {

struct PoissonSolution {
  cv::Mat values;                // CV_64FC1, 0 outside the region
  int iterations = 0;            // of the conjugate gradients
  double relative_residual = 0;  // ||b - A x|| / ||b||; 0 where b is 0
};

// Solves 4 x(p) - sum of x at p's four neighbours = b(p) for every p of the region, with x = 0
// outside. Conjugate gradients, preconditioned by one multigrid V-cycle (Tatebe 1993; McAdams,
// Sifakis and Teran 2010): the number of iterations hardly grows with the region.
// region CV_8UC1 (nonzero is inside; its pixels on the border of the matrix are allowed, beyond it
// is outside), b CV_64FC1 of the same size. A usage error when `max_iterations` do not reach
// `tolerance`, a relative residual.
PoissonSolution solve_poisson(const cv::Mat& region, const cv::Mat& b, double tolerance,
                              int max_iterations);

}  // namespace mammograft
