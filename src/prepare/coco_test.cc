#include "prepare/coco.h"

#include <opencv2/imgproc.hpp>

#include "core/files.h"
#include "image/image_io.h"
#include "prepare/test_folder.h"

namespace mammograft {
namespace {

class CocoTest : public FolderTest {
 protected:
  CocoTest() {
    options_.dataset = "set";
    options_.file_regex = "^([0-9]+)_(LEFT|RIGHT)_(CC|MLO)";
    options_.file_groups = {"patient", "laterality", "view"};
    fs::create_directories(folder_ / "in");
    write_picture("001_LEFT_CC.png", CV_8UC1, 100);
    write_picture("001_LEFT_MLO.png", CV_16UC1, 30000);
    write_picture("002_RIGHT_CC.png", CV_8UC1, 100);
  }

  void write_picture(const std::string& name, int type, double value, int side = 80) {
    cv::Mat pixels(side, side, type, cv::Scalar(0));
    pixels(cv::Rect(0, 8, side / 2, side - 16)).setTo(value);
    write_png(folder_ / "in" / name, pixels);
  }

  static std::string image(int id, const std::string& name, const std::string& more = "") {
    return fmt::format(R"({{"id": {}, "file_name": "{}", "width": 80, "height": 80{}}})", id, name,
                       more);
  }
  static std::string three_images(const std::string& more = "") {
    return image(0, "001_LEFT_CC.png", more) + "," + image(1, "001_LEFT_MLO.png", more) + "," +
           image(2, "002_RIGHT_CC.png", more);
  }
  static std::string box(int id, int image_id, int category = 0) {
    return fmt::format(
        R"({{"id": {}, "image_id": {}, "category_id": {}, "bbox": [10, 20, 20, 10],
             "segmentation": [], "iscrowd": 0}})",
        id, image_id, category);
  }

  Cohort prepare(const std::string& images, const std::string& annotations) {
    write_file(
        folder_ / "in.json",
        R"({"categories": [{"id": 0, "name": "Mass"}, {"id": 3, "name": "Calc"}], "images": [)" +
            images + R"(], "annotations": [)" + annotations + "]}");
    Progress progress;
    prepare_coco(folder_ / "in.json", folder_ / "in", folder_ / "out", options_, progress);
    return read_cohort(folder_ / "out");
  }
  Cohort prepare() { return prepare(three_images(), box(7, 0) + "," + box(8, 1, 3)); }

  std::string message_of(ErrorKind kind, const std::string& images,
                         const std::string& annotations) {
    return error_of(kind, [&] { prepare(images, annotations); });
  }
  std::string message_of(ErrorKind kind) {
    return error_of(kind, [&] { prepare(); });
  }

  CocoOptions options_;
};

TEST_F(CocoTest, ReadsBoxesAndFileNames) {
  const Cohort cohort = prepare();
  ASSERT_EQ(cohort.images.size(), 3u);
  EXPECT_EQ(cohort.images[0].file_name, "images/001_LEFT_CC.png");
  EXPECT_EQ(cohort.images[0].patient_id, "set/001");
  EXPECT_EQ(cohort.images[2].laterality, "R");
  EXPECT_EQ(cohort.images[1].view, "MLO");
  EXPECT_EQ(cohort.images[0].status, Status::mass);
  EXPECT_EQ(cohort.images[2].status, Status::unknown);
  EXPECT_EQ(cohort.images[0].acquisition["original_bits"], 8);
  EXPECT_EQ(cohort.images[1].acquisition["original_bits"], 16);
  EXPECT_EQ(read_pixels(cohort, cohort.images[0]).at<uint16_t>(40, 5), 25700);
  EXPECT_EQ(read_pixels(cohort, cohort.images[1]).at<uint16_t>(40, 5), 30000);
  ASSERT_EQ(cohort.annotations.size(), 2u);
  const Annotation& mass = cohort.annotations[0];
  EXPECT_EQ(mass.category_id, 1);
  EXPECT_EQ(mass.mask_origin, MaskOrigin::box);
  EXPECT_FALSE(mass.size_mm);  // no spacing
  EXPECT_NEAR(double(area(annotation_mask(mass, cohort.images[0]))), 3.14159 * 50, 8);
}

// A 16-bit file whose values use fewer bits looks black, and is none the less the same picture.
TEST_F(CocoTest, KeepsValuesOfFewerBitsAndFindsTheBreastAllTheSame) {
  const Box whole = *prepare().images[1].breast_bbox;
  EXPECT_NEAR(whole.x1, 40, 3);
  for (const int bits : {10, 12, 14}) {
    const int value = 30000 >> (16 - bits);
    write_picture("001_LEFT_MLO.png", CV_16UC1, value);
    const ImageRecord image = prepare().images[1];
    EXPECT_EQ(image.breast_bbox, whole) << bits;
    EXPECT_EQ(image.acquisition["value_bits"], bits);
    EXPECT_EQ(image.acquisition["range"], (Json{0, value}));
    EXPECT_EQ(read_image(folder_ / "out" / image.file_name).pixels.at<uint16_t>(40, 5), value);
  }
}

TEST_F(CocoTest, SelectsCategories) {
  options_.categories = {"Mass"};
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.annotations.size(), 1u);
  EXPECT_EQ(cohort.images[1].status, Status::other);  // a calcification, no mass
  options_.categories = {"0"};
  EXPECT_EQ(prepare().annotations.size(), 1u);
  options_.categories = {"Cyst"};
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "the file has Mass (0), Calc (3)");
}

