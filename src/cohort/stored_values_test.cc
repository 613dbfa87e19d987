#include "cohort/stored_values.h"

#include <gtest/gtest.h>

#include "cohort/cohort.h"
#include "core/testing.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

Json recorded(const std::vector<uint16_t>& values, int original_bits) {
  Json acquisition = Json::object();
  record_values({cv::Mat(values, true), original_bits}, acquisition);
  return acquisition;
}

std::optional<int> bits(const Json& acquisition) {
  return recorded_value_bits(acquisition, "a.png");
}

TEST(StoredValues, AreRecordedWithTheBitsWhereTheRangeLeavesThemOpen) {
  const Json twelve = recorded({7, 4000}, 16);
  EXPECT_EQ(twelve, Json::parse(R"({"original_bits": 16, "range": [7, 4000], "value_bits": 12})"));
  const Json full = recorded({7, 40000}, 16);
  EXPECT_EQ(full, Json::parse(R"({"original_bits": 16, "range": [7, 40000]})"));
  const Json eight = recorded({257, 2570}, 8);
  EXPECT_EQ(eight, Json::parse(R"({"original_bits": 8, "range": [257, 2570]})"));
  EXPECT_EQ(recorded({257, 2570}, 16)["value_bits"], 16) << "8 bits by another program";
}

TEST(StoredValues, TheRecordDecidesAndElseThePixels) {
  EXPECT_EQ(bits(recorded({7, 4000}, 16)), 12);
  EXPECT_EQ(bits(recorded({7, 40000}, 16)), 16);
  EXPECT_EQ(bits(recorded({257, 2570}, 8)), 16);
  EXPECT_EQ(bits(Json::object()), std::nullopt);
  EXPECT_EQ(bits({{"original_bits", 16}, {"range", {0, 4000}}}), std::nullopt) << "an older cohort";
  EXPECT_EQ(bits({{"original_bits", "twelve"}, {"range", "0-4095"}}), std::nullopt) << "another's";
  EXPECT_ERROR(bits({{"value_bits", 11}}), bad_input,
               "a.png: acquisition: value_bits: expected 8, 10, 12, 14 or 16, found 11");
}

// One image, written as it would be at three depths.
TEST(StoredValues, PixelsAreReadAtFullScale) {
  const TestFolder folder;
  Cohort cohort;
  cohort.folder = folder.path();
  cohort.images.resize(1);
  cohort.images[0].file_name = "a.png";
  cohort.images[0].width = cohort.images[0].height = 2;
  const auto read = [&](uint16_t value, const Json& acquisition) {
    write_png(folder / "a.png", cv::Mat(2, 2, CV_16UC1, cv::Scalar(value)));
    cohort.images[0].acquisition = acquisition;
    int bits = 0;
    const int pixel = read_pixels(cohort, cohort.images[0], &bits).at<uint16_t>(1, 1);
    return std::pair(pixel, bits);
  };
  EXPECT_EQ(read(3000, Json::object()), std::pair(48011, 12));  // 48010.99
  EXPECT_EQ(read(3000, {{"value_bits", 14}}), std::pair(12001, 14));
  EXPECT_EQ(read(3000, {{"value_bits", 16}}), std::pair(3000, 16));
  EXPECT_EQ(read(3000, {{"original_bits", 8}}), std::pair(3000, 16));
}

}  // namespace
}  // namespace mammograft
