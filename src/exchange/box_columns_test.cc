#include "exchange/box_columns.h"

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class BoxColumnsTest : public testing::Test {
 protected:
  BoxColumns boxes(const std::string& header, const std::string& option = "auto",
                   const std::vector<std::string>& given = {}) {
    write_file(folder_ / "t.csv", header + "\n");
    return BoxColumns(TableColumns(CsvReader(folder_ / "t.csv"), given, "t.csv"), option, false);
  }

 private:
  TestFolder folder_;
};

TEST_F(BoxColumnsTest, NamesSayWhatTheNumbersAre) {
  const auto numbers_of = [&](const std::string& header) {
    return boxes(header).meaning().numbers;
  };
  for (const char* corners : {"x1,y1,x2,y2", "x0,y0,x1,y1", "XMin,YMin,XMax,YMax",
                              "left,top,right,bottom", "bbox_x1,bbox_y1,bbox_x2,bbox_y2"})
    EXPECT_EQ(numbers_of(corners), BoxNumbers::xyxy) << corners;
  for (const char* centres : {"cx,cy,w,h", "x_center,y_center,width,height", "xc,yc,w,h"})
    EXPECT_EQ(numbers_of(centres), BoxNumbers::cxcywh) << centres;
  for (const char* sizes :
       {"x,y,w,h", "bbox_x,bbox_y,bbox_width,bbox_height", "bbox", "left,top,width,height"})
    EXPECT_EQ(numbers_of(sizes), BoxNumbers::xywh) << sizes;
  EXPECT_EQ(boxes("x,y,w,h", "xyxy-fractions").meaning(), (BoxMeaning{BoxNumbers::xyxy, true}));
  EXPECT_ERROR(boxes("x,y,z"), bad_input, "t.csv: expected columns of boxes");
}

// Columns are x1 = fields[3] and so on: the order of the table does not matter.
TEST_F(BoxColumnsTest, ReadsFieldsByTheirNames) {
  const BoxColumns table = boxes("ymax,xmax,other,ymin,xmin");
  EXPECT_EQ(*table.numbers({"4", "3", "", "2", "1"}, "f"), (std::array<double, 4>{1, 2, 3, 4}));
  EXPECT_TRUE(table.uses(0));
  EXPECT_FALSE(table.uses(2));
  EXPECT_FALSE(table.numbers({"", " ", "x", "", ""}, "f"));
  EXPECT_ERROR(table.numbers({"1", "2", "", "", "3"}, "f: line 2"), bad_input,
               "f: line 2: found half a box");
  EXPECT_ERROR(table.numbers({"1", "2", "", "?", "3"}, "f: line 2"), bad_input,
               "f: line 2: found \"?\"");
}

TEST_F(BoxColumnsTest, TheOptionNamesAllFour) {
  const BoxColumns table = boxes("a,b,c,d,x,y,w,h", "auto", {"x0=d", "y0=c", "x1=b", "y1=a"});
  EXPECT_EQ(table.meaning().numbers, BoxNumbers::xyxy);
  EXPECT_EQ(*table.numbers({"4", "3", "2", "1", "9", "9", "9", "9"}, "f"),
            (std::array<double, 4>{1, 2, 3, 4}));
  EXPECT_ERROR(boxes("a,y,w,h", "auto", {"x=a"}), usage, "found some numbers of a box");
}

}  // namespace
}  // namespace mammograft