TEST_F(CocoTest, ResizesImagesMasksAndSpacing) {
  options_.resize = {40, 80};
  options_.mm_per_px = {0.1, 0.2};
  const std::string polygon = R"({"id": 1, "image_id": 0, "category_id": 0,
      "bbox": [10, 20, 20, 30], "segmentation": [[10, 20, 30, 20, 30, 50, 10, 50]]})";
  const std::string rle = R"({"id": 2, "image_id": 1, "category_id": 0, "bbox": [20, 0, 10, 80],
      "segmentation": {"size": [80, 80], "counts": [1600, 800, 4000]}})";
  const Cohort cohort = prepare(three_images(), polygon + "," + rle);
  EXPECT_EQ(cohort.images[0].width, 40);
  EXPECT_EQ(read_pixels(cohort, cohort.images[0]).cols, 40);
  EXPECT_EQ(cohort.annotations[0].bbox, (Box{5, 20, 15, 50}));
  EXPECT_EQ(cohort.annotations[0].mask_origin, MaskOrigin::contour);
  EXPECT_NEAR(*cohort.annotations[0].size_mm, std::hypot(2, 3), 1e-3);  // the diagonal
  EXPECT_EQ(area(annotation_mask(cohort.annotations[0], cohort.images[0])), 10 * 30);
  EXPECT_EQ(area(annotation_mask(cohort.annotations[1], cohort.images[1])), 5 * 80);
  EXPECT_NEAR(cohort.images[0].breast_bbox->x1, 20, 3);
  options_.resize = {40};
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "resize: ");
  options_.resize = {};
  options_.mm_per_px = {-1};
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "mm_per_px: ");
}

TEST_F(CocoTest, TakesFactsFromKeysAndTable) {
  options_.file_regex = "";
  options_.patient_key = "pid";
  options_.status_key = "label";
  options_.normal_values = {"1"};
  const std::string keys = R"(, "pid": 12, "label": 1)";
  Cohort cohort = prepare(three_images(keys), "");
  EXPECT_EQ(cohort.images[1].patient_id, "set/12");
  EXPECT_EQ(cohort.images[1].status, Status::normal);
  options_.table = (folder_ / "t.csv").string();
  write_file(options_.table,
             "file_name,patient,laterality,split,status\n001_LEFT_CC,x,left,test,odd\n"
             "002_RIGHT_CC.png,y,,train,\n");
  cohort = prepare(three_images(keys), "");
  EXPECT_EQ(cohort.images[0].patient_id, "set/x");
  EXPECT_EQ(cohort.images[0].laterality, "L");
  EXPECT_EQ(cohort.images[0].split, "test");
  EXPECT_EQ(cohort.images[0].status, Status::other);  // neither normal nor a mass
  EXPECT_EQ(cohort.images[2].status, Status::normal);
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input), "pid: missing");
  write_file(options_.table, "patient\nx\n");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input, three_images(keys), ""),
                  "t.csv: line 1: there is no column file_name");
}

TEST_F(CocoTest, RefusesContradictionsAndUnknownPatients) {
  options_.status_key = "label";
  EXPECT_CONTAINS(
      message_of(ErrorKind::bad_input, three_images(R"(, "label": "normal")"), box(1, 0)),
      "images[0]: status: 001_LEFT_CC.png is called normal");
  options_.status_key = "";
  options_.file_regex = "^(9+)_(LEFT|RIGHT)_(CC|MLO)";
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "001_LEFT_CC.png: the patient is not known");
  options_.file_regex = "((";
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "file_regex: ");
  options_.file_regex = "([0-9]+)";
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "file_groups: found 3 names");
  options_.dataset = "";
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "dataset: ");
}

TEST_F(CocoTest, RefusesTwoImagesWithOneName) {
  fs::copy(folder_ / "in/001_LEFT_CC.png", folder_ / "in/001_LEFT_CC.jpg");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input,
                             image(0, "001_LEFT_CC.png") + "," + image(1, "001_LEFT_CC.jpg"), ""),
                  "two images with one name");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input, image(0, "../001_LEFT_CC.png"), ""),
                  "inside the folder of images");
}

TEST_F(CocoTest, NeverOverwritesItsSource) {
  fs::create_directories(folder_ / "out/images");
  fs::copy(folder_ / "in/001_LEFT_CC.png", folder_ / "out/images/001_LEFT_CC.png");
  write_file(folder_ / "in.json", R"({"categories": [{"id": 0, "name": "Mass"}], "images": [)" +
                                      image(0, "001_LEFT_CC.png") + R"(], "annotations": []})");
  Progress progress;
  EXPECT_CONTAINS(error_of(ErrorKind::usage,
                           [&] {
                             prepare_coco(folder_ / "in.json", folder_ / "out/images",
                                          folder_ / "out", options_, progress);
                           }),
                  "would overwrite its own source");
}

TEST_F(CocoTest, StopsOrSkipsAtABadImage) {
  write_picture("002_RIGHT_CC.png", CV_8UC1, 90, 64);
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input), "found 64 x 64 pixels, expected 80 x 80");
  EXPECT_FALSE(fs::exists(folder_ / "out/cohort.json"));
  options_.keep_going = true;
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.images.size(), 2u);
  EXPECT_EQ(cohort.info["skipped"].size(), 1u);
}

TEST_F(CocoTest, OneOptionNamesTheOrigin) {
  options_.mask_origin = "circle";
  options_.split = "train";
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.annotations[0].mask_origin, MaskOrigin::circle);
  EXPECT_EQ(cohort.images[0].split, "train");
}

}  // namespace
}  // namespace mammograft
