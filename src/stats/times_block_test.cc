#include "stats/times_block.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(TimesBlock, KeepsLanesApart) {
  TimesBlock block(3);
  EXPECT_EQ(block.lane(5), (Times{1, 1, 1}));
  block.set(5, {4, 0, 2});
  block.set(6, 1, 7);
  EXPECT_EQ(block.lane(5), (Times{4, 0, 2}));
  EXPECT_EQ(block.lane(6), (Times{1, 7, 1}));
  EXPECT_EQ(block.of(1)[5], 0);
  const Lanes<int64_t> total = block.total({10, 100});
  EXPECT_EQ(total[5], 40);
  EXPECT_EQ(total[6], 710);
  EXPECT_EQ(total[0], 110);
}

TEST(TimesBlock, RefusesWhatDoesNotFit) {
  TimesBlock block(2);
  EXPECT_ERROR(block.set(0, {1, 2, 3}), defect, "2 patients got 3");
  EXPECT_ERROR(block.set(0, 1, 256), defect, "256 times");
}

}  // namespace
}  // namespace mammograft
