#include "blend/blend_set.h"

#include <gtest/gtest.h>

#include "blend/testing.h"
#include "core/testing.h"

namespace mammograft {
namespace {

TEST(BlendSet, HoldsOutPatientsAndDependsOnTheSeedAlone) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 5, 6);
  Progress progress;
  BlendSetOptions options = tiny_training().data;
  options.placement.contrast_growth = 0;
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  const BlendSet again(cohort, cohort, options, 7, 1, progress);
  EXPECT_EQ(set.lesions() + set.held_out_lesions(), 5);
  EXPECT_EQ(set.held_out_lesions(), 2);  // 0.3 of 5
  EXPECT_EQ(std::ssize(set.reals()), set.lesions());
  EXPECT_EQ(set.validation().size(), 4u);
  EXPECT_EQ(set.patients().size(), 11u);
  for (const int64_t i : {0, 3, 11}) {
    const GraftWindow one = set.draw(i, Rng(2)), two = again.draw(i, Rng(2));
    EXPECT_EQ(cv::norm(one.x, two.x, cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(one.e, two.e, cv::NORM_INF), 0);
    EXPECT_EQ(one.x.size(), cv::Size(48, 48));
    EXPECT_GT(cv::countNonZero(one.omega), cv::countNonZero(one.mask));
    EXPECT_EQ(cv::countNonZero(one.omega & ~one.breast), 0);
    EXPECT_NE(cv::norm(one.x, set.draw(i + 1, Rng(2)).x, cv::NORM_INF), 0);
  }
  // The masses are 9000 brighter than their surroundings, in 65535.
  for (const GraftWindow& window : set.validation())
    EXPECT_NEAR(window.contrast, 9000. / 65535, 0.02);
  options.placement.scale_min = options.placement.scale_max = 0.7;
  options.placement.contrast_growth = 1;
  const BlendSet shrunk(cohort, cohort, options, 7, 2, progress);
  for (const GraftWindow& window : shrunk.validation())
    EXPECT_NEAR(window.contrast, 0.7 * 9000 / 65535, 0.02);
}

TEST(BlendSet, HoldsNobodyOutWhereNobodyIsWanted) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 5, 6);
  Progress progress;
  BlendSetOptions options = tiny_training().data;
  options.held_out = 0;
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  EXPECT_EQ(set.lesions(), 5);
  EXPECT_EQ(set.backgrounds(), 6);
  EXPECT_EQ(std::ssize(set.reals()), 5);
  EXPECT_TRUE(set.held_out_reals().empty());
  EXPECT_EQ(set.validation().size(), 4u);
}

// Here every mass has a healthy image of the same patient.
TEST(BlendSet, HoldsAPatientOutWithAllThatIsHis) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 5, 5);
  for (size_t i = 0; i < 5; ++i) cohort.images[5 + i].patient_id = cohort.images[i].patient_id;
  Progress progress;
  for (const uint64_t seed : {1, 2, 3, 4}) {
    const BlendSet set(cohort, cohort, tiny_training().data, seed, 2, progress);
    EXPECT_EQ(set.held_out_lesions(), 2);  // 0.3 of 5
    EXPECT_EQ(set.backgrounds(), 3) << "nobody else's image is held out beside";
    EXPECT_EQ(std::ssize(set.reals()), 3);
    EXPECT_EQ(std::ssize(set.held_out_reals()), 2);
    EXPECT_EQ(set.patients().size(), 5u);
  }
}

// A lesion goes into images of its own view, as it does in a synthesis.
TEST(BlendSet, MixesNoViewsUnlessTold) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 5, 6);
  for (size_t i = 5; i < cohort.images.size(); ++i) cohort.images[i].view = "MLO";
  Progress progress;
  BlendSetOptions options = tiny_training().data;
  EXPECT_ERROR(BlendSet(cohort, cohort, options, 7, 2, progress), bad_input, "finds room");
  options.placement.view = "any";
  EXPECT_FALSE(BlendSet(cohort, cohort, options, 7, 2, progress).validation().empty());
}

TEST(BlendSet, LearnsFromAsManyMassesAsTold) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 5, 6);
  Progress progress;
  BlendSetOptions options = tiny_training().data;
  options.max_lesions = 3;
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  EXPECT_EQ(set.lesions() + set.held_out_lesions(), 3);
  EXPECT_EQ(std::ssize(set.reals()), set.lesions());  // what is left out is not shown as real
}

TEST(BlendSet, PlacesByTheMassesThatItLearnsFrom) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 12, 6);
  Progress progress;
  BlendSetOptions options = tiny_training().data;
  const BlendSet anywhere(cohort, cohort, options, 7, 2, progress);
  options.placement.prior = "learnt";
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  const BlendSet again(cohort, cohort, options, 7, 1, progress);
  int others = 0;
  for (int64_t i = 0; i < 6; ++i) {
    const cv::Mat x = set.draw(i, Rng(2)).x;
    EXPECT_EQ(cv::norm(x, again.draw(i, Rng(2)).x, cv::NORM_INF), 0);
    others += cv::norm(x, anywhere.draw(i, Rng(2)).x, cv::NORM_INF) > 0;
  }
  EXPECT_GT(others, 3);
  options.max_lesions = 7;
  EXPECT_ERROR(BlendSet(cohort, cohort, options, 7, 2, progress), bad_input,
               "found 7 real masses to learn from, expected 10");
}

}  // namespace
}  // namespace mammograft
