// The cheapest closed path through a polar grid.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace mammograft {

struct ClosedPathOptions {
  int max_step = 2;  // columns between one row and the next, and between the last and the first
  double step_weight = 0;  // a step of s columns costs step_weight * s^2
};

// `cost`: CV_32FC1 [rows, columns], row = angle, column = radius. The result has one column for
// each row and the least sum of the costs on it and of its steps, the one from the last row to the
// first included; infinite costs are places where it cannot pass. That closing step is what a
// single pass of dynamic programming does not see: here every column of the first row is tried as
// the start, so the minimum is exact. O(rows * columns^2 * max_step). Empty where no path is
// finite. Throws defect for another type, an empty grid, NaN, or max_step < 0.
std::vector<int> cheapest_closed_path(const cv::Mat& cost, const ClosedPathOptions& options);

// What cheapest_closed_path() makes least.
double closed_path_cost(const cv::Mat& cost, const std::vector<int>& path,
                        const ClosedPathOptions& options);

}  // namespace mammograft
