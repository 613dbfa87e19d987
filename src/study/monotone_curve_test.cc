#include "study/monotone_curve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(MonotoneCurve, IsReadBackwardsOverTheLogarithm) {
  const MonotoneCurve curve({10, 40, 160}, {0.2, 0.6, 0.8});
  EXPECT_NEAR(curve.reached(0.4).x, 20, 1e-12);
  EXPECT_NEAR(curve.reached(0.7).x, 80, 1e-12);
  EXPECT_EQ(curve.reached(0.2).x, 10);
  EXPECT_NEAR(curve.reached(0.8).x, 160, 1e-12);
  for (double y : {0.2, 0.4, 0.6, 0.8}) EXPECT_EQ(curve.reached(y).side, 0) << y;
}

TEST(MonotoneCurve, SaysWhereARateLiesOutside) {
  const MonotoneCurve curve({10, 40}, {0.2, 0.6});
  EXPECT_EQ(curve.reached(0.1).side, -1);
  EXPECT_EQ(curve.reached(0.1).x, 10);
  EXPECT_EQ(curve.reached(0.61).side, 1);
  EXPECT_EQ(curve.reached(0.61).x, 40);
}

// 0.6 and 0.4 are pooled to 0.5 at 20 and 40: its first place is 20.
TEST(MonotoneCurve, PoolsWhatFalls) {
  const MonotoneCurve curve({10, 20, 40, 80}, {0.1, 0.6, 0.4, 0.9});
  EXPECT_NEAR(curve.reached(0.5).x, 20, 1e-12);
  EXPECT_NEAR(curve.reached(0.7).x, 40 * std::sqrt(2), 1e-9);
  const MonotoneCurve falling({10, 20}, {0.6, 0.4});
  EXPECT_EQ(falling.reached(0.5).x, 10);
  EXPECT_EQ(falling.reached(0.45).side, -1);
}

TEST(MonotoneCurve, RefusesNumbersThatDoNotAscend) {
  EXPECT_ERROR(MonotoneCurve({10, 10}, {0, 1}), defect, "ascending");
  EXPECT_ERROR(MonotoneCurve({10}, {0}), defect, "ascending");
}

}  // namespace
}  // namespace mammograft
