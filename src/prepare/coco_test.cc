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
             "images/002_RIGHT_CC.dcm,y,,train,\n");
  cohort = prepare(three_images(keys), "");
  EXPECT_EQ(cohort.images[0].patient_id, "set/x");
  EXPECT_EQ(cohort.images[0].laterality, "L");
  EXPECT_EQ(cohort.images[0].split, "test");
  EXPECT_EQ(cohort.images[0].status, Status::other);  // neither normal nor a mass
  EXPECT_EQ(cohort.images[2].patient_id, "set/y") << "with a folder and another suffix";
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

// Keys that ours are called by too mean, in a file of others, what the options say, or nothing.
TEST_F(CocoTest, ReadsOtherPeoplesKeysOnlyWhereToldTo) {
  options_.file_regex = "";
  options_.patient_key = "patient_id";
  const std::string keys = R"(, "patient_id": 12, "laterality": "LEFT", "view": 1, "status": 1,
                               "split": 0, "acquisition": "GE", "source": "pacs")";
  Cohort cohort = prepare(three_images(keys), box(1, 0));
  EXPECT_EQ(cohort.images[1].patient_id, "set/12");
  EXPECT_EQ(cohort.images[1].laterality + cohort.images[1].view + cohort.images[1].split, "");
  EXPECT_EQ(cohort.images[0].status, Status::mass);
  EXPECT_EQ(cohort.images[1].status, Status::unknown);
  options_.laterality_key = "laterality";
  options_.view_key = "view";
  options_.status_key = "status";
  options_.split_key = "split";
  options_.normal_values = {"1"};
  cohort = prepare(three_images(keys), "");
  EXPECT_EQ(cohort.images[1].laterality, "L");
  EXPECT_EQ(cohort.images[1].view, "1");
  EXPECT_EQ(cohort.images[1].split, "0");
  EXPECT_EQ(cohort.images[1].status, Status::normal);
  // Another meaning of our own words: only the option makes an image normal.
  options_.status_key = "";
  cohort = prepare(three_images(R"(, "patient_id": 12.0, "laterality": null, "view": null,
                                    "status": "normal", "split": null)"),
                   "");
  EXPECT_EQ(cohort.images[1].patient_id, "set/12");
  EXPECT_EQ(cohort.images[1].status, Status::unknown);
  EXPECT_EQ(cohort.images[1].laterality, "");
}

TEST_F(CocoTest, ACohortOfOursIsReadWithItsKeysAndStrictly) {
  prepare();
  fs::rename(folder_ / "out", folder_ / "own");
  options_ = CocoOptions();
  options_.dataset = "again";
  Progress progress;
  const auto import = [&] {
    return prepare_coco(folder_ / "own", folder_ / "own", folder_ / "out", options_, progress);
  };
  const Cohort again = import();
  EXPECT_EQ(again.images[1].patient_id, "set/001");
  EXPECT_EQ(again.images[1].view, "MLO");
  EXPECT_EQ(again.images[0].status, Status::mass);
  Json json = read_json(folder_ / "own/cohort.json");
  json["images"][1]["laterality"] = "LEFT";
  write_json(folder_ / "own/cohort.json", json);
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, import), "images[1].laterality: expected");
}

TEST_F(CocoTest, StrayPartsOfOutlinesDoNotStopIt) {
  const Cohort cohort = prepare(
      three_images(), R"({"id": 1, "image_id": 0, "category_id": 0, "bbox": [10, 20, 20, 50],
      "segmentation": [[10, 20, 30, 20, 30, 50, 10, 50], [30, 70], []]})");
  EXPECT_EQ(cohort.annotations.at(0).bbox, (Box{10, 20, 30, 50}));
  EXPECT_EQ(area(annotation_mask(cohort.annotations[0], cohort.images[0])), 20 * 30);
}

