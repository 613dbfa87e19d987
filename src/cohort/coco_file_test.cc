#include "cohort/coco_file.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class CocoFileTest : public testing::Test {
 protected:
  static std::string image(int id, const std::string& more = "") {
    return fmt::format(R"({{"id": {}, "file_name": "{}.png", "width": 100, "height": 80{}}})", id,
                       id, more);
  }
  static std::string annotation(int id, int image_id, const std::string& more = "") {
    return fmt::format(
        R"({{"id": {}, "image_id": {}, "category_id": 1, "bbox": [10, 20, 30, 40]{}}})", id,
        image_id, more);
  }

  // What the reader says on stderr stands in said_ afterwards.
  CocoFile read(const std::string& images, const std::string& annotations,
                const CocoReading& reading = {}) {
    write_file(folder_ / "theirs.json",
               R"({"categories": [{"id": 1, "name": "mass"}], "images": [)" + images +
                   R"(], "annotations": [)" + annotations + "]}");
    testing::internal::CaptureStderr();
    try {
      CocoFile file = read_coco_file(folder_ / "theirs.json", reading);
      said_ = testing::internal::GetCapturedStderr();
      return file;
    } catch (...) {
      said_ = testing::internal::GetCapturedStderr();
      throw;
    }
  }
  static CocoReading keep_going() {
    CocoReading reading;
    reading.keep_going = true;
    return reading;
  }

  const TestFolder folder_;
  std::string said_;
};

TEST_F(CocoFileTest, OursAreFoldersAndCohortJson) {
  EXPECT_TRUE(is_own_cohort(folder_.path()));
  EXPECT_TRUE(is_own_cohort("somewhere/cohort.json"));
  EXPECT_FALSE(is_own_cohort("somewhere/annotations.json"));
}

TEST_F(CocoFileTest, KeysThatMeanSomethingElseArePassedOver) {
  for (const char* more :
       {R"("status": "annotated")", R"("status": 1)", R"("split": 0)", R"("view": 1)",
        R"("laterality": "LEFT")", R"("acquisition": "GE")", R"("source": "pacs")",
        R"("source": {"institution": "x"})", R"("pixel_spacing_mm": 0.1)", R"("patient_id": {})",
        R"("breast_bbox": "left")", R"("breast_contour": [1, 2])"}) {
    const CocoFile file = read(image(1, std::string(", ") + more), annotation(1, 1));
    const ImageRecord& image = file.cohort.images.at(0);
    EXPECT_EQ(image.status, Status::mass) << more;
    EXPECT_EQ(image.split + image.view + image.laterality + image.patient_id, "") << more;
    EXPECT_TRUE(image.acquisition.empty() && !image.source) << more;
    EXPECT_FALSE(image.pixel_spacing_mm || image.breast_bbox) << more;
    EXPECT_TRUE(image.breast_contour.empty()) << more;
    EXPECT_NE(said_.find("theirs.json: images[0]."), std::string::npos) << said_;
    EXPECT_NE(said_.find("passed over"), std::string::npos) << said_;
  }
  for (const char* more : {R"("attributes": [])", R"("attributes": [1, 2])", R"("attributes": "x")",
                           R"("mask_origin": "human")", R"("size_mm": "large")"}) {
    const CocoFile file = read(image(1), annotation(1, 1, std::string(", ") + more));
    EXPECT_TRUE(file.cohort.annotations.at(0).attributes.empty()) << more;
    EXPECT_EQ(file.cohort.annotations[0].mask_origin, MaskOrigin::box) << more;
    EXPECT_FALSE(file.cohort.annotations[0].size_mm) << more;
    EXPECT_NE(said_.find("theirs.json: annotations[0]."), std::string::npos) << said_;
  }
}

TEST_F(CocoFileTest, OneLineAKey) {
  read(image(1, R"(, "view": 1)") + "," + image(2, R"(, "view": 2)") + "," +
           image(3, R"(, "view": 3)"),
       "");
  EXPECT_NE(
      said_.find("images[0].view: expected a text, found 1; passed over, as in 2 more places"),
      std::string::npos)
      << said_;
  EXPECT_EQ(std::count(said_.begin(), said_.end(), '\n'), 1) << said_;
}

TEST_F(CocoFileTest, KeysOfOurFormCount) {
  const std::string more =
      R"(, "patient_id": 12, "laterality": "L", "view": "CC", "status": "normal", "split": "test",
         "pixel_spacing_mm": [0.1, 0.2], "acquisition": {"vendor": "GE"},
         "source": {"method": "paste", "seed": 1})";
  const ImageRecord all = read(image(1, more), "").cohort.images.at(0);
  EXPECT_EQ(all.patient_id, "12");
  EXPECT_EQ(all.laterality, "L");
  EXPECT_EQ(all.status, Status::normal);
  EXPECT_EQ(all.split, "test");
  EXPECT_EQ((*all.pixel_spacing_mm)[1], 0.2);
  EXPECT_EQ(all.source->method, "paste");
  EXPECT_EQ(said_, "");
  CocoReading reading;
  reading.own_facts = false;
  const ImageRecord some = read(image(1, more), "", reading).cohort.images.at(0);
  EXPECT_EQ(some.patient_id + some.laterality + some.view + some.split, "");
  EXPECT_EQ(some.status, Status::unknown);
  EXPECT_TRUE(some.pixel_spacing_mm);
}

