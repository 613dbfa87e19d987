#include "stats/patient_resampler.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(PatientResampler, KeepsTheSizeOfEveryStratum) {
  const PatientResampler resampler({0, 0, 0, 1, 1, 2});
  Rng rng(4);
  bool repeated = false;
  for (int i = 0; i < 20; ++i) {
    const Times times = resampler.draw(rng);
    EXPECT_EQ(times[0] + times[1] + times[2], 3);
    EXPECT_EQ(times[3] + times[4], 2);
    EXPECT_EQ(times[5], 1);
    repeated |= times[0] > 1;
  }
  EXPECT_TRUE(repeated);
}

// The intervals of earlier reports hang on the order of the draws: stratum by stratum.
TEST(PatientResampler, DrawsOneNumberAPatientInTheOrderOfTheStrata) {
  const PatientResampler resampler({7, -1, 7, 7, -1});
  Rng rng(5), same(5);
  const std::vector<std::vector<int>> strata = {{1, 4}, {0, 2, 3}};
  for (int round = 0; round < 10; ++round) {
    Times expected(5, 0);
    for (const auto& members : strata) {
      for (size_t i = 0; i < members.size(); ++i) {
        ++expected[members[same.integer(static_cast<int64_t>(members.size()))]];
      }
    }
    EXPECT_EQ(resampler.draw(rng), expected);
  }
}

TEST(PatientResampler, DrawsAgainWhatIsNotUsable) {
  const std::vector<int> one_stratum(4, 0);
  const PatientResampler any(one_stratum);
  const PatientResampler with_first(one_stratum, [](const Times& t) { return t[0] > 0; });
  Rng rng(6), same(6);
  int skipped = 0;
  for (int i = 0; i < 50; ++i) {
    const Times times = with_first.draw(rng);
    Times expected = any.draw(same);
    for (; expected[0] == 0; ++skipped) expected = any.draw(same);
    EXPECT_EQ(times, expected);
  }
  EXPECT_GT(skipped, 0);
}

TEST(PatientResampler, RefusesASampleOfWhichNoResampleMayBeUsable) {
  EXPECT_ERROR(PatientResampler({0, 0}, [](const Times&) { return false; }), defect,
               "the sample of 2 patients is not usable");
}

TEST(TimesOf, MultipliesOverThePatients) {
  const Times times = {2, 0, 3};
  EXPECT_EQ(times_of({0}, times), 2);
  EXPECT_EQ(times_of({0, 2}, times), 6);
  EXPECT_EQ(times_of({0, 1, 2}, times), 0);
  EXPECT_EQ(times_of({}, times), 1);  // made from nobody
  EXPECT_EQ(times_of({0, 2}, {}), 1);
}

}  // namespace
}  // namespace mammograft
