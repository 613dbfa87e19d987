#include "cohort/detections.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class DetectionsTest : public testing::Test {
 protected:
  DetectionsTest() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("mammograft_detections_") + info->name());
    fs::create_directories(folder_);
    path_ = folder_ / "detections.json";
  }
  ~DetectionsTest() override { fs::remove_all(folder_); }

  void expect_error(const std::string& text, const std::string& part) {
    write_file(path_, text);
    try {
      read_detections(path_);
      ADD_FAILURE() << "was read: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::bad_input);
      EXPECT_NE(std::string(error.what()).find("detections.json: " + part), std::string::npos)
          << error.what();
    }
  }

  fs::path folder_, path_;
};

TEST_F(DetectionsTest, WritesWhatItReads) {
  cv::Mat mask(8, 10, CV_8UC1, cv::Scalar(0));
  mask(cv::Rect(2, 3, 4, 5)).setTo(1);
  Detection a{7, 0, {1.5, 2, 11.25, 20}, 0.123456789012345, encode_rle(mask), "x.png"};
  Detection b{8, 0, {0, 0, 1, 1}, 0.9, std::nullopt, ""};
  write_detections(path_, {a, b});
  const auto again = read_detections(path_);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].image_id, 7);
  EXPECT_EQ(again[0].bbox, a.bbox);
  EXPECT_EQ(again[0].score, a.score);
  EXPECT_EQ(*again[0].mask, *a.mask);
  EXPECT_EQ(again[0].file_name, "x.png");
  EXPECT_EQ(again[1].score, 0.9);  // in the order of the file
  EXPECT_FALSE(again[1].mask);
}

TEST_F(DetectionsTest, BoxComesFromTheMaskWhereThereIsNone) {
  write_file(path_, R"([{"image_id": 1, "category_id": 1, "score": 0.5,
                         "segmentation": {"size": [2, 3], "counts": [2, 2, 2]}}])");
  EXPECT_EQ(read_detections(path_)[0].bbox, (Box{1, 0, 2, 2}));
}

// As tiled inference and other tools write them.
TEST_F(DetectionsTest, ReadsResultsOfOthers) {
  const auto read = [this](const std::string& segmentation) {
    write_file(path_, R"([{"image_id": 1, "category_id": 1, "score": 0.5, "bbox": [1, 2, 3, 4],
                           "category_name": "mass", "area": 12, "iscrowd": 0, "segmentation": )" +
                          segmentation + "}]");
    return read_detections(path_).at(0);
  };
  for (const char* none : {"[]", "null", "[[]]", "[[7, 7]]"}) {
    const Detection detection = read(none);
    EXPECT_FALSE(detection.mask) << none;
    EXPECT_TRUE(detection.outline.empty()) << none;
    EXPECT_EQ(detection.bbox, (Box{1, 2, 4, 6})) << none;
  }
  const Detection outlined = read("[[1, 2, 4, 2, 4, 6], [9, 9]]");
  EXPECT_FALSE(outlined.mask);
  EXPECT_EQ(outlined.outline, (std::vector<Polygon>{{{1, 2}, {4, 2}, {4, 6}}}));
  write_file(path_, R"([{"image_id": 1, "category_id": 1, "score": 0.5,
                         "segmentation": [[1, 2, 4, 2, 4, 6], [8, 0, 9, 0, 9, 1]]}])");
  EXPECT_EQ(read_detections(path_)[0].bbox, (Box{1, 0, 9, 6}));
}

TEST_F(DetectionsTest, ReadsResultsWithinAnObject) {
  const std::string results =
      R"([{"image_id": 5, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.25}])";
  for (const std::string key : {"annotations", "predictions", "detections"}) {
    write_file(path_, R"({"info": {"annotations": []}, "images": [{"id": 5}], ")" + key +
                          "\": " + results + R"(, "categories": []})");
    const std::vector<Detection> detections = read_detections(path_);
    ASSERT_EQ(detections.size(), 1u) << key;
    EXPECT_EQ(detections[0].image_id, 5);
    EXPECT_EQ(detections[0].score, 0.25);
  }
  expect_error(R"({"annotations": [], "detections": []})", "found two arrays");
  expect_error(R"({"predictions": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}]})",
               "predictions[0].score: missing");
  expect_error(R"({"predictions": {"bbox": []}})", "predictions: expected an array");
}