TEST_F(CocoFileTest, StrayPartsOfAnOutlineAreLeftOut) {
  const std::string whole = "[15, 25, 30, 25, 30, 45]";
  for (const char* stray : {"[30, 70]", "[30, 70, 31, 71]", "[]"}) {
    const CocoFile file =
        read(image(1), annotation(1, 1, R"(, "segmentation": [)" + whole + ", " + stray + "]"));
    const Annotation& found = file.cohort.annotations.at(0);
    ASSERT_EQ(std::get<std::vector<Polygon>>(found.segmentation).size(), 1u) << stray;
    EXPECT_EQ(found.bbox, (Box{15, 25, 30, 45})) << "the given box may hold the stray part";
    EXPECT_NE(said_.find("annotations[0].segmentation[1]"), std::string::npos) << said_;
  }
  for (const char* nothing : {"[[]]", "[[30, 70]]", "[[30, 70, 31, 71], []]"}) {
    const CocoFile file =
        read(image(1), annotation(1, 1, std::string(R"(, "segmentation": )") + nothing));
    const Annotation& found = file.cohort.annotations.at(0);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(found.segmentation)) << nothing;
    EXPECT_EQ(found.bbox, (Box{10, 20, 40, 60}));
    EXPECT_EQ(found.mask_origin, MaskOrigin::box);
    EXPECT_NE(said_.find("the box stands for it"), std::string::npos) << said_;
  }
  EXPECT_ERROR(read(image(1), annotation(1, 1, R"(, "segmentation": [[1, 2, 3, 4, 5]])")),
               bad_input, "annotations[0].segmentation[0]: expected x, y of three points");
}

TEST_F(CocoFileTest, FractionsOfTheImageAreNoPixels) {
  const std::string small =
      R"({"id": 1, "image_id": 1, "category_id": 1, "bbox": [0.4, 0.5, 0.1, 0.1]})";
  EXPECT_ERROR(read(image(1), small), bad_input, "theirs.json: annotations: found fractions");
  EXPECT_NO_THROW(read(image(1), small + "," + annotation(2, 1)));
}

TEST_F(CocoFileTest, KeepGoingSkipsImagesNeverAnnotationsAlone) {
  const std::string outside =
      R"({"id": 3, "image_id": 2, "category_id": 1, "bbox": [90, 20, 30, 40]})";
  const std::string images = image(1) + "," + image(2) + "," + image(3);
  const std::string good = annotation(1, 1) + "," + annotation(2, 2) + "," + annotation(4, 3);
  EXPECT_ERROR(read(images, good + "," + outside), bad_input, "annotations[3].bbox");
  const CocoFile file = read(images, good + "," + outside, keep_going());
  ASSERT_EQ(file.cohort.images.size(), 2u);
  EXPECT_EQ(file.cohort.images[1].id, 3);
  EXPECT_EQ(file.cohort.annotations.size(), 2u);
  ASSERT_EQ(file.skipped.size(), 1u);
  EXPECT_EQ(file.skipped[0].file_name, "2.png");
  EXPECT_NE(file.skipped[0].reason.find("annotations[3].bbox"), std::string::npos);
}

TEST_F(CocoFileTest, KeepGoingSkipsEntriesThatAreWrongOrMeet) {
  const std::string no_height = R"({"id": 2, "file_name": "2.png", "width": 100})";
  const std::string same_file = R"({"id": 5, "file_name": "4.png", "width": 100, "height": 80})";
  const std::string images = image(1) + "," + no_height + "," + image(3) + "," + image(3) + "," +
                             image(4) + "," + same_file;
  std::string annotations;
  for (int i = 1; i <= 5; ++i) annotations += annotation(i, i) + ",";
  annotations += annotation(6, 77);  // of no image at all
  const CocoFile file = read(images, annotations, keep_going());
  ASSERT_EQ(file.cohort.images.size(), 1u);
  EXPECT_EQ(file.cohort.images[0].id, 1);
  ASSERT_EQ(file.cohort.annotations.size(), 1u);
  std::vector<std::string> names;
  for (const SkippedImage& image : file.skipped) names.push_back(image.file_name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"2.png", "3.png", "3.png", "4.png", "4.png"}));
  EXPECT_NE(said_.find("annotations[5].image_id"), std::string::npos) << said_;
}

}  // namespace
}  // namespace mammograft
