#include "image/draw.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <opencv2/imgproc.hpp>

#include "image/image_io.h"

namespace mammograft {
namespace {

cv::Vec3b at(const cv::Mat& rgb, int x, int y) { return rgb.at<cv::Vec3b>(y, x); }
const cv::Vec3b kBlack(0, 0, 0);

TEST(ToRgb, MapsTheWindowToEightBits) {
  const cv::Mat pixels = (cv::Mat_<uint16_t>(1, 5) << 0, 1000, 2000, 3000, 65535);
  const cv::Mat rgb = to_rgb(pixels, 1000, 3000);
  EXPECT_EQ(at(rgb, 0, 0), kBlack);
  EXPECT_EQ(at(rgb, 1, 0), kBlack);
  EXPECT_NEAR(at(rgb, 2, 0)[0], 127.5, 0.6);
  EXPECT_EQ(at(rgb, 3, 0), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(at(rgb, 4, 0), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(at(to_rgb(pixels), 4, 0), cv::Vec3b(255, 255, 255));
}

TEST(ToRgb, AutoIgnoresAirAndFewOutliers) {
  cv::Mat pixels = cv::Mat::zeros(100, 100, CV_16UC1);
  for (int y = 0; y < 50; ++y) {
    for (int x = 0; x < 100; ++x) pixels.at<uint16_t>(y, x) = uint16_t(20000 + 10 * x);
  }
  pixels.at<uint16_t>(0, 0) = 65535;
  const cv::Mat rgb = to_rgb_auto(pixels);
  EXPECT_EQ(at(rgb, 50, 90), kBlack);
  EXPECT_NEAR(at(rgb, 50, 20)[0], 127, 4);
  EXPECT_EQ(at(rgb, 99, 20)[1], 255);
  EXPECT_EQ(at(to_rgb_auto(cv::Mat::zeros(3, 3, CV_16UC1)), 1, 1), kBlack);
  EXPECT_EQ(at(to_rgb_auto(cv::Mat(3, 3, CV_16UC1, cv::Scalar(500))), 1, 1)[0], 255);
}

TEST(Draw, BoxLiesOnTheOutermostPixelsInside) {
  cv::Mat rgb = cv::Mat::zeros(20, 20, CV_8UC3);
  draw_box(rgb, {2, 3, 10, 8}, {1, 2, 3});
  EXPECT_EQ(at(rgb, 2, 3), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(at(rgb, 9, 7), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(at(rgb, 10, 5), kBlack);
  EXPECT_EQ(at(rgb, 5, 8), kBlack);
  EXPECT_EQ(at(rgb, 5, 5), kBlack);
  cv::Mat half = cv::Mat::zeros(10, 10, CV_8UC3);
  draw_box(half, {4, 4, 12, 12}, {1, 2, 3}, 0.5);
  EXPECT_EQ(at(half, 2, 2), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(at(half, 5, 5), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(at(half, 6, 6), kBlack);
}

// A line along pixel borders lights the pixels on both of its sides equally.
TEST(Draw, PolygonUsesPixelBorders) {
  cv::Mat rgb = cv::Mat::zeros(20, 20, CV_8UC3);
  draw_polygon(rgb, {{5, 5}, {15, 5}, {15, 15}, {5, 15}}, {255, 255, 255});
  EXPECT_GT(at(rgb, 10, 4)[0], 60);
  EXPECT_NEAR(at(rgb, 10, 4)[0], at(rgb, 10, 5)[0], 40);
  EXPECT_EQ(at(rgb, 10, 10), kBlack);
  draw_polygon(rgb, {}, {255, 255, 255});
  draw_polygon(rgb, {{-1e12, 3}, {1e12, 3}, {5, 1e12}}, {255, 255, 255});  // must not crash
}

TEST(Draw, TextStaysBelowItsTopLeftCorner) {
  cv::Mat rgb(60, 200, CV_8UC3, cv::Scalar(90, 90, 90));
  draw_text(rgb, "Mass 0.93 (gy)", {20, 20}, {255, 255, 255}, 14);
  int top = 60, bottom = 0, left = 200, bright = 0;
  for (int y = 0; y < rgb.rows; ++y) {
    for (int x = 0; x < rgb.cols; ++x) {
      if (at(rgb, x, y)[0] < 200) continue;
      ++bright;
      top = std::min(top, y);
      bottom = std::max(bottom, y);
      left = std::min(left, x);
    }
  }
  EXPECT_GT(bright, 100);
  EXPECT_GE(top, 19);
  EXPECT_LE(bottom, 35);
  EXPECT_NEAR(left, 21, 2);
}

TEST(Draw, LabelsStayInsideThePicture) {
  const auto changed = [](const Box& box) {
    cv::Mat rgb(60, 80, CV_8UC3, cv::Scalar(120, 120, 120));
    draw_label(rgb, "0.93", box, {255, 255, 255}, 14);
    cv::Mat grey;
    cv::extractChannel(rgb, grey, 0);
    std::vector<cv::Point> points;
    cv::findNonZero(grey != 120, points);
    return points.empty() ? cv::Rect() : cv::boundingRect(points);
  };
  const cv::Rect above = changed({10, 40, 30, 50}), below = changed({10, 5, 30, 15});
  EXPECT_LE(above.y + above.height, 40);
  EXPECT_GT(above.area(), 200);
  EXPECT_GE(below.y, 15);
  EXPECT_GT(changed({70, 40, 80, 50}).area(), 200) << "moved to the left, not cut";
  EXPECT_GT(changed({0, 0, 80, 60}).area(), 200) << "no room above or below: on top";
  EXPECT_EQ(changed({90, 5, 95, 15}).area(), 0) << "outside";
}

TEST(ResizeToFit, KeepsAspectAndNeverEnlarges) {
  const cv::Mat image(400, 200, CV_16UC1, cv::Scalar(1234));
  const cv::Mat small = resize_to_fit(image, 100, 100);
  EXPECT_EQ(small.size(), cv::Size(50, 100));
  EXPECT_EQ(small.at<uint16_t>(50, 25), 1234);
  EXPECT_EQ(resize_to_fit(image, 500, 500).size(), image.size());
  EXPECT_EQ(resize_to_fit(cv::Mat(1, 5000, CV_8UC1, cv::Scalar(9)), 100, 100).size(),
            cv::Size(100, 1));
}

TEST(ResizeToFit, AveragesAreas) {
  cv::Mat stripes(4, 100, CV_8UC1);
  for (int x = 0; x < 100; ++x) stripes.col(x) = x % 2 ? 200 : 100;
  EXPECT_EQ(resize_to_fit(stripes, 50, 4).at<uint8_t>(0, 20), 150);
}

TEST(Montage, LaysOutTilesInRows) {
  std::vector<Tile> tiles;
  for (int i = 0; i < 5; ++i) {
    tiles.push_back({cv::Mat(50, 100, CV_8UC3, cv::Scalar(200, 10 * i, 0)),
                     "image " + std::to_string(i) + " with a caption that is far too long"});
  }
  tiles.push_back({cv::Mat(), "no picture"});
  const cv::Mat sheet = montage(tiles, 3, 120, 90);
  EXPECT_EQ(sheet.size(), cv::Size(3 * 124 + 4, 2 * 114 + 4));
  EXPECT_EQ(at(sheet, 4 + 60, 4 + 45), cv::Vec3b(200, 0, 0));
  EXPECT_EQ(at(sheet, 4 + 124 + 60, 4 + 114 + 45), cv::Vec3b(200, 40, 0));
  EXPECT_EQ(at(sheet, 4 + 60, 5), kBlack);  // above the picture
  EXPECT_FALSE(montage({}, 4, 100, 100).empty());
  if (const char* out = std::getenv("MAMMOGRAFT_DRAW_OUT")) write_png(out, sheet);
}

}  // namespace
}  // namespace mammograft
