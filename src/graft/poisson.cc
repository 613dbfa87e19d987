#include "graft/poisson.h"

#include "core/error.h"
#include "graft/poisson_solver.h"

namespace mammograft {
namespace {

// image: CV_64FC1.
cv::Vec2d forward_differences(const cv::Mat& image, int y, int x) {
  const double here = image.at<double>(y, x);
  return {image.at<double>(y, x + 1) - here, image.at<double>(y + 1, x) - here};
}

// The guiding field minus the gradient of x; zero in the last row and column.
cv::Mat guidance_change(const cv::Mat& x, const cv::Mat& e, bool mixed) {
  cv::Mat change(x.size(), CV_64FC2, cv::Scalar::all(0));
  for (int row = 0; row + 1 < x.rows; ++row) {
    for (int col = 0; col + 1 < x.cols; ++col) {
      const cv::Vec2d of_x = forward_differences(x, row, col);
      const cv::Vec2d of_e = forward_differences(e, row, col);
      if (mixed && of_x.dot(of_x) >= of_e.dot(of_e)) continue;  // v is the gradient of x
      change.at<cv::Vec2d>(row, col) = of_e - of_x;
    }
  }
  return change;
}

void check(const cv::Mat& x, const cv::Mat& e, const cv::Mat& omega) {
  ensure(x.type() == CV_16UC1 && e.channels() == 1 && omega.type() == CV_8UC1 &&
             x.size() == e.size() && x.size() == omega.size(),
         "poisson_edit: expected two images and a CV_8UC1 region of one size");
  const bool on_border = cv::countNonZero(omega.row(0)) + cv::countNonZero(omega.col(0)) +
                             cv::countNonZero(omega.row(omega.rows - 1)) +
                             cv::countNonZero(omega.col(omega.cols - 1)) >
                         0;
  ensure(!on_border, "poisson_edit: the region touches the border of its window");
}

}  // namespace

// With f = x + d the equation div grad f = div v becomes -div grad d = -div(v - grad x), d = 0
// outside omega.
cv::Mat poisson_edit(const cv::Mat& x, const cv::Mat& e, const cv::Mat& omega,
                     const PoissonOptions& options) {
  check(x, e, omega);
  cv::Mat target, source;
  x.convertTo(target, CV_64F);
  e.convertTo(source, CV_64F);
  const cv::Mat change = guidance_change(target, source, options.gradients == "mixed");
  cv::Mat b(x.size(), CV_64FC1, cv::Scalar(0));
  for (int row = 1; row + 1 < x.rows; ++row) {
    for (int col = 1; col + 1 < x.cols; ++col) {
      const cv::Vec2d here = change.at<cv::Vec2d>(row, col);
      b.at<double>(row, col) = change.at<cv::Vec2d>(row, col - 1)[0] - here[0] +
                               change.at<cv::Vec2d>(row - 1, col)[1] - here[1];
    }
  }
  const PoissonSolution d = solve_poisson(omega, b, options.tolerance, options.max_iterations);
  cv::Mat f;
  cv::Mat(target + d.values).convertTo(f, CV_32F);
  return f;
}

}  // namespace mammograft
