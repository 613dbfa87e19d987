// How long a training is, in steps, in epochs and in passes over the real images.
#include "detect/training_plan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "detect/graft_testing.h"

namespace mammograft {
namespace {

struct TrainingPlanTest : testing::Test {
  TestFolder folder;
  Progress progress;
  DetectorTrainingOptions options;
  int copies = 0;  // of the first image, further ones
  // Six images with a mass, one without; the last `synthetic` of the six are synthetic.
  TrainingSet set_with(int synthetic, bool fresh = false) {
    Cohort cohort = test_cohort(folder.path());
    for (int i = 0; i < 4; ++i) {
      add_test_image(cohort, Status::mass);
      if (i >= 4 - synthetic) cohort.images.back().source = {.method = "pie"};
    }
    for (int i = 0; i < copies; ++i) {
      cohort.images.push_back(cohort.images.front());
      cohort.annotations.push_back(cohort.annotations.front());
      cohort.images.back().id = cohort.annotations.back().image_id =
          static_cast<int64_t>(cohort.images.size());
      cohort.annotations.back().id = cohort.images.back().id;
    }
    InputOptions input;
    input.crop = false;
    input.long_side_px = kTestHeight;
    auto grafts = fresh ? std::make_unique<FreshGrafts>(std::make_unique<TestSource>(),
                                                        std::set<std::string>{}, input, false)
                        : nullptr;
    return {cohort, input, options.data, 1, progress, std::move(grafts)};
  }
  int64_t steps(const std::string& unit, const TrainingSet& set) {
    options.unit = unit;
    options.lengths = {2};
    options.batch = 1;
    return plan_stages(options, set, {}).back().end_step;
  }
};

// Counted: how many draws it takes until every real image with a mass was drawn twice.
int64_t draws_until_twice(const TrainingSet& set, const std::set<int64_t>& real) {
  std::map<int64_t, int> count;
  for (int64_t i = 0;; ++i) {
    bool all = true;
    for (const int64_t id : real) all &= count[id] >= 2;
    if (all) return i;
    const TrainingImage& image = set.draw(i, Rng(5));
    if (image.id > 0) ++count[image.id];
  }
}

TEST_F(TrainingPlanTest, APassShowsEveryRealMassOnce) {
  const TrainingSet real = set_with(0);
  EXPECT_EQ(steps("steps", real), 2);
  EXPECT_EQ(steps("epochs", real), 24) << "six, and as many draws without a mass";
  EXPECT_EQ(steps("passes", real), 24);
  options.data.synthetic_share = 0.5;
  const TrainingSet half = set_with(2);
  EXPECT_EQ(steps("epochs", half), 16)
      << "the synthetic ones count, in three quarters of the draws";
  EXPECT_EQ(steps("passes", half), 2 * 11) << "four real ones in three eighths of the draws: 10.7";
  EXPECT_NEAR(static_cast<double>(draws_until_twice(half, {1, 3, 4, 5})), 22, 4);
  options.data.synthetic_share = std::nullopt;
  EXPECT_EQ(steps("passes", set_with(2)), 24) << "by their number: four of six";
}

TEST_F(TrainingPlanTest, FreshGraftsCountInNeither) {
  options.data.synthetic_share = 0.25;
  const TrainingSet set = set_with(0, /*fresh=*/true);
  EXPECT_EQ(steps("passes", set), 24) << "six in half of the draws";
  EXPECT_EQ(steps("epochs", set), 24);
  EXPECT_NEAR(static_cast<double>(draws_until_twice(set, {1, 3, 4, 5, 6, 7})), 24, 4);
}

TEST_F(TrainingPlanTest, APassNeedsARealMass) {
  options.data.synthetic_share = 1;
  const TrainingSet set = set_with(0, /*fresh=*/true);
  EXPECT_ERROR(steps("passes", set), usage, "unit: found passes");
}

TEST_F(TrainingPlanTest, WhereNobodySaysItTheDataDecideTheLength) {
  const auto steps_with = [&](int batch, const TrainingSet& set) {
    options.batch = batch;
    options.unit = "epochs";  // of lengths, of which there are none
    return plan_stages(options, set, {}).back().end_step;
  };
  const TrainingSet set = set_with(0);
  EXPECT_EQ(steps_with(1, set), kLeastSteps) << "40 passes over six images are 480 draws";
  copies = 60;
  const TrainingSet large = set_with(0);
  EXPECT_EQ(steps_with(1, large), 40 * 2 * 66);
  EXPECT_EQ(steps_with(2, large), 40 * 66);
  options.data.synthetic_share = 1;
  EXPECT_EQ(steps_with(1, set_with(0, /*fresh=*/true)), kLeastSteps) << "no real mass is drawn";
  options.stages = {"heads", "all"};
  EXPECT_ERROR(steps_with(1, set), usage, "found 2 stages and 0 lengths");
}

TEST_F(TrainingPlanTest, ANetworkThatCannotBeIsRefused) {
  check(options);
  options.model.backbone.p2 = true;
  EXPECT_ERROR(check(options), usage, "model.anchors.sizes: found 8, expected 10");
}

TEST_F(TrainingPlanTest, ALengthThatTrainsNothingIsRefused) {
  const TrainingSet set = set_with(0);
  options.batch = 1;
  for (const double length : {0.0, -1.0, std::nan("")}) {
    options.lengths = {length};
    EXPECT_ERROR(plan_stages(options, set, {}), usage, "lengths: found");
  }
  options.data.mass_share = 0;
  const TrainingSet none = set_with(0);
  EXPECT_ERROR(steps("epochs", none), usage, "no draw shows one");
}

}  // namespace
}  // namespace mammograft
