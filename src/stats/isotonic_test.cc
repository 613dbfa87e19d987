#include "stats/isotonic.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mammograft {
namespace {

// Against the definition: max over starts of the min over ends of the means between.
TEST(Rising, IsTheMinMaxOfMeans) {
  const std::vector<double> y = {3, 1, 2, 5, 4, 4, 7, 6.5};
  const std::vector<double> risen = rising(y);
  ASSERT_EQ(risen.size(), y.size());
  for (size_t i = 0; i < y.size(); ++i) {
    double highest = -1e9;
    for (size_t a = 0; a <= i; ++a) {
      double lowest = 1e9;
      for (size_t b = i; b < y.size(); ++b) {
        double sum = 0;
        for (size_t k = a; k <= b; ++k) sum += y[k];
        lowest = std::min(lowest, sum / static_cast<double>(b - a + 1));
      }
      highest = std::max(highest, lowest);
    }
    EXPECT_NEAR(risen[i], highest, 1e-12) << i;
  }
}

}  // namespace
}  // namespace mammograft
