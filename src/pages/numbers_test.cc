#include "pages/numbers.h"

#include <gtest/gtest.h>

#include <limits>

namespace mammograft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Numbers, KeepWhatIsNotKnownApart) {
  EXPECT_EQ(percent(0.8123), "81.2 %");
  EXPECT_EQ(percent(0.00123, 3), "0.123 %");
  EXPECT_EQ(percent(kNan), "–");
  EXPECT_EQ(with_interval(0.8, {0.7, 0.9}), "0.800 (0.700–0.900)");
  EXPECT_EQ(with_interval(0.8, {kNan, kNan}), "0.800");
  EXPECT_EQ(with_interval(kNan, {0.7, 0.9}), "–");
}

}  // namespace
}  // namespace mammograft
