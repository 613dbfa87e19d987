#include "exchange/results_yolo.h"

#include "core/files.h"
#include "core/testing.h"
#include "exchange/testing.h"

namespace mammograft {
namespace {

class ResultsYoloTest : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) { write_file(folder_ / name, text); }
  std::vector<Detection> read() { return read_results_yolo(folder_.path(), truth_, options_); }

  TestFolder folder_;
  Cohort truth_ = truth_of({{7, "images/a.png"}, {8, "images/b.png"}}, {"cyst", "mass"});
  ExchangeOptions options_;
};

TEST_F(ResultsYoloTest, ReadsBoxesAndOutlines) {
  put("a.txt", "1 0.2 0.225 0.2 0.25 0.75\r\n\n0 0.1 0.1 0.3 0.1 0.3 0.35 0.5\n");
  put("b.txt", "");
  put(".b.txt", "not for us");
  put("notes.md", "nor this");
  const std::vector<Detection> found = read();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].image_id, 7);
  EXPECT_EQ(found[0].category_id, 2);
  EXPECT_EQ(found[0].score, 0.75);
  EXPECT_NEAR(found[0].bbox.x0, 20, 1e-12);
  EXPECT_NEAR(found[0].bbox.y1, 140, 1e-12);
  EXPECT_TRUE(found[0].outline.empty());
  EXPECT_EQ(found[1].category_id, 1);
  EXPECT_EQ(found[1].score, 0.5);
  EXPECT_EQ(found[1].outline, (std::vector<Polygon>{{{20, 40}, {60, 40}, {60, 140}}}));
  EXPECT_EQ(found[1].bbox, (Box{20, 40, 60, 140}));
}

TEST_F(ResultsYoloTest, ClassesMayHaveNames) {
  put("classes.txt", "mass\nother\n\n");
  put("b.txt", "0 0.5 0.5 0.1 0.1 1");
  EXPECT_EQ(read().at(0).category_id, 2);
  put("b.txt", "1 0.5 0.5 0.1 0.1 1");
  EXPECT_ERROR(read(), bad_input, "b.txt: line 1: found other, expected one of the truth's");
  put("b.txt", "2 0.5 0.5 0.1 0.1 1");
  EXPECT_ERROR(read(), bad_input, "found class 2, expected 0 to 1, as classes.txt names them");
}

TEST_F(ResultsYoloTest, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_ERROR(read(), bad_input, "found no .txt file, expected one for each image (YOLO)");
  create_folder(folder_ / "labels");
  EXPECT_ERROR(read(), bad_input, "/labels?");
  const auto expect = [&](const std::string& line, const std::string& part) {
    put("a.txt", "1 0.2 0.2 0.2 0.2 1\n" + line + "\n");
    EXPECT_ERROR(read(), bad_input, "a.txt: line 2: " + part);
  };
  expect("1 0.2 0.2 0.2 0.2", "found 5 numbers, expected class, x, y");
  expect("1 0.1 0.1 0.3 0.1 0.3 0.3", "found 7 numbers");
  expect("1 0.1", "found 2 numbers");
  expect("mass 0.1 0.1 0.1 0.1 1", "found \"mass\", expected a number");
  expect("1 100 120 30 30 0.5", "found 100, expected fractions");
  expect("1 0.1 0.1 0.3 0.1 0.3 30 0.9", "found 30, expected fractions");
  expect("2 0.1 0.1 0.1 0.1 1", "found class 2, expected 0 to 1");
  expect("0.5 0.1 0.1 0.1 0.1 1", "found class 0.5, expected a whole number");
  expect("1 0.1 0.1 -0.001 0.1 1", "found width");
  put("a.txt", "");
  put("c.txt", "");
  EXPECT_ERROR(read(), bad_input, "c.txt: found c, which is no image of the truth");
}

TEST_F(ResultsYoloTest, AnImageHasOneFile) {
  put("a.txt", "");
  put("a.png.txt", "");
  EXPECT_ERROR(read(), bad_input, "a.txt: the image images/a.png has ");
}

}  // namespace
}  // namespace mammograft
