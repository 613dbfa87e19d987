#include "graft/background_cache.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

// 100 pixels of four bytes.
struct BackgroundCacheTest : testing::Test {
  int loaded = 0;
  Background ask(BackgroundCache& cache, size_t number) {
    return cache.get(number, [&] {
      ++loaded;
      Background background;
      background.pixels = cv::Mat(10, 10, CV_16UC1, cv::Scalar(static_cast<double>(number)));
      background.breast = background.free = cv::Mat(10, 10, CV_8UC1, cv::Scalar(255));
      return background;
    });
  }
};

TEST_F(BackgroundCacheTest, KeepsWhatFitsAndLoadsTheRestAnew) {
  BackgroundCache cache(1000);  // two of them
  for (int round = 0; round < 3; ++round) {
    for (const size_t number : {7, 8, 9})
      EXPECT_EQ(ask(cache, number).pixels.at<uint16_t>(5, 5), number);
  }
  EXPECT_EQ(loaded, 3 + 2);
  EXPECT_EQ(cache.bytes(), 800u);
}

TEST_F(BackgroundCacheTest, OfNoSizeKeepsNothing) {
  BackgroundCache cache(0);
  ask(cache, 1);
  ask(cache, 1);
  EXPECT_EQ(loaded, 2);
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace mammograft
