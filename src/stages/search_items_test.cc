#include "stages/search_items.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

// One film as 8 bits and as 10 to 16 of 16: a network is shown the same, up to quantisation.
TEST(SearchItems, LooseFilesAreSeenAtFullScaleWhateverTheBitsInUse) {
  const TestFolder folder;
  cv::Mat film(16, 16, CV_8UC1);
  for (int i = 0; i < 256; ++i) film.at<uint8_t>(i / 16, i % 16) = static_cast<uint8_t>(i);
  write_png(folder / "08.png", film);
  cv::Mat whole;
  film.convertTo(whole, CV_16U, 257);
  for (const int bits : {10, 12, 14, 16})
    write_png(folder / (std::to_string(bits) + ".png"), from_full_scale(whole, bits));
  const std::vector<SearchItem> items = loose_items({folder.path().string()}, 0, false);
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(cv::norm(items[0].read(), whole, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(items[4].read(), whole, cv::NORM_INF), 0);
  for (const size_t i : {1, 2, 3}) {
    const double step = 65535.0 / ((1 << (8 + 2 * i)) - 1);
    EXPECT_LE(cv::norm(items[i].read(), whole, cv::NORM_INF), step / 2 + 0.5) << items[i].name;
  }
}

}  // namespace
}  // namespace mammograft