TEST_F(CocoTest, KeepGoingMeansEveryKindOfBadImage) {
  options_.keep_going = true;
  options_.file_regex = "^([0-9]+)_(LEFT|RIGHT|BOTH)_(CC|MLO)";
  const std::string images = three_images() + "," + image(3, "003_LEFT_CC.png") + "," +
                             image(4, "patient.png") + "," + image(5, "005_BOTH_CC.png") + "," +
                             image(6, "../006_LEFT_CC.png") + "," + image(7, "007_LEFT_CC.png");
  write_file(folder_ / "in/007_LEFT_CC.png", "text");
  const std::string outside =
      R"({"id": 9, "image_id": 2, "category_id": 0, "bbox": [70, 20, 40, 10]})";
  const Cohort cohort = prepare(images, box(1, 0) + "," + outside);
  ASSERT_EQ(cohort.images.size(), 2u);
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"002_RIGHT_CC.png", "annotations[1].bbox: found x 70 to 110"},
      {"patient.png", "the patient is not known"},
      {"005_BOTH_CC.png", "laterality: found \"BOTH\""},
      {"../006_LEFT_CC.png", "inside the folder of images"},
      {"003_LEFT_CC.png", "No such file"},
      {"007_LEFT_CC.png", "expected a PNG"}};
  ASSERT_EQ(cohort.info["skipped"].size(), expected.size()) << cohort.info["skipped"].dump(1);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(cohort.info["skipped"][i]["file_name"], expected[i].first);
    EXPECT_CONTAINS(cohort.info["skipped"][i]["reason"].get<std::string>(), expected[i].second);
  }
  // A wrong option is not a folder full of bad images.
  options_.file_regex = "";
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "the patient is not known");
}

// All of it is found before anything is written.
TEST_F(CocoTest, ChecksBeforeTheWork) {
  EXPECT_CONTAINS(message_of(ErrorKind::io, three_images() + "," + image(3, "003_LEFT_CC.png"), ""),
                  "003_LEFT_CC.png: cannot read");
  write_file(folder_ / "in/003_LEFT_CC.png", "text");
  EXPECT_CONTAINS(
      message_of(ErrorKind::bad_input, three_images() + "," + image(3, "003_LEFT_CC.png"), ""),
      "003_LEFT_CC.png: found a file that begins with");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(CocoTest, TextThatNoJsonCanHold) {
  options_.table = (folder_ / "t.csv").string();
  write_file(options_.table, "file_name,patient\n001_LEFT_CC,M\xFCller\n");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input), "t.csv: line 2: found \"M\\xfcller\"");
  options_.table = "";
  write_picture("\xC3\xA4_LEFT_CC.png", CV_8UC1, 100);
  options_.file_regex = "^(.)._(LEFT)_(CC)";  // the first of two bytes
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input, image(0, "\xC3\xA4_LEFT_CC.png"), ""),
                  "_LEFT_CC.png: patient: found");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  options_.dataset = "M\xFCnchen";
  EXPECT_CONTAINS(message_of(ErrorKind::usage), "dataset: found");
}

class TurnedImageTest : public CocoTest {
 protected:
  // A JPEG of 120 x 80 that viewers turn by EXIF's orientation.
  void write_turned(char orientation) {
    const std::string plain = encode_jpeg(cv::Mat(80, 120, CV_8UC1, cv::Scalar(90)));
    const std::string marker = std::string(
                                   "\xFF\xE1\0\x22"
                                   "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12"
                                   "\0\x03\0\0\0\x01\0",
                                   29) +
                               orientation + std::string(6, '\0');
    write_file(folder_ / "in/001_LEFT_CC.jpg",
               plain.substr(0, 2) + marker.substr(0, 36) + plain.substr(2));
  }
  static std::string entry(int width, int height) {
    return fmt::format(R"({{"id": 0, "file_name": "001_LEFT_CC.jpg", "width": {}, "height": {}}})",
                       width, height);
  }
};

TEST_F(TurnedImageTest, SizesOfTheTurnedPictureAreExplained) {
  write_turned(6);
  const std::string message = message_of(ErrorKind::bad_input, entry(80, 120), box(1, 0));
  EXPECT_CONTAINS(message, "found 120 x 80 pixels, expected 80 x 120; by its EXIF orientation (6)");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input, entry(80, 121), box(1, 0)), "expected 80 x 121");
}

TEST_F(TurnedImageTest, WarnsWhereSizesAgree) {
  const auto said = [&](const std::string& annotations) {
    testing::internal::CaptureStderr();
    prepare(entry(120, 80), annotations);
    return testing::internal::GetCapturedStderr();
  };
  write_turned(3);
  EXPECT_CONTAINS(said(box(1, 0)), "001_LEFT_CC.jpg: by its EXIF orientation viewers turn it");
  EXPECT_EQ(said(""), "") << "nothing is annotated that could lie elsewhere";
  write_turned(1);
  EXPECT_EQ(said(box(1, 0)), "");
}

}  // namespace
}  // namespace mammograft
