#include "report/gallery.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

bool holds(const cv::Mat& rgb, Color color) {
  for (int i = 0; i < rgb.rows; ++i) {
    for (int j = 0; j < rgb.cols; ++j) {
      const auto p = rgb.at<cv::Vec3b>(i, j);
      if (std::abs(p[0] - color.r) + std::abs(p[1] - color.g) + std::abs(p[2] - color.b) < 30)
        return true;
    }
  }
  return false;
}

cv::Mat grey(int rows, int cols) {
  cv::Mat pixels(rows, cols, CV_16UC1);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j)
      pixels.at<uint16_t>(i, j) = static_cast<uint16_t>(20000 + 100 * j);
  }
  return pixels;
}

TEST(CaseTile, ShowsContoursAndBoxesInTheirColours) {
  const std::vector<Mark> marks = {
      {{50, 60, 90, 100}, {{{50, 60}, {90, 60}, {90, 100}, {50, 100}}}, colors::truth, ""},
      {{55, 65, 95, 105}, {}, colors::alarm, "0.87"}};
  const cv::Mat tile = case_tile(grey(300, 200), marks, marks[0].box, {0, 0, 150, 300});
  EXPECT_EQ(tile.rows, TileOptions{}.height_px);
  EXPECT_EQ(tile.type(), CV_8UC3);
  EXPECT_TRUE(holds(tile, colors::truth));
  EXPECT_TRUE(holds(tile, colors::alarm));
  EXPECT_FALSE(holds(tile, colors::muscle));
}

TEST(CaseTile, StandsPlacesAtTheEdgeAndTinyImages) {
  EXPECT_EQ(case_tile(grey(300, 200), {}, {195, 295, 200, 300}, {}).rows, 320);
  EXPECT_EQ(case_tile(grey(1, 1), {}, {0, 0, 1, 1}, {}).rows, 320);
  EXPECT_EQ(case_tile(grey(40, 900), {}, {-5, -5, 950, 60}, {-10, -10, 2000, 2000}).rows, 320);
}

}  // namespace
}  // namespace mammograft
