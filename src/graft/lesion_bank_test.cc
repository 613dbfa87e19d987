#include "graft/lesion_bank.h"

#include <cmath>

#include "core/testing.h"
#include "graft/testing.h"

namespace mammograft {
namespace {

LesionBank collect(const Cohort& cohort, const LesionBankOptions& options = {},
                   const std::vector<double>& mm_per_px = {}) {
  Progress progress;
  return collect_lesions(cohort, options, {}, mm_per_px, 2, progress);
}

TEST(LesionBank, CutsOutEveryMassWithItsSurroundings) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder.path(), 3, 1);
  const LesionBank bank = collect(cohort);
  ASSERT_EQ(bank.lesions.size(), 3u);
  EXPECT_TRUE(bank.left_out.empty());
  const Lesion& lesion = bank.lesions[1];
  EXPECT_EQ(lesion.patient_id, "t/2");
  EXPECT_EQ(lesion.file_name, "images/2.png");
  EXPECT_EQ(lesion.annotation_id, 102);
  EXPECT_EQ(lesion.view, "CC");
  EXPECT_NEAR(lesion.size_mm, 2 * kTestRadius * kTestSpacing, kTestSpacing);
  // 1 mm of dilation and 2 mm of surroundings are 6 px on each side.
  EXPECT_EQ(lesion.pixels.size(), cv::Size(18 + 12, 18 + 12));
  const cv::Mat whole = read_pixels(cohort, cohort.images[1]);
  EXPECT_EQ(cv::norm(whole({26 - 9 - 6, 60 - 9 - 6, 30, 30}), lesion.pixels, cv::NORM_INF), 0);
  EXPECT_EQ(cv::countNonZero(lesion.mask & ~lesion.omega), 0);
  EXPECT_GT(cv::countNonZero(lesion.omega), cv::countNonZero(lesion.mask));
}

TEST(LesionBank, LeavesOutWhatCannotBeGrafted) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), 5, 0);
  const auto move_to = [&](size_t i, Point center) {
    cohort.annotations[i].segmentation = std::vector<Polygon>{test_disc(center, kTestRadius)};
  };
  move_to(0, {12, 64});  // its surroundings reach beyond the image
  move_to(1, {52, 64});  // half in air
  cohort.annotations[2].ignore = true;
  cohort.images[3].source = {.method = "pie"};
  const LesionBank bank = collect(cohort);
  ASSERT_EQ(bank.lesions.size(), 1u);
  EXPECT_EQ(bank.lesions[0].annotation_id, 105);
  std::map<int64_t, std::string> reasons;
  for (const LeftOut& one : bank.left_out) reasons[one.annotation_id] = one.reason;
  EXPECT_EQ(reasons[101], "it reaches the border of the image");
  EXPECT_EQ(reasons[102], "it touches air, a label or the film's edge");
  EXPECT_EQ(reasons[103], "a region to ignore");
  EXPECT_EQ(reasons[104], "it is synthetic");
}

TEST(LesionBank, ABoxCountsAsItsEllipse) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), 1, 0);
  cohort.annotations[0].segmentation = std::monostate();
  cohort.annotations[0].mask_origin = MaskOrigin::box;
  const LesionBank bank = collect(cohort);
  EXPECT_NEAR(cv::countNonZero(bank.lesions[0].mask), CV_PI * kTestRadius * kTestRadius, 8);
}

TEST(LesionBank, KnowsHowMuchAirAnAnnotatorsBoxHas) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), 2, 0);
  Box& box = cohort.annotations[0].bbox;  // 18 px, of the outline
  box = {box.x0 - 4, box.y0, box.x1 + 4, box.y1 + 2};
  const LesionBank bank = collect(cohort);
  EXPECT_NEAR(bank.lesions[0].box_air, std::sqrt(26.0 * 20 / (18 * 18)), 1e-9);
  EXPECT_NEAR(bank.lesions[1].box_air, 1, 1e-9);
}

TEST(LesionBank, LeavesOutCirclesAndBoxesWhereToldTo) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), 4, 0);
  const MaskOrigin origins[] = {MaskOrigin::circle, MaskOrigin::refined, MaskOrigin::box,
                                MaskOrigin::contour};
  for (size_t i = 0; i < 4; ++i) cohort.annotations[i].mask_origin = origins[i];
  EXPECT_EQ(collect(cohort).lesions.size(), 4u);
  LesionBankOptions options;
  options.outlines = "known";
  const LesionBank bank = collect(cohort, options);
  ASSERT_EQ(bank.lesions.size(), 2u);
  EXPECT_EQ(bank.lesions[0].annotation_id, cohort.annotations[1].id);
  EXPECT_EQ(bank.lesions[1].annotation_id, cohort.annotations[3].id);
  ASSERT_EQ(bank.left_out.size(), 2u);
  EXPECT_EQ(bank.left_out[1].reason,
            "only a circle or a box is known, in which 'refine' finds outlines");
}

TEST(LesionBank, BadCohorts) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), 2, 1);
  cohort.images[0].pixel_spacing_mm.reset();
  EXPECT_ERROR(collect(cohort), bad_input, "--mm-per-px");
  EXPECT_EQ(collect(cohort, {}, {0.5}).lesions.size(), 2u);
  EXPECT_ERROR(collect(cohort, {}, {0.5, -1}), usage, "positive");
  for (Annotation& annotation : cohort.annotations) annotation.ignore = true;
  EXPECT_ERROR(collect(cohort, {}, {0.5}), bad_input, "left out 2 because a region to ignore");
  cohort.annotations.clear();
  EXPECT_ERROR(collect(cohort), bad_input, "the cohort has no masses");
}

}  // namespace
}  // namespace mammograft
