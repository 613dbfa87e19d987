#include "exchange/results_file.h"

#include "core/files.h"
#include "core/testing.h"
#include "exchange/testing.h"

namespace mammograft {
namespace {

class ResultsFileTest : public testing::Test {
 protected:
  NamedDetections read(const std::string& name) {
    return read_results(folder_ / name, truth_, options_);
  }
  NamedDetections read_text(const std::string& name, const std::string& text) {
    write_file(folder_ / name, text);
    return read(name);
  }

  TestFolder folder_;
  Cohort truth_ = truth_of({{7, "images/a.png"}, {8, "images/9.png"}});
  ExchangeOptions options_;
};

// One result in its four forms, under names that say nothing.
TEST_F(ResultsFileTest, DecidesByContent) {
  create_folder(folder_ / "folder");
  write_file(folder_ / "folder" / "a.txt", "0 0.2 0.225 0.2 0.25 0.75");
  write_file(folder_ / "1",
             "\xEF\xBB\xBF\n [{\"image_id\": 7, \"category_id\": 1, "
             "\"bbox\": [20, 40, 40, 100], \"score\": 0.75}]");
  write_file(folder_ / "2", R"({"predictions": [{"image_id": "a", "category_id": 1,
                                "bbox": [20, 40, 40, 100], "score": 0.75}]})");
  write_file(folder_ / "3", "image\tscore\tx\ty\tw\th\na\t0.75\t20\t40\t40\t100\n");
  for (const std::string name : {"folder", "1", "2", "3"}) {
    const NamedDetections found = read(name);
    EXPECT_EQ(found.name, (folder_ / name).string());
    EXPECT_FALSE(found.meta);
    ASSERT_EQ(found.detections.size(), 1u) << name;
    EXPECT_EQ(found.detections[0].image_id, 7) << name;
    EXPECT_NEAR(iou(found.detections[0].bbox, Box{20, 40, 60, 140}), 1, 1e-12) << name;
    EXPECT_EQ(found.detections[0].score, 0.75) << name;
  }
}

TEST_F(ResultsFileTest, ReadsTheMetaFileOfATableToo) {
  write_detections_meta(folder_ / "r.csv", {{7}, PatientSet::of({"p"}), Json::object()});
  const NamedDetections found = read_text("r.csv", "image,score,x,y,w,h\na,1,1,2,3,4\n");
  ASSERT_TRUE(found.meta);
  EXPECT_EQ(found.meta->image_ids, (std::vector<int64_t>{7}));
}

// The same ids in another cohort are other images.
TEST_F(ResultsFileTest, ASearchOfOtherImagesIsRefused) {
  truth_.folder = folder_.path();
  write_file(folder_ / "cohort.json", "{}");
  DetectionsMeta meta{{7, 8}, {}, Json::object()};
  meta.images_digest = image_digest(7, "images/a.png") + image_digest(8, "images/9.png");
  const std::string found =
      R"([{"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}])";
  write_detections_meta(folder_ / "r.json", meta);
  EXPECT_EQ(read_text("r.json", found).detections.size(), 1u);
  meta.images_digest = image_digest(7, "images/a.png") + image_digest(8, "images/b.png");
  write_detections_meta(folder_ / "r.json", meta);
  EXPECT_ERROR(read("r.json"), bad_input, "searched images: found others than those of");
  meta.images_digest.reset();
  write_detections_meta(folder_ / "r.json", meta);
  const auto loose = [&](const std::string& name) {
    return R"([{"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1, "file_name": ")" +
           name + "\"}]";
  };
  EXPECT_EQ(read_text("r.json", loose("elsewhere/a.dcm")).detections.size(), 1u);
  EXPECT_ERROR(read_text("r.json", loose("b.png")), bad_input,
               "image 7: found a search of the file b.png");
}

TEST_F(ResultsFileTest, OptionsHoldForCocoResultsToo) {
  const std::string text =
      R"([{"image_id": 9, "category_id": 1, "bbox": [20, 40, 60, 140], "score": 1}])";
  options_.image_by = "name";
  options_.results.boxes = "xyxy";
  const NamedDetections found = read_text("r.json", text);
  EXPECT_EQ(found.detections.at(0).image_id, 8);
  EXPECT_EQ(found.detections.at(0).bbox, (Box{20, 40, 60, 140}));
  options_.image_by = "auto";
  EXPECT_ERROR(read("r.json"), bad_input, "r.json: [0].bbox: found 9, which is no image");
  EXPECT_ERROR(read_text("r.json", R"([{"image_id": "b", "category_id": 1}])"), bad_input,
               "r.json: [0].image_id: found b, which is no image of the truth");
  EXPECT_ERROR(
      read_text("r.json", R"([{"image_id": 7, "category_id": 1, "bbox": [1], "score": 1}])"),
      bad_input, "[0].bbox: expected four numbers of a box");
}

TEST_F(ResultsFileTest, SaysWhichScoresLieOutside) {
  const auto with = [](const std::vector<double>& scores) {
    std::vector<Detection> detections;
    for (const double score : scores) detections.push_back({1, 1, {}, score, std::nullopt, ""});
    return scores_outside(detections);
  };
  EXPECT_EQ(with({}), "");
  EXPECT_EQ(with({0, 0.5, 1}), "");
  EXPECT_EQ(with({0.5, -2, 7.25}), "2 of 3 scores lie outside of 0 to 1 (from -2 to 7.25)");
}

TEST_F(ResultsFileTest, AFileThatIsNotThereIsNamed) {
  EXPECT_ERROR(read("none"), io, "none");
  EXPECT_ERROR(read_text("empty", ""), bad_input, "empty: empty, expected a header line");
}

}  // namespace
}  // namespace mammograft
