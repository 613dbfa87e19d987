#include "image/polygon.h"

#include <gtest/gtest.h>

#include <numbers>

#include "image/rle.h"

namespace mammograft {
namespace {

TEST(Polygon, AreaIsPositiveClockwiseOnScreen) {
  const Polygon square{{1, 1}, {4, 1}, {4, 3}, {1, 3}};
  EXPECT_EQ(signed_area(square), 6);
  EXPECT_EQ(signed_area(Polygon(square.rbegin(), square.rend())), -6);
  EXPECT_EQ(signed_area({}), 0);
  EXPECT_EQ(signed_area({{3, 4}}), 0);
  EXPECT_EQ(signed_area({{3, 4}, {9, 9}}), 0);
}

TEST(Polygon, BoundsAreTight) {
  EXPECT_EQ(bounds(Polygon{{3, 9}, {-2, 4}, {5, 5}}), (Box{-2, 4, 5, 9}));
  EXPECT_TRUE(bounds(Polygon{}).empty());
}

TEST(Polygon, EllipseFillsItsBox) {
  const Box box{10, 20, 50, 40};
  const Polygon polygon = ellipse(box);
  EXPECT_EQ(polygon.size(), 64u);
  const double exact = std::numbers::pi * 20 * 10;
  EXPECT_NEAR(signed_area(polygon), exact, 0.002 * exact);
  const Box tight = bounds(polygon);
  EXPECT_NEAR(tight.x0, 10, 1e-9);
  EXPECT_NEAR(tight.y1, 40, 1e-9);
  EXPECT_NEAR(double(area(rasterize(polygon, 60, 60))), exact, 0.01 * exact);
}

TEST(Box, IouAndIntersection) {
  const Box a{0, 0, 4, 4}, b{2, 2, 6, 6}, apart{10, 10, 12, 12};
  EXPECT_EQ(intersection(a, b), (Box{2, 2, 4, 4}));
  EXPECT_DOUBLE_EQ(iou(a, b), 4.0 / 28);
  EXPECT_EQ(iou(a, a), 1);
  EXPECT_EQ(iou(a, apart), 0);
  EXPECT_TRUE(intersection(a, apart).empty());
  EXPECT_EQ(iou(Box{}, Box{}), 0);
  EXPECT_EQ(iou(a, Box{3, 3, 1, 1}), 0);  // turned inside out
}

TEST(Box, IsHalfOpen) {
  const Box box{1, 1, 3, 3};
  EXPECT_TRUE(box.contains({1, 1}));
  EXPECT_FALSE(box.contains({3, 2}));
  EXPECT_EQ(box.center(), (Point{2, 2}));
  EXPECT_EQ((Box{3, 3, 1, 1}).area(), 0);
}

}  // namespace
}  // namespace mammograft
