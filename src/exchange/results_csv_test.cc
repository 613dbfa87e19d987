#include "exchange/results_csv.h"

#include "core/files.h"
#include "core/testing.h"
#include "exchange/testing.h"

namespace mammograft {
namespace {

class ResultsCsvTest : public testing::Test {
 protected:
  std::vector<Detection> read(const std::string& text) {
    write_file(folder_ / "r.csv", text);
    return read_results_csv(folder_ / "r.csv", truth_, options_);
  }
  void expect_one(const std::string& text) {
    const std::vector<Detection> found = read(text);
    ASSERT_EQ(found.size(), 1u) << text;
    EXPECT_EQ(found[0].image_id, 7) << text;
    EXPECT_EQ(found[0].category_id, 1) << text;
    EXPECT_NEAR(iou(found[0].bbox, {20, 40, 60, 140}), 1, 1e-12) << text;
    EXPECT_EQ(found[0].score, 0.75) << text;
  }

  Cohort truth_ = truth_of({{7, "images/a.png"}, {8, "images/b.png"}}, {"mass"});
  ExchangeOptions options_;

 private:
  TestFolder folder_;
};

TEST_F(ResultsCsvTest, ReadsTheSameBoxInEveryForm) {
  expect_one("image_id,score,x,y,width,height\n7,0.75,20,40,40,100\n");
  expect_one("Score\tFile Name\txmin\tymin\txmax\tymax\n0.75\ta.png\t20\t40\t60\t140\n");
  expect_one(
      "\xEF\xBB\xBF\"image\";\"confidence\";\"left\";\"top\";\"right\";\"bottom\"\r\n"
      "\"images/a.png\";\"0,75\";20,0;40;60;140\r\n");
  expect_one("filename,class,prob,x1,y1,x2,y2\nx/a.dcm,mass,0.75,20,40,60,140\n");
  expect_one("image,category_id,score,x0,y0,x1,y1\na,1,0.75,20,40,60,140\n");
  expect_one("image,score,cx,cy,w,h\na,0.75,40,90,40,100\n");
  expect_one("image,score,bbox_x,bbox_y,bbox_width,bbox_height\na,0.75,20,40,40,100\n");
  expect_one("image,score,bbox\na,0.75,\"[20, 40, 40, 100]\"\n");
}

TEST_F(ResultsCsvTest, OptionsComeBeforeNames) {
  options_.results.boxes = "xyxy";
  expect_one("image,score,bbox\na,0.75,\"[20, 40, 60, 140]\"\n");
  expect_one("image,score,x,y,width,height\na,0.75,20,40,60,140\n");
  options_.results.boxes = "cxcywh-fractions";
  expect_one("image,score,x,y,w,h\na,0.75,0.2,0.225,0.2,0.25\n");
  options_.results.boxes = "auto";
  options_.results.columns = {"image=Case", "score=p mass", "x0=a", "y0=b", "x1=c", "y1=d"};
  expect_one("case,image,p_mass,a,b,c,d\na,nonsense,0.75,20,40,60,140\n");
  options_.results.columns = {"box=where"};
  expect_one("image,score,where\na,0.75,20 40 40 100\n");
}

TEST_F(ResultsCsvTest, KeepsOrderAndPassesOverImagesWithoutBoxes) {
  const auto found = read("image,score,x,y,w,h\nb,0.1,1,2,3,4\na,,,,,\n\na,1.5,1,2,3,4\n");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].image_id, 8);
  EXPECT_EQ(found[1].image_id, 7);
  EXPECT_EQ(found[1].score, 1.5);
}

TEST_F(ResultsCsvTest, NamesFileLineAndColumnOfWhatIsWrong) {
  const std::string head = "image,score,x,y,w,h\n";
  EXPECT_ERROR(read(head + "a,1,1,2,3,4\nc,1,1,2,3,4\n"), bad_input,
               "r.csv: line 3: image: found c, which is no image of the truth");
  EXPECT_ERROR(read(head + "a,high,1,2,3,4\n"), bad_input,
               "r.csv: line 2: score: found \"high\", expected a number");
  EXPECT_ERROR(read(head + "a,,1,2,3,4\n"), bad_input, "line 2: score: found \"\"");
  EXPECT_ERROR(read(head + "a,1,1,2,,4\n"), bad_input, "line 2: box: found half a box");
  EXPECT_ERROR(read(head + "a,1,1,2,x,4\n"), bad_input, "line 2: box: found \"x\"");
  EXPECT_ERROR(read(head + "a,1,1,2,-3,4\n"), bad_input, "line 2: box: found width -3");
  EXPECT_ERROR(read("image,score,bbox\na,1,1 2 3\n"), bad_input, "the four numbers of a box");
  EXPECT_ERROR(read("image,x,y,w,h\n"), bad_input, "expected one for score (score, confidence");
  EXPECT_ERROR(read("score,x,y,w,h\n"), bad_input, "expected one for image (file_name");
  EXPECT_ERROR(read("image,score,x,y\n"), bad_input, "expected columns of boxes");
  EXPECT_ERROR(read("image,score,class,x,y,w,h\na,1,cyst,1,2,3,4\n"), bad_input,
               "line 2: class: found cyst, expected one of the truth's: mass (1)");
  EXPECT_ERROR(read(head + "a,1,0.1,0.1,0.2,0.2\n"), bad_input,
               "found fractions of the image's size (1 boxes, all within the first pixel)");
  options_.results.columns = {"score=p"};
  EXPECT_ERROR(read(head), bad_input,
               "r.csv: found the columns image, score, x, y, w, h, expected");
  options_.results.columns = {"points=score"};
  EXPECT_ERROR(read(head), usage, "columns: found \"points=score\"");
  options_.results.columns = {"x=x"};
  EXPECT_ERROR(read(head), usage, "found some numbers of a box");
}

// Sizes in columns named as corners end before they begin.
TEST_F(ResultsCsvTest, NoticesSizesNamedAsCorners) {
  EXPECT_ERROR(read("image,score,xmin,ymin,xmax,ymax\na,1,120,40,40,100\n"), bad_input,
               "(are they sizes?)");
}

TEST_F(ResultsCsvTest, ATruthOfSeveralCategoriesNeedsToBeTold) {
  truth_ = truth_of({{7, "a.png"}}, {"cyst", "mass"});
  const std::string text = "image,score,x,y,w,h\na,1,1,2,3,4\n";
  EXPECT_ERROR(read(text), bad_input, "line 2: no category, and the truth has several");
  options_.default_category = "mass";
  EXPECT_EQ(read(text).at(0).category_id, 2);
}

}  // namespace
}  // namespace mammograft
