#include "cohort/summary.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

ImageRecord record(int64_t id, const std::string& patient, const std::string& view, Status status) {
  ImageRecord image;
  image.id = id;
  image.file_name = "images/" + std::to_string(id) + ".png";
  image.width = 100;
  image.height = 100;
  image.patient_id = patient;
  image.laterality = "L";
  image.view = view;
  image.status = status;
  image.pixel_spacing_mm = {0.5, 0.5};
  image.breast_contour = {{{0, 0}, {50, 0}, {50, 100}, {0, 100}}};
  return image;
}

Annotation sized_finding(int64_t id, int64_t image, Box box, double size_mm) {
  Annotation annotation;
  annotation.id = id;
  annotation.image_id = image;
  annotation.bbox = box;
  annotation.mask_origin = MaskOrigin::box;
  annotation.size_mm = size_mm;
  return annotation;
}

int count_of(const CohortSummary& summary, const std::string& start) {
  for (const Oddity& oddity : summary.odd) {
    if (oddity.what.starts_with(start)) return oddity.count;
  }
  return 0;
}

TEST(Summary, CountsAndFindsWhatIsOdd) {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  cohort.images = {record(1, "t/1", "CC", Status::mass), record(2, "t/1", "MLO", Status::mass),
                   record(3, "t/2", "CC", Status::normal)};
  cohort.images[2].pixel_spacing_mm.reset();
  cohort.annotations = {sized_finding(1, 1, {10, 10, 30, 30}, 10),
                        sized_finding(2, 1, {45, 10, 65, 30}, 2),
                        sized_finding(3, 3, {10, 10, 12, 12}, 30)};
  const CohortSummary summary = summarize(cohort);
  EXPECT_EQ(summary.patients, 2);
  EXPECT_EQ(summary.patients_with_mass, 1);
  EXPECT_EQ(summary.by_status.at("mass"), 2);
  EXPECT_EQ(summary.by_view.at("CC"), 2);
  EXPECT_EQ(summary.by_spacing.at("-"), 1);
  EXPECT_EQ(summary.findings, 3);
  EXPECT_EQ(summary.size_mm.median, 10);
  EXPECT_EQ(summary.longest_px.max, 20);
  EXPECT_EQ(count_of(summary, "images of status mass without"), 1);
  EXPECT_EQ(count_of(summary, "images of status normal with"), 1);
  EXPECT_EQ(count_of(summary, "very small"), 1);
  EXPECT_EQ(count_of(summary, "findings that leave"), 1);
  EXPECT_EQ(count_of(summary, "breasts shown in one view"), 1);
  EXPECT_EQ(count_of(summary, "patients with one image"), 1);
  EXPECT_EQ(count_of(summary, "images without pixel spacing"), 1);
  EXPECT_EQ(count_of(summary, "very large"), 0);
  EXPECT_NE(summary_to_text(summary).find("2 (1 with a mass)"), std::string::npos);
  EXPECT_EQ(summary_to_json(summary)["by_status"]["normal"], 1);
}

TEST(Summary, NamesImagesThatHangOtherwise) {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  for (int64_t id = 1; id <= 10; ++id) {
    cohort.images.push_back(record(id, "t/1", "CC", Status::normal));
    cohort.images.back().laterality = "L";
    cohort.images.back().acquisition["chest_wall"] = id == 4 ? "right" : "left";
  }
  EXPECT_EQ(count_of(summarize(cohort), "images whose chest wall lies on the other side"), 1);
  for (int64_t id = 1; id <= 4; ++id)
    cohort.images[static_cast<size_t>(id)].acquisition["chest_wall"] = "right";
  EXPECT_EQ(count_of(summarize(cohort), "images whose chest wall lies on the other side"), 0)
      << "four of ten are no exception but a habit";
  cohort.images[0].acquisition["chest_wall_by_header"] = "right";
  cohort.images[1].acquisition["chest_wall_by_header"] = "right";
  EXPECT_EQ(count_of(summarize(cohort), "images whose chest wall lies elsewhere"), 1);
}

TEST(Summary, NamesWhatANetworkDoesNotSee) {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  for (int64_t id = 1; id <= 5; ++id) {
    cohort.images.push_back(record(id, "t/1", "CC", Status::mass));
    cohort.images.back().width = cohort.images.back().height = 2048;
    cohort.images.back().breast_bbox = {0, 0, 800, 1016};  // and 4 px around: 2 px make one of 512
  }
  cohort.annotations = {
      sized_finding(1, 1, {10, 10, 13, 13}, 10), sized_finding(2, 2, {10, 10, 11.9, 60}, 10),
      sized_finding(3, 3, {805, 10, 900, 60}, 10), sized_finding(4, 4, {760, 10, 900, 60}, 10),
      sized_finding(5, 5, {10, 10, 11, 11}, 10)};
  cohort.annotations[4].ignore = true;
  const CohortSummary summary = summarize(cohort);
  for (const Oddity& oddity : summary.odd) {
    if (!oddity.what.starts_with("findings that a network does not see")) continue;
    EXPECT_EQ(oddity.examples, (std::vector<std::string>{"images/2.png", "images/3.png"}));
  }
  EXPECT_EQ(count_of(summary, "findings that a network does not see"), 2);
}

TEST(Summary, ShowsTheBitsInUseWhereTheyAreFewer) {
  Cohort cohort;
  cohort.images = {record(1, "t/1", "CC", Status::normal), record(2, "t/1", "CC", Status::normal)};
  cohort.images[0].acquisition = {{"original_bits", 8}};
  EXPECT_EQ(summary_to_text(summarize(cohort)).find("bits in use"), std::string::npos);
  cohort.images[1].acquisition = {{"original_bits", 16}, {"value_bits", 12}};
  const CohortSummary summary = summarize(cohort);
  EXPECT_NE(summary_to_text(summary).find("bits in use       12: 1, 16: 1"), std::string::npos);
  EXPECT_EQ(summary_to_json(summary)["by_value_bits"]["12"], 1);
}

TEST(Summary, QuantilesInterpolate) {
  const Quantiles q = quantiles_of({4, 1, 3, 2});
  EXPECT_DOUBLE_EQ(q.p25, 1.75);
  EXPECT_DOUBLE_EQ(q.median, 2.5);
  EXPECT_EQ(q.max, 4);
  EXPECT_EQ(quantiles_of({}).count, 0);
}

}  // namespace
}  // namespace mammograft
