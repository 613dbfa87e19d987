#include "stats/auc_comparison.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "stats/testing.h"

namespace mammograft {
namespace {

TEST(CompareAuc, GivesIntervalsAroundTheValueAndPairedDifferences) {
  Rng rng(5);
  std::vector<int> stratum_of;
  for (int p = 0; p < 80; ++p) stratum_of.push_back(p % 2);
  const auto close = some_cases(rng, 80, 0.2), far = some_cases(rng, 80, 1.5);
  const PatientResampler patients(stratum_of);
  BootstrapOptions options;
  options.resamples = 400;
  const AucComparison result = compare_auc({close, far, close}, patients, options, "test");
  ASSERT_EQ(result.sets.size(), 3u);
  ASSERT_EQ(result.differences.size(), 3u);
  EXPECT_EQ(result.sets[0].value, stratified_auc(close));
  EXPECT_LT(result.sets[0].interval.low, result.sets[0].value);
  EXPECT_GT(result.sets[0].interval.high, result.sets[0].value);
  EXPECT_EQ(result.sets[0].negatives, 80);
  EXPECT_EQ(result.sets[0].positives, 80);
  EXPECT_LT(result.differences[0].interval.high, 0);  // close is harder to tell than far
  EXPECT_GT(result.differences[0].below_zero, 0.99);
  EXPECT_EQ(result.differences[1].value, 0);  // a set against itself: paired, so without width
  EXPECT_EQ(result.differences[1].interval.low, 0);
  EXPECT_EQ(result.differences[1].interval.high, 0);
  const AucComparison again = compare_auc({close, far, close}, patients, options, "test");
  EXPECT_EQ(again.sets[1].interval.low, result.sets[1].interval.low);
}

TEST(CompareAuc, OfAnEmptySetIsNotKnown) {
  const AucComparison result = compare_auc({{}}, PatientResampler({0, 1}), {}, "test");
  EXPECT_TRUE(std::isnan(result.sets[0].value));
  EXPECT_TRUE(std::isnan(result.sets[0].interval.low));
}

}  // namespace
}  // namespace mammograft
