#include "prepare/refine.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "core/files.h"
#include "image/image_io.h"
#include "prepare/test_folder.h"

namespace mammograft {
namespace {

// Four findings on one image of even tissue: a mass in a circle, nothing in a box, a mass with a
// drawn contour, and a region to ignore.
class RefineTest : public testing::Test {
 protected:
  const TestFolder folder_;
  Cohort cohort_;
  const Box mass_{60, 50, 84, 90};  // an ellipse

  void SetUp() override {
    cohort_.folder = folder_ / "given";
    cohort_.categories = {{1, "mass"}};
    ImageRecord image;
    image.id = 4;
    image.file_name = "images/a.png";
    image.width = 240;
    image.height = 200;
    image.pixel_spacing_mm = {0.5, 0.25};
    image.status = Status::mass;
    cohort_.images = {image};
    cv::Mat pixels(200, 240, CV_16UC1, cv::Scalar(20000));
    pixels.setTo(30000, decode_rle(rasterize(ellipse(mass_), 200, 240)));
    cv::GaussianBlur(pixels, pixels, {0, 0}, 1);
    fs::create_directories(cohort_.folder / "images");
    write_png(cohort_.folder / image.file_name, pixels);
    add({48, 46, 96, 94}, MaskOrigin::circle);
    add({150, 60, 190, 100}, MaskOrigin::box);
    add(mass_, MaskOrigin::contour);
    add({48, 46, 96, 94}, MaskOrigin::box);
    cohort_.annotations.back().ignore = true;
    write_cohort(cohort_);
  }

  void add(const Box& box, MaskOrigin origin) {
    Annotation annotation;
    annotation.id = std::ssize(cohort_.annotations) + 1;
    annotation.image_id = 4;
    annotation.bbox = box;
    annotation.mask_origin = origin;
    annotation.segmentation = std::vector<Polygon>{ellipse(box)};
    annotation.size_mm = 99;
    annotation.attributes = {{"class", "CIRC"}};
    cohort_.annotations.push_back(annotation);
  }

  Cohort refined(const std::string& name, int threads = 1) {
    Progress progress;
    return refine_cohort(cohort_, folder_ / name, {}, threads, progress);
  }
};

TEST_F(RefineTest, FindsTheMassInItsCircleAndLeavesTheRest) {
  const Cohort cohort = refined("out");
  const Annotation& found = cohort.annotations[0];
  EXPECT_EQ(found.mask_origin, MaskOrigin::refined);
  EXPECT_EQ(found.bbox, cohort_.annotations[0].bbox);
  const Box around = bounds(std::get<std::vector<Polygon>>(found.segmentation));
  EXPECT_GT(iou(around, mass_), 0.85);
  EXPECT_NEAR(*found.size_mm, 20, 1.5);  // 40 rows of 0.5 mm
  EXPECT_EQ(found.attributes["class"], "CIRC");
  EXPECT_EQ(found.attributes["outline"]["from"], "circle");
  EXPECT_GT(found.attributes["outline"]["separation"], 2);
  EXPECT_GT(found.attributes["outline"]["support"], 0.9);

  const Annotation& kept = cohort.annotations[1];
  EXPECT_EQ(kept.mask_origin, MaskOrigin::box);
  EXPECT_EQ(kept.segmentation, cohort_.annotations[1].segmentation);
  EXPECT_EQ(kept.size_mm, 99);
  EXPECT_EQ(kept.attributes["outline"], Json({{"kept", "it hardly stands out"}}));
  for (const size_t i : {size_t{2}, size_t{3}}) {
    EXPECT_EQ(cohort.annotations[i].mask_origin, cohort_.annotations[i].mask_origin);
    EXPECT_EQ(cohort.annotations[i].segmentation, cohort_.annotations[i].segmentation);
    EXPECT_EQ(cohort.annotations[i].attributes, cohort_.annotations[i].attributes);
  }
  EXPECT_EQ(refinement_text(cohort), "1 of 2 outlines refined; kept: 1 (it hardly stands out)");
  EXPECT_EQ(refinement_text(cohort_), "");
}

TEST_F(RefineTest, WritesACohortThatStandsOnItsOwn) {
  refined("one", 1);
  refined("three", 3);
  EXPECT_EQ(read_file(folder_ / "one/images/a.png"), read_file(folder_ / "given/images/a.png"));
  EXPECT_EQ(read_file(folder_ / "one/cohort.json"), read_file(folder_ / "three/cohort.json"));
  const Cohort again = read_cohort(folder_ / "one");
  EXPECT_EQ(again.annotations[0].mask_origin, MaskOrigin::refined);
  check_files(again);
}

TEST_F(RefineTest, KnowsOnlyWhatLiesInTheBreast) {
  // The breast's outline cuts a piece off the mass: what lies beyond is no part of it.
  cohort_.images[0].breast_contour = {{{0, 0}, {78, 0}, {78, 200}, {0, 200}}};
  const Annotation found = refined("out").annotations[0];
  ASSERT_EQ(found.mask_origin, MaskOrigin::refined);
  EXPECT_LT(bounds(std::get<std::vector<Polygon>>(found.segmentation)).x1, 80);
}

TEST_F(RefineTest, RefusesWhatCannotBe) {
  cohort_.images[0].file_name = "../given/images/a.png";
  EXPECT_ERROR(refined("out"), bad_input,
               "given: ../given/images/a.png: expected a file name inside the folder of images");
  RefineOptions options;
  options.circle_size = 2;
  EXPECT_THROW(check_refine_options(options), Error);
  EXPECT_NO_THROW(check_refine_options({}));
}

}  // namespace
}  // namespace mammograft
