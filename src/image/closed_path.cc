#include "image/closed_path.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// One pass from a fixed column of the first row; buffers are kept from pass to pass.
class ClosedPathSearch {
 public:
  ClosedPathSearch(const cv::Mat& cost, const ClosedPathOptions& options)
      : cost_(cost),
        reach_(std::min(options.max_step, cost.cols - 1)),
        from_(cost.size(), CV_32SC1),
        sums_(static_cast<size_t>(cost.cols)),
        next_(sums_.size()) {
    for (int s = 0; s <= reach_; ++s) step_costs_.push_back(options.step_weight * s * s);
  }

  // The cost of the cheapest path that begins at `start`, if it is below `best`: then `path` is it.
  void try_start(int start, double& best, std::vector<int>& path) {
    std::fill(sums_.begin(), sums_.end(), kNever);
    sums_[static_cast<size_t>(start)] = cost_.at<float>(0, start);
    for (int row = 1; row < cost_.rows; ++row) advance(row, start);
    for (int last = low(start); last <= high(start); ++last) {
      const double sum = sums_[static_cast<size_t>(last)] + step(last, start);
      if (sum >= best) continue;
      best = sum;
      trace(last, path);
    }
  }

 private:
  int low(int column) const { return std::max(0, column - reach_); }
  int high(int column) const { return std::min(cost_.cols - 1, column + reach_); }
  double step(int a, int b) const { return step_costs_[static_cast<size_t>(std::abs(a - b))]; }

  // Only what the start can reach, and what can still come back to it.
  void advance(int row, int start) {
    const int spread = std::min(row, cost_.rows - row) * reach_;
    const int first = std::max(0, start - spread), last = std::min(cost_.cols - 1, start + spread);
    std::fill(next_.begin(), next_.end(), kNever);
    for (int column = first; column <= last; ++column) {
      double least = kNever;
      for (int before = low(column); before <= high(column); ++before) {
        const double sum = sums_[static_cast<size_t>(before)] + step(before, column);
        if (sum >= least) continue;
        least = sum;
        from_.at<int>(row, column) = before;
      }
      next_[static_cast<size_t>(column)] = least + cost_.at<float>(row, column);
    }
    sums_.swap(next_);
  }

  void trace(int last, std::vector<int>& path) const {
    path.assign(static_cast<size_t>(cost_.rows), last);
    for (int row = cost_.rows - 1; row > 0; --row) {
      path[static_cast<size_t>(row) - 1] = from_.at<int>(row, path[static_cast<size_t>(row)]);
    }
  }

  const cv::Mat& cost_;
  int reach_;
  cv::Mat from_;  // [row, column] -> column of the row before
  std::vector<double> sums_, next_, step_costs_;
};

void check_path_request(const cv::Mat& cost, const ClosedPathOptions& options) {
  if (cost.type() != CV_32FC1 || cost.empty() || options.max_step < 0) {
    fail(ErrorKind::defect,
         "closed path: found type {}, {} x {} and steps up to {}, expected CV_32FC1, not empty and "
         "0 or more",
         cost.type(), cost.rows, cost.cols, options.max_step);
  }
  if (cv::countNonZero(cost != cost) > 0) fail(ErrorKind::defect, "closed path: found NaN");
}

}  // namespace

std::vector<int> cheapest_closed_path(const cv::Mat& cost, const ClosedPathOptions& options) {
  check_path_request(cost, options);
  ClosedPathSearch search(cost, options);
  double best = kNever;
  std::vector<int> path;
  for (int start = 0; start < cost.cols; ++start) search.try_start(start, best, path);
  return path;
}

double closed_path_cost(const cv::Mat& cost, const std::vector<int>& path,
                        const ClosedPathOptions& options) {
  double sum = 0;
  for (int row = 0; row < cost.rows; ++row) {
    const int here = path[static_cast<size_t>(row)];
    const int next = path[static_cast<size_t>((row + 1) % cost.rows)];
    sum += cost.at<float>(row, here) + options.step_weight * (next - here) * (next - here);
  }
  return sum;
}

}  // namespace mammograft
