// Poisson image editing (Perez, Gangnet and Blake 2003), a baseline of the paper.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "core/expect.h"
#include "core/options.h"

namespace mammograft {

struct PoissonOptions {
  std::string gradients = "mixed";
  double tolerance = 1e-6;  // relative residual
  int max_iterations = 200;
  template <typename V>
  void fields(V&& v) {
    v.choice("gradients", gradients, {"mixed", "source"},
             "gradients inside the region: the stronger of both images, or the lesion's");
    v("tolerance", tolerance, "relative residual at which the solver stops");
    v("max_iterations", max_iterations, "most iterations of the solver");
  }
};

inline void check(const PoissonOptions& options) {  // throws usage
  expect_above("pie.tolerance", options.tolerance, 0);
  expect_at_least("pie.max_iterations", options.max_iterations, 1);
}

// The image f that equals x outside omega and whose gradient inside is as near as possible to v,
// in least squares. v is the gradient of e, or at each pixel the stronger of both, a vector of two
// forward differences that is chosen as a whole by its magnitude (eq. (4)); differences that cross
// the rim of omega count. x CV_16UC1, e of one channel in the same grey levels, omega CV_8UC1, of
// one size; omega leaves the border of the matrix free (defect otherwise). CV_32FC1, not bounded to
// the grey levels that an image can have; outside omega x itself.
cv::Mat poisson_edit(const cv::Mat& x, const cv::Mat& e, const cv::Mat& omega,
                     const PoissonOptions& options);

}  // namespace mammograft