// What has no further keys is read in another way.
TEST_F(DetectionsTest, FurtherKeysChangeNothing) {
  for (const std::string numbers :
       {R"("image_id": 5, "category_id": 0, "bbox": [1.25, -2, 0, 4e1], "score": -3)",
        R"("score": 0.1, "bbox": [1, 2, 3, 4], "category_id": 1, "image_id": 9223372036854775807)",
        R"("image_id": -5, "category_id": 2.0, "bbox": [0.1, 0.2, 0.3, 0.4], "score": 1e-9)"}) {
    write_file(path_, "[{" + numbers + "}, {" + numbers + R"(, "area": 1}])");
    const std::vector<Detection> found = read_detections(path_);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].image_id, found[1].image_id) << numbers;
    EXPECT_EQ(found[0].category_id, found[1].category_id) << numbers;
    EXPECT_EQ(found[0].bbox, found[1].bbox) << numbers;
    EXPECT_EQ(found[0].score, found[1].score) << numbers;
  }
  for (const std::string bad : {R"("image_id": 18446744073709551615, "category_id": 1,
                                   "bbox": [1, 2, 3, 4], "score": 1)",
                                R"("image_id": 1, "category_id": 1, "bbox": [1, 2, -3, 4],
                                   "score": 1)",
                                R"("image_id": 1, "category_id": 1, "bbox": [1, 2, "3", 4],
                                   "score": 1)",
                                R"("image_id": 1, "category_id": 1, "score": true,
                                   "bbox": [1, 2, 3, 4])",
                                R"("image_id": 1, "category_id": 1, "score": 1)"}) {
    write_file(path_, "[{" + bad + "}]");
    const std::string plain = error_message([&] { read_detections(path_); });
    write_file(path_, "[{" + bad + R"(, "area": 1}])");
    EXPECT_EQ(error_message([&] { read_detections(path_); }), plain);
    EXPECT_NE(plain, "") << bad;
  }
}

TEST_F(DetectionsTest, OthersMayUnderstandTheNumbers) {
  write_file(path_, R"([{"image_id": "x", "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}])");
  DetectionReading reading;
  reading.image_id = [](const JsonView& view) { return view.string() == "x" ? 42 : 0; };
  reading.box = [](const JsonView& view, int64_t image_id) {
    return Box{view.at(size_t{0}).number(), 0, 1, double(image_id)};
  };
  const Detection detection = read_detections(path_, reading).at(0);
  EXPECT_EQ(detection.image_id, 42);
  EXPECT_EQ(detection.bbox, (Box{1, 0, 1, 42}));
  write_file(path_, R"([{"image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}])");
  EXPECT_EQ(read_detections(path_, reading).at(0).image_id, 3);
  reading.numbers_are_ids = false;
  reading.image_id = [](const JsonView& view) { return 10 * view.integer(); };
  EXPECT_EQ(read_detections(path_, reading).at(0).image_id, 30);
  write_file(path_, R"([{"image_id": "x", "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}])");
  expect_error(read_file(path_), "[0].image_id: expected an integer, found \"x\"");
}

TEST_F(DetectionsTest, NoHalfOutputStays) {
  const Detection good{7, 1, {1, 2, 3, 4}, 0.5, std::nullopt, "a.png"};
  Detection bad = good;
  bad.file_name = "M\xFCller.png";
  EXPECT_THROW(write_search(path_, {good, bad}, {}), Error);
  EXPECT_TRUE(fs::is_empty(folder_));
  write_search(path_, {good}, {});
  EXPECT_TRUE(fs::exists(path_));
  EXPECT_TRUE(read_detections_meta(path_));
  remove_detections_meta(path_);
  EXPECT_FALSE(read_detections_meta(path_));
}

TEST_F(DetectionsTest, RefusesWhatIsNotCocoResults) {
  expect_error(R"({"images": []})", "expected an array of detections");
  expect_error(R"([{"category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}])",
               "[0].image_id: missing");
  expect_error(R"([{"image_id": 1, "category_id": 1, "score": 1}])", "[0].bbox: missing");
  expect_error(R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, -3, 4], "score": 1}])",
               "[0].bbox: found width -3");
  expect_error(R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": "high"}])",
               "[0].score: expected a number");
  expect_error(R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1,
                    "segmentation": {"size": [2, 2], "counts": "zz"}}])",
               "[0].segmentation.counts: ");
  expect_error(R"([{"image_id": 1, "category_id": 1, "score": 1, "segmentation": []}])",
               "[0].bbox: missing");
  expect_error(R"([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1,
                    "segmentation": "mask.png"}])",
               "[0].segmentation: expected run lengths");
}

TEST_F(DetectionsTest, MetaStandsBesideTheFile) {
  EXPECT_FALSE(read_detections_meta(path_));
  EXPECT_ERROR(fail_without_meta(path_), bad_input,
               "detections.json: detections.meta.json is missing, expected the images");
  DetectionsMeta meta{{3, 4}, PatientSet::of({"a/1"}), {{"file", "m.safetensors"}}};
  write_detections_meta(path_, meta);
  EXPECT_TRUE(fs::exists(folder_ / "detections.meta.json"));
  const auto again = read_detections_meta(path_);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->image_ids, meta.image_ids);
  EXPECT_EQ(again->patients_hashed, meta.patients_hashed);
  EXPECT_EQ(again->model, meta.model);
}

// As the program wrote it while the list of patients had a name of its own here.
TEST_F(DetectionsTest, MetaOfOlderFilesIsRead) {
  write_file(folder_ / "detections.meta.json", R"({
  "image_ids": [3, 4],
  "trained_on_hashed": ["01a93d85fb42bc7b26c7bb0a27e46a0d", "f1"],
  "model": {
    "arch": "mask_rcnn"
  }
}
)");
  const auto meta = read_detections_meta(path_);
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->patients_hashed.to_json(),
            Json::array({"01a93d85fb42bc7b26c7bb0a27e46a0d", "f1"}));
}

}  // namespace
}  // namespace mammograft
