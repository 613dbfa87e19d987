#include "pages/sample.h"

#include <gtest/gtest.h>

#include <set>

namespace mammograft {
namespace {

TEST(Sample, HoldsEachOnceAndAllWhenThereAreFewer) {
  const std::vector<size_t> some = sample(50, 20, Rng(1)), all = sample(5, 20, Rng(1));
  EXPECT_EQ(some.size(), 20u);
  EXPECT_EQ(std::set<size_t>(some.begin(), some.end()).size(), 20u);
  EXPECT_LT(*std::max_element(some.begin(), some.end()), 50u);
  EXPECT_EQ(std::set<size_t>(all.begin(), all.end()), (std::set<size_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(sample(5, 0, Rng(1)).empty());
}

TEST(Sample, DependsOnTheSeedAndReachesEverybody) {
  EXPECT_EQ(sample(50, 20, Rng(1)), sample(50, 20, Rng(1)));
  EXPECT_NE(sample(50, 20, Rng(1)), sample(50, 20, Rng(2)));
  std::set<size_t> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) seen.insert(sample(10, 1, Rng(seed)).front());
  EXPECT_EQ(seen.size(), 10u);
}

}  // namespace
}  // namespace mammograft
