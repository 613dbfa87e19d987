#include "image/closed_path.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/rng.h"

namespace mammograft {
namespace {

cv::Mat random_cost(int rows, int columns, Rng rng) {
  cv::Mat cost(rows, columns, CV_32FC1);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) cost.at<float>(i, j) = static_cast<float>(rng.uniform());
  }
  return cost;
}

bool steps_allowed(const std::vector<int>& path, int max_step) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (std::abs(path[i] - path[(i + 1) % path.size()]) > max_step) return false;
  }
  return true;
}

// Every path there is, one after the other, as the digits of a number.
double least_of_all(const cv::Mat& cost, const ClosedPathOptions& options) {
  std::vector<int> path(static_cast<size_t>(cost.rows), 0);
  double least = std::numeric_limits<double>::infinity();
  while (true) {
    if (steps_allowed(path, options.max_step))
      least = std::min(least, closed_path_cost(cost, path, options));
    size_t digit = 0;
    while (digit < path.size() && ++path[digit] == cost.cols) path[digit++] = 0;
    if (digit == path.size()) return least;
  }
}

TEST(ClosedPath, CostsWhatTheCheapestOfAllPathsCosts) {
  const Rng seed(3);
  for (int trial = 0; trial < 60; ++trial) {
    const cv::Mat cost = random_cost(1 + trial % 6, 2 + trial % 5, seed.fork("cost", trial));
    const ClosedPathOptions options{trial % 4, 0.1 * (trial % 3)};
    const std::vector<int> path = cheapest_closed_path(cost, options);
    ASSERT_EQ(std::ssize(path), cost.rows);
    EXPECT_TRUE(steps_allowed(path, options.max_step)) << trial;
    EXPECT_NEAR(closed_path_cost(cost, path, options), least_of_all(cost, options), 1e-9) << trial;
  }
}

TEST(ClosedPath, ClosesWhereTheCheapestOpenPathDoesNot) {
  // Down the diagonal every row is free; a closed path has to come back and pays for it.
  cv::Mat cost(5, 5, CV_32FC1, cv::Scalar(1));
  for (int i = 0; i < 5; ++i) cost.at<float>(i, i) = 0;
  const std::vector<int> path = cheapest_closed_path(cost, {1, 0});
  EXPECT_TRUE(steps_allowed(path, 1));
  EXPECT_DOUBLE_EQ(closed_path_cost(cost, path, {1, 0}), 2);
}

TEST(ClosedPath, PassesNoInfiniteCost) {
  const float never = std::numeric_limits<float>::infinity();
  cv::Mat cost(3, 4, CV_32FC1, cv::Scalar(0));
  cost.col(0).setTo(5);
  cost.row(1).setTo(never);
  EXPECT_TRUE(cheapest_closed_path(cost, {3, 0}).empty());
  cost.at<float>(1, 0) = 5;
  EXPECT_EQ(cheapest_closed_path(cost, {3, 0})[1], 0);
  EXPECT_TRUE(cheapest_closed_path(cost.colRange(0, 1), {0, 0}) == std::vector<int>(3, 0));
}

TEST(ClosedPath, RefusesWhatIsNoGrid) {
  EXPECT_THROW(cheapest_closed_path(cv::Mat(), {}), Error);
  EXPECT_THROW(cheapest_closed_path(cv::Mat::zeros(3, 3, CV_64FC1), {}), Error);
  cv::Mat cost = cv::Mat::zeros(3, 3, CV_32FC1);
  EXPECT_THROW(cheapest_closed_path(cost, {-1, 0}), Error);
  cost.at<float>(1, 1) = std::nanf("");
  EXPECT_THROW(cheapest_closed_path(cost, {}), Error);
}

}  // namespace
}  // namespace mammograft
