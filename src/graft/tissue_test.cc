#include "graft/tissue.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "graft/testing.h"

namespace mammograft {
namespace {

TEST(Tissue, TheRecordSaysWhereTheChestWallIsAndElseTheShape) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), 0, 1);  // a half disc on the left border
  ImageRecord& image = cohort.images[0];
  const cv::Mat pixels = read_pixels(cohort, image);
  EXPECT_TRUE(find_tissue(pixels, image).chest_wall_left);
  image.acquisition["chest_wall"] = "right";
  EXPECT_FALSE(find_tissue(pixels, image).chest_wall_left);
  image.acquisition["chest_wall"] = "anterior";  // another program's word
  EXPECT_TRUE(find_tissue(pixels, image).chest_wall_left);
  image.acquisition.erase("chest_wall");
  cv::Mat mirrored;
  cv::flip(pixels, mirrored, 1);
  for (Point& p : image.breast_contour[0]) p.x = kTestSide - p.x;
  EXPECT_FALSE(find_tissue(mirrored, image).chest_wall_left) << "by the outline";
  image.breast_contour.clear();
  EXPECT_FALSE(find_tissue(mirrored, image).chest_wall_left) << "by segmentation";
}

}  // namespace
}  // namespace mammograft
