#include "evaluate/reading.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

// Two patients with both breasts in two views. Patient a has a mass in both views of the left
// breast, patient b none.
Cohort two_views() {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  int64_t id = 0;
  for (const char* patient : {"a", "b"}) {
    for (const char* side : {"L", "R"}) {
      for (const char* view : {"CC", "MLO"}) {
        ImageRecord image;
        image.id = ++id;
        image.file_name = std::string(patient) + side + view;
        image.width = image.height = 100;
        image.patient_id = patient;
        image.laterality = side;
        image.view = view;
        cohort.images.push_back(image);
      }
    }
  }
  for (int64_t on : {1, 2}) {
    Annotation mass;
    mass.id = on;
    mass.image_id = on;
    mass.bbox = {10, 10, 30, 30};
    cohort.annotations.push_back(mass);
  }
  return cohort;
}

Detection found(int64_t image, double score) {
  return {image, 1, {10, 10, 30, 30}, score, std::nullopt, ""};
}
Detection wrong(int64_t image, double score) {
  return {image, 1, {60, 60, 90, 90}, score, std::nullopt, ""};
}

// The detections keep their order: matches are theirs.
Reading read(const Cohort& cohort, const std::vector<Detection>& detections, Unit unit) {
  const Truth truth = index_truth(cohort);
  return make_reading(truth, detections, match(truth, detections, {}), {0, 0, 0, 0, 1, 1, 1, 1},
                      std::vector<char>(8, 1), unit);
}

const std::vector<Detection> kMarks = {found(1, 0.4), found(2, 0.9), wrong(3, 0.7), wrong(6, 0.2),
                                       wrong(6, 0.8)};

TEST(Reading, OfImagesFindsEveryMassByItself) {
  const Cohort cohort = two_views();
  const Reading reading = read(cohort, kMarks, Unit::image);
  EXPECT_EQ(reading.targets.size(), 2u);
  EXPECT_EQ(reading.cases.size(), 8u);
  const FrocData data = froc_data(reading);
  EXPECT_EQ(data.events.size(), 5u);
  EXPECT_DOUBLE_EQ(tpr_at(make_froc(data), 0.125), 0.5);  // 0.9, and 0.8 wrong
  EXPECT_DOUBLE_EQ(tpr_at(make_froc(data), 0.3), 1.0);
}

TEST(Reading, OfBreastsIsSatisfiedByEitherView) {
  const Cohort cohort = two_views();
  const Reading reading = read(cohort, kMarks, Unit::breast);
  ASSERT_EQ(reading.targets.size(), 1u);
  EXPECT_EQ(reading.targets[0].masses, (std::vector<int>{0, 1}));
  EXPECT_EQ(reading.cases.size(), 4u);
  EXPECT_EQ(reading.cases[0].name, "a L");
  const FrocData data = froc_data(reading);
  EXPECT_EQ(data.masses(), 1);
  EXPECT_EQ(data.events.size(), 4u) << "the second view's mark neither finds nor disturbs";
  EXPECT_DOUBLE_EQ(tpr_at(make_froc(data), 0), 1.0);
  EXPECT_DOUBLE_EQ(make_froc(data).points.back().fppi, 3 / 8.0) << "of images all the same";
}

TEST(Reading, OfPatientsHasOneCaseEach) {
  const Cohort cohort = two_views();
  const FreeResponse cases = free_response(read(cohort, kMarks, Unit::patient));
  ASSERT_EQ(cases.size(), 2u);
  ASSERT_EQ(cases[0].lesions.size(), 1u);
  EXPECT_EQ(cases[0].lesions[0].rating, 0.9);
  EXPECT_EQ(cases[0].false_marks, (std::vector<double>{0.7}));
  EXPECT_EQ(cases[1].false_marks, (std::vector<double>{0.8, 0.2}));
  EXPECT_FALSE(cases[1].diseased());
}

