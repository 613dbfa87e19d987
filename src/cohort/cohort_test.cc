#include "cohort/cohort.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "cohort/annotation_index.h"
#include "cohort/fingerprint.h"
#include "core/error.h"
#include "core/files.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

const fs::path kGolden = fs::path(MAMMOGRAFT_SOURCE_DIR) / "tests/golden/cohort";

class CohortTest : public testing::Test {
 protected:
  CohortTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("mammograft_cohort_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~CohortTest() override { fs::remove_all(folder_); }

  // Reads `text` as folder/cohort.json and returns the message of the error that it must give.
  std::string message_of(const std::string& text, ErrorKind kind = ErrorKind::bad_input) {
    write_file(folder_ / "cohort.json", text);
    try {
      read_cohort(folder_);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "was read: " << text;
    return {};
  }

  // A file with one image of 100 x 80 and the given annotations.
  static std::string with_annotations(const std::string& annotations) {
    return R"({"categories": [{"id": 1, "name": "mass"}],
      "images": [{"id": 5, "file_name": "a.png", "width": 100, "height": 80}],
      "annotations": [)" +
           annotations + "]}";
  }
  static std::string with_images(const std::string& images) {
    return R"({"categories": [{"id": 1, "name": "mass"}], "images": [)" + images +
           R"(], "annotations": []})";
  }
  static std::string with_box(const std::string& box) {
    return with_annotations(R"({"id": 1, "image_id": 5, "category_id": 1, "bbox": )" + box + "}");
  }
  static std::string with_mask(const std::string& mask) {
    return with_annotations(
        R"({"id": 1, "image_id": 5, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": )" +
        mask + "}");
  }

  void expect_error(const std::string& text, const std::string& part) {
    EXPECT_NE(message_of(text).find("cohort.json: " + part), std::string::npos)
        << message_of(text) << "\nexpected: " << part;
  }

  fs::path folder_;
};

Cohort example(const fs::path& folder) {
  Cohort cohort;
  cohort.folder = folder;
  cohort.info = {{"description", "test"}};
  cohort.categories = {{1, "mass"}};
  ImageRecord image;
  image.id = 3;
  image.file_name = "images/a.png";
  image.width = 100;
  image.height = 80;
  image.patient_id = "test/1";
  image.laterality = "L";
  image.view = "CC";
  image.pixel_spacing_mm = {0.1, 0.2};
  image.breast_bbox = Box{0, 1, 60, 79.5};
  image.breast_contour = {{{0, 1}, {60, 40}, {0, 79.5}}};
  image.pectoral_contour = {{{0, 1}, {20, 1}, {0, 30}}};
  image.status = Status::mass;
  image.split = "train";
  image.acquisition = {{"original_bits", 12}};
  image.source = {.method = "paste", .seed = 7};
  cohort.images = {image};
  Annotation annotation;
  annotation.id = 9;
  annotation.image_id = 3;
  annotation.bbox = {10, 20, 30.25, 40};
  annotation.segmentation = std::vector<Polygon>{{{10, 20}, {30.25, 20}, {30.25, 40}, {10, 40}}};
  annotation.mask_origin = MaskOrigin::synthetic;
  annotation.size_mm = 4.5;
  annotation.attributes = {{"shape", "oval"}};
  cohort.annotations = {annotation};
  annotation.id = 10;
  annotation.mask_origin = MaskOrigin::refined;
  annotation.ignore = true;
  annotation.segmentation = encode_rle(cv::Mat(80, 100, CV_8UC1, cv::Scalar(1)));
  cohort.annotations.push_back(annotation);
  return cohort;
}

TEST_F(CohortTest, WritesWhatItReads) {
  const Cohort cohort = example(folder_);
  write_cohort(cohort);
  const std::string first = read_file(folder_ / "cohort.json");
  const Cohort again = read_cohort(folder_);
  const ImageRecord& image = again.image(3);
  EXPECT_EQ(image.patient_id, "test/1");
  EXPECT_EQ(image.laterality, "L");
  EXPECT_EQ(image.view, "CC");
  EXPECT_EQ((*image.pixel_spacing_mm)[1], 0.2);
  EXPECT_EQ(*image.breast_bbox, (Box{0, 1, 60, 79.5}));
  EXPECT_EQ(image.breast_contour, cohort.images[0].breast_contour);
  EXPECT_EQ(image.pectoral_contour, cohort.images[0].pectoral_contour);
  EXPECT_EQ(image.status, Status::mass);
  EXPECT_EQ(image.split, "train");
  EXPECT_EQ(image.acquisition, cohort.images[0].acquisition);
  EXPECT_EQ(image.source, cohort.images[0].source);
  ASSERT_EQ(AnnotationIndex(again).of(3).size(), 2u);
  EXPECT_EQ(again.annotations[0].bbox, cohort.annotations[0].bbox);
  EXPECT_EQ(again.annotations[0].mask_origin, MaskOrigin::synthetic);
  EXPECT_EQ(again.annotations[1].mask_origin, MaskOrigin::refined);
  EXPECT_EQ(again.annotations[0].size_mm, 4.5);
  EXPECT_FALSE(again.annotations[0].ignore);
  EXPECT_TRUE(again.annotations[1].ignore);
  EXPECT_EQ(again.annotations[1].segmentation, cohort.annotations[1].segmentation);
  write_cohort(again);
  EXPECT_EQ(read_file(folder_ / "cohort.json"), first);
}

TEST_F(CohortTest, BareCocoGivesTheMasksOfPycocotools) {
  const Cohort cohort = read_cohort(kGolden / "bare.json");
  EXPECT_EQ(cohort.categories[0].id, 0);
  EXPECT_EQ(cohort.images[0].status, Status::mass);
  EXPECT_EQ(cohort.images[1].status, Status::unknown);  // nothing annotated is not normal
  const Json golden = read_json(kGolden / "bare_masks.json");
  ASSERT_EQ(cohort.annotations.size(), golden.size());
  for (size_t i = 0; i < golden.size(); ++i) {
    const Rle rle = annotation_mask(cohort.annotations[i], cohort.images[0]);
    EXPECT_EQ(area(rle), golden[i]["area"].get<int64_t>()) << i;
    const Box box = bounds(rle);
    EXPECT_EQ(Json({box.x0, box.y0, box.width(), box.height()}), golden[i]["bbox"]) << i;
    if (golden[i]["counts"].is_string()) {
      EXPECT_EQ(rle_to_string(rle), golden[i]["counts"].get<std::string>()) << i;
    }
  }
  // Without a segmentation the mask is the box: annotation 3 holds the same box as a polygon.
  Annotation box = cohort.annotations[3];
  box.segmentation = std::monostate{};
  EXPECT_EQ(annotation_mask(box, cohort.images[0]),
            annotation_mask(cohort.annotations[3], cohort.images[0]));
}

TEST_F(CohortTest, BoxComesFromTheMaskWhereThereIsNone) {
  write_file(folder_ / "cohort.json", with_annotations(R"({"id": 1, "image_id": 5, "category_id": 1,
                                  "segmentation": [[10, 20, 30, 20, 30, 50.5]]})"));
  const Cohort cohort = read_cohort(folder_);
  EXPECT_EQ(cohort.annotations[0].bbox, (Box{10, 20, 30, 50.5}));
  EXPECT_EQ(cohort.annotations[0].mask_origin, MaskOrigin::contour);
}

TEST_F(CohortTest, RefusesBadBoxes) {
  const std::string field = "annotations[0].bbox: ";
  expect_error(with_box("[90, 10, 20, 5]"), field + "found x 90 to 110");
  expect_error(with_box("[-3, 10, 20, 5]"), field + "found x -3 to 17");
  EXPECT_NE(message_of(with_box("[40, 10, 90, 50]")).find("found [x0, y0, x1, y1]?"),
            std::string::npos);
  EXPECT_EQ(message_of(with_box("[90, 10, 20, 5]")).find("[x0, y0"), std::string::npos);
  expect_error(with_box("[10, 10, -2, 5]"), field + "found width -2");
  expect_error(with_box("[10, 10, 0, 5]"), field + "found an empty box");
  expect_error(with_box("[100.5, 10, 0.5, 5]"), field + "found an empty box");
  expect_error(with_box("[10, 10, 5]"), field + "expected [x, y, width, height]");
  expect_error(with_box("\"10 10 5 5\""), field);
  expect_error(with_box("[10, 10, \"5\", 5]"), "annotations[0].bbox[2]: expected a number");
  expect_error(with_box("[10, 10, null, 5]"), "annotations[0].bbox[2]: expected a number");
  EXPECT_NE(message_of(with_box("[10, 10, NaN, 5]")).find("not JSON"), std::string::npos);
  EXPECT_NE(message_of(with_box("[10, 10, 1e999, 5]")).find("cohort.json: "), std::string::npos);
}

TEST_F(CohortTest, ClipsBoxesThatRoundingPutOutside) {
  write_file(folder_ / "cohort.json", with_box("[-0.5, 70, 20, 10.9]"));
  EXPECT_EQ(read_cohort(folder_).annotations[0].bbox, (Box{0, 70, 19.5, 80}));
}

TEST_F(CohortTest, RefusesUnknownAndDuplicateIds) {
  const std::string one = R"({"id": 1, "image_id": 5, "category_id": 1, "bbox": [1, 2, 3, 4]})";
  expect_error(with_annotations(one + "," + one), "annotations[1].id: expected an id not used");
  expect_error(with_annotations(R"({"id": 1, "image_id": 6, "category_id": 1})"),
               "annotations[0].image_id: expected the id of an image, found 6");
  expect_error(
      with_annotations(R"({"id": 1, "image_id": 5, "category_id": 2, "bbox": [1, 2, 3, 4]})"),
      "annotations[0].category_id: expected the id of a category, found 2");
  const std::string a = R"({"id": 5, "file_name": "a.png", "width": 10, "height": 8})";
  expect_error(with_images(a + "," + a), "images[1].id: expected an id not used before");
  expect_error(with_images(a + R"(,{"id": 6, "file_name": "a.png", "width": 9, "height": 8})"),
               "images[1].file_name: expected a name that no other image has");
}

TEST_F(CohortTest, RefusesBadKeys) {
  expect_error("{}", "categories: missing");
  expect_error(R"({"categories": [{"id": 1, "name": "mass"}]})", "images: missing");
  expect_error("[]", "expected an object");
  expect_error(with_images(R"({"id": 1, "width": 10, "height": 8})"),
               "images[0].file_name: missing");
  expect_error(with_images(R"({"id": 1, "file_name": "a", "width": 9})"),
               "images[0].height: missing");
  for (const char* width : {"0", "-9"})
    expect_error(with_images(R"({"id": 1, "file_name": "a", "height": 8, "width": )" +
                             std::string(width) + "}"),
                 "images[0].width: expected a size");
  const std::string start = R"({"id": 1, "file_name": "a", "width": 9, "height": 8, )";
  expect_error(with_images(start + R"("status": "ill"})"), "images[0].status: expected");
  expect_error(with_images(start + R"("laterality": "left"})"), "images[0].laterality: expected");
  expect_error(with_images(start + R"("split": 0})"), "images[0].split: expected a text");
  expect_error(with_images(start + R"("acquisition": "GE"})"), "images[0].acquisition: expected");
  expect_error(with_images(start + R"("patient_id": 12})"),
               "images[0].patient_id: expected a text");
  expect_error(with_images(start + R"("pixel_spacing_mm": [0.1, 0]})"),
               "images[0].pixel_spacing_mm: expected");
  expect_error(with_images(start + R"("breast_bbox": [0, 0, 20, 8]})"), "images[0].breast_bbox:");
  const std::string whole = with_box("[1, 2, 3, 4]");
  for (const std::string& text : {whole.substr(0, whole.size() / 2), std::string("no JSON at all")})
    EXPECT_NE(message_of(text).find("not JSON"), std::string::npos) << text;
  EXPECT_NE(message_of("").find("cohort.json"), std::string::npos);
}

TEST_F(CohortTest, RefusesBadMasks) {
  const std::string field = "annotations[0].segmentation";
  expect_error(with_mask("[[1, 2, 3, 4]]"), field + "[0]: expected x, y of three points");
  expect_error(with_mask("[[1, 2, 3, 4, 5, 6, 7]]"), field + "[0]: expected x, y of three points");
  expect_error(with_mask(R"({"size": [80, 100], "counts": [10, 20]})"),
               field + ".counts: the runs add up to 30");
  expect_error(with_mask(R"({"size": [80, 100], "counts": [-5, 8005]})"),
               field + ".counts[0]: expected a run length");
  expect_error(with_mask(R"({"size": [80, 100], "counts": "0"})"), field + ".counts: ");
  expect_error(with_mask(R"({"size": [100, 80], "counts": [8000]})"), field + ".size: ");
  expect_error(with_mask("3"), field + ": expected polygons or run lengths");
}

TEST_F(CohortTest, MissingFileIsInputOutput) {
  EXPECT_THROW(
      try { read_cohort(folder_ / "none.json"); } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::io);
        throw;
      },
      Error);
  EXPECT_THROW(read_cohort(folder_), Error);  // a folder without cohort.json
}

