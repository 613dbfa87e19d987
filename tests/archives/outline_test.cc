// Outlines of phantoms' masses, whose true contours are known, found again in circles and boxes.
#include <gtest/gtest.h>

#include "core/testing.h"
#include "phantom/phantom.h"
#include "prepare/outline_testing.h"

namespace mammograft {
namespace {

class PhantomOutlines : public testing::Test {
 protected:
  const TestFolder folder_;
  Cohort truth_;

  void SetUp() override {
    PhantomOptions options;
    options.patients = 16;
    options.mm_per_px = 0.4;
    options.mass_fraction = 1;
    options.seed = 5;
    Progress progress;
    truth_ = make_phantom(folder_ / "phantom", options, progress);
  }
};

TEST_F(PhantomOutlines, AreFoundInCircles) {
  const OutlineDice dice = measure_outlines(truth_, MaskOrigin::circle, {}, 0);
  ASSERT_EQ(dice.after.size(), 32u);
  EXPECT_GE(mean_of(dice.after), 0.87);
  EXPECT_GE(mean_of(dice.after), mean_of(dice.before) + 0.03);
  EXPECT_LE(dice.kept, 8);
}

TEST_F(PhantomOutlines, AreFoundInBoxes) {
  const OutlineDice dice = measure_outlines(truth_, MaskOrigin::box, {}, 0);
  EXPECT_GE(mean_of(dice.after), 0.9);
  EXPECT_GE(mean_of(dice.after), mean_of(dice.before) - 0.005);
  EXPECT_LE(dice.kept, 8);
}

}  // namespace
}  // namespace mammograft