TEST(Reading, LesionsMayWeighAsTheirSizes) {
  Cohort cohort = two_views();
  cohort.annotations[1].image_id = 1;
  cohort.annotations[1].bbox = {50, 10, 70, 30};
  cohort.annotations[0].size_mm = 30;
  const Truth truth = index_truth(cohort);
  Reading reading = read(cohort, {}, Unit::image);
  EXPECT_EQ(free_response(reading)[0].lesions[0].weight, 0.5);
  EXPECT_ERROR(weigh_by_size(truth, reading), bad_input, "aLCC: size of a mass: not known");
  cohort.annotations[1].size_mm = 10;
  weigh_by_size(truth, reading);
  EXPECT_EQ(free_response(reading)[0].lesions[0].weight, 0.75);
  EXPECT_EQ(free_response(reading)[0].lesions[1].weight, 0.25);
}

TEST(Reading, ByBreastNeedsTheSide) {
  Cohort cohort = two_views();
  cohort.images[5].laterality.clear();
  EXPECT_ERROR(read(cohort, kMarks, Unit::breast), bad_input, "bLMLO: laterality: not known");
  EXPECT_FALSE(read(cohort, kMarks, Unit::image).breasts_known());
}

TEST(Reading, ScoresCasesByTheirHighestMark) {
  const Cohort cohort = two_views();
  const Reading reading = read(cohort, kMarks, Unit::image);
  const std::vector<RankedItem> images = case_scores(reading, Unit::image);
  ASSERT_EQ(images.size(), 8u);
  EXPECT_TRUE(images[0].positive);
  EXPECT_EQ(images[0].score, 0.4);
  EXPECT_EQ(images[5].score, 0.8);
  EXPECT_EQ(images[7].score, kUnmarked);
  const std::vector<RankedItem> breasts = case_scores(reading, Unit::breast);
  ASSERT_EQ(breasts.size(), 4u);
  EXPECT_EQ(breasts[0].score, 0.9);
  EXPECT_TRUE(breasts[0].positive);
  EXPECT_FALSE(breasts[1].positive);
  const FrocData roc = roc_data(breasts, reading.patients);
  EXPECT_EQ(roc.masses(), 1);
  EXPECT_EQ(roc.images(), 3);
  EXPECT_DOUBLE_EQ(tpr_at(make_froc(roc), 0), 1.0);
}

TEST(Reading, OnTheCommonScaleKeepsItsFigures) {
  const Cohort cohort = two_views();
  std::vector<Detection> marks = kMarks;  // 0.9 hit, 0.8 and 0.7 wrong, 0.4 hit, 0.2 wrong
  marks.push_back(found(2, 0.8));         // again, counts neither way
  marks[0].score = 0.7;                   // a hit that ties with a false positive
  const Reading reading = read(cohort, marks, Unit::image), same = on_common_scale(reading);
  std::vector<double> scores;
  for (const Reading::Mark& mark : same.marks) scores.push_back(mark.score);
  EXPECT_EQ(scores, (std::vector<double>{-0.5, -1, -2, -2, -3}));
  for (double fppi : {0.0, 0.125, 0.25, 0.375}) {
    EXPECT_EQ(tpr_at(make_froc(froc_data(same)), fppi),
              tpr_at(make_froc(froc_data(reading)), fppi));
  }
  EXPECT_EQ(RankArea(case_scores(same, Unit::image)).value(),
            RankArea(case_scores(reading, Unit::image)).value());
}

TEST(Reading, JoinedHoldsBothReadersApart) {
  const Cohort cohort = two_views();
  const Reading first = read(cohort, kMarks, Unit::image);
  const Reading second = read(cohort, {found(1, 0.5)}, Unit::image);
  const Reading both = joined(first, second);
  EXPECT_EQ(both.patients, 4);
  EXPECT_EQ(both.images.size(), 16u);
  EXPECT_EQ(both.marks.size(), 6u);
  EXPECT_EQ(both.marks[0].score, -0.5) << "before every false positive";
  const FrocData data = froc_data(both);
  EXPECT_EQ(data.patient_of_mass, (std::vector<int>{0, 0, 2, 2}));
  const Reading other = read(Cohort{}, {}, Unit::image);
  EXPECT_ERROR(joined(first, other), defect, "8 and 0 images");
}

}  // namespace
}  // namespace mammograft