TEST_F(CohortTest, PixelsMustHaveTheRecordedSize) {
  const Cohort cohort = example(folder_);
  fs::create_directories(folder_ / "images");
  write_png(folder_ / "images/a.png", cv::Mat(80, 100, CV_16UC1, cv::Scalar(25777)));
  EXPECT_EQ(read_pixels(cohort, cohort.images[0]).at<uint16_t>(79, 99), 25777);
  EXPECT_NO_THROW(check_files(cohort));
  write_png(folder_ / "images/a.png", cv::Mat(80, 99, CV_16UC1, cv::Scalar(25777)));
  EXPECT_THROW(read_pixels(cohort, cohort.images[0]), Error);
  EXPECT_THROW(check_files(cohort), Error);
  fs::remove(folder_ / "images/a.png");
  EXPECT_THROW(check_files(cohort), Error);
}

TEST_F(CohortTest, MergesUnderNewIds) {
  Cohort first = example(folder_ / "one");
  Cohort second = example(folder_ / "two");
  second.categories = {{1, "cyst"}, {0, "Mass"}};
  second.annotations[0].category_id = 0;
  second.annotations[1].category_id = 1;
  const Cohort all = merge({first, second});
  ASSERT_EQ(all.images.size(), 2u);
  EXPECT_EQ(all.images[1].file_name, (folder_ / "two/images/a.png").string());
  EXPECT_NE(all.images[0].id, all.images[1].id);
  ASSERT_EQ(all.annotations.size(), 4u);
  EXPECT_EQ(all.annotations[2].image_id, all.images[1].id);
  EXPECT_EQ(all.annotations[2].category_id, 1);  // "Mass" is the first one's "mass"
  EXPECT_EQ(all.annotations[3].category_id, 2);
  EXPECT_THROW(merge({first, first}), Error);
}

