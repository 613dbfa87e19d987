#include "evaluate/detection_order.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

TEST(DetectionOrder, IsByScoreThenBoxThenMask) {
  const Box low = {0, 0, 5, 5}, high = {0, 1, 5, 5};
  const std::vector<Detection> sorted = {{1, 1, high, 0.9, std::nullopt, ""},
                                         {1, 1, low, 0.5, std::nullopt, ""},
                                         {1, 1, low, 0.5, Rle{2, 2, {0, 4}}, ""},
                                         {1, 1, low, 0.5, Rle{2, 2, {1, 3}}, ""},
                                         {1, 1, high, 0.5, std::nullopt, ""}};
  for (size_t a = 0; a < sorted.size(); ++a) {
    for (size_t b = 0; b < sorted.size(); ++b) {
      EXPECT_EQ(ranks_before(sorted[a], sorted[b]), a < b) << a << ", " << b;
    }
  }
}

}  // namespace
}  // namespace mammograft