TEST_F(CohortTest, FingerprintTellsWhatIsLearntFrom) {
  const Cohort cohort = example(folder_);
  const std::string before = fingerprint(cohort);
  EXPECT_EQ(before, fingerprint(example(folder_)));
  Cohort other = cohort;
  other.images[0].patient_id += "x";
  EXPECT_NE(fingerprint(other), before);
  other = cohort;
  other.images[0].status = Status::unknown;
  EXPECT_NE(fingerprint(other), before);
  other = cohort;
  other.annotations[0].bbox.x1 += 0.5;
  EXPECT_NE(fingerprint(other), before);
  other = cohort;
  other.annotations[0].segmentation = std::vector<Polygon>{{{1, 1}, {3, 1}, {3, 2}}};
  EXPECT_NE(fingerprint(other), before);
  other = cohort;
  other.annotations[0].ignore = !other.annotations[0].ignore;
  EXPECT_NE(fingerprint(other), before);
  other = cohort;
  other.images[0].pixel_spacing_mm = {0.3, 0.3};
  EXPECT_NE(fingerprint(other), before);
  other = cohort;
  other.images[0].view = "other";
  EXPECT_NE(fingerprint(other), before);
}

TEST_F(CohortTest, FiltersImagesWithTheirAnnotations) {
  Cohort cohort = example(folder_);
  cohort.images.push_back(cohort.images[0]);
  cohort.images[1].id = 4;
  const Cohort part = filter(cohort, [](const ImageRecord& image) { return image.id == 4; });
  EXPECT_EQ(part.images.size(), 1u);
  EXPECT_TRUE(part.annotations.empty());
}

}  // namespace
}  // namespace mammograft
