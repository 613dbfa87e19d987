#include "graft/detail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "core/rng.h"

namespace mammograft {
namespace {

constexpr int kDetailSide = 80;
const std::array<double, 2> kDetailSpacing = {0.2, 0.2};

cv::Mat noise_of(uint64_t seed, double deviation) {
  Rng rng(seed);
  cv::Mat image(kDetailSide, kDetailSide, CV_32FC1);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x)
      image.at<float>(y, x) = static_cast<float>(20000 + deviation * rng.normal());
  }
  return image;
}

const cv::Mat kInside = [] {
  cv::Mat omega(kDetailSide, kDetailSide, CV_8UC1, cv::Scalar(0));
  omega(cv::Rect(20, 20, 40, 40)) = 255;
  return omega;
}();

DetailTransfer transfer_of(const cv::Mat& x, const cv::Mat& e, const cv::Mat& result) {
  return detail_transfer(x, e, result, kInside, kDetailSpacing);
}

TEST(DetailTransfer, WeighsWhatAResultIsMadeOf) {
  const cv::Mat x = noise_of(1, 100), e = noise_of(2, 300);
  for (const double share : {0.0, 0.3, 1.0}) {
    const cv::Mat result = share * e + (1 - share) * x + 1000;  // an offset does not matter
    const DetailTransfer transfer = transfer_of(x, e, result);
    for (int i = 0; i < kDetailBands; ++i) {
      EXPECT_NEAR(transfer.everywhere[i].lesion, share, 1e-3);
      EXPECT_NEAR(transfer.everywhere[i].background, 1 - share, 1e-3);
      EXPECT_NEAR(transfer.where_salient[i].lesion, share, 1e-3);
    }
    EXPECT_GT(transfer.salient_share, 0.95);  // nine times the energy
  }
}

TEST(DetailTransfer, LooksApartWhereTheLesionIsTheStronger) {
  const cv::Mat x = noise_of(1, 100);
  cv::Mat e = noise_of(2, 10), result = x.clone();
  const cv::Rect left(20, 20, 20, 40);
  noise_of(3, 500)(left).copyTo(e(left));
  e(left).copyTo(result(left));
  const DetailTransfer transfer = transfer_of(x, e, result);
  // Blurs and neighbourhoods reach over the border between the two halves.
  EXPECT_NEAR(transfer.salient_share, 0.5, 0.25);
  EXPECT_GT(transfer.where_salient[0].lesion, 0.95);
  EXPECT_LT(std::abs(transfer.where_salient[0].background), 0.3);
  EXPECT_GT(transfer.everywhere[0].background, 0.4);
}

TEST(DetailTransfer, WithoutASalientPlaceThereIsNoWeight) {
  const cv::Mat x = noise_of(1, 100), e = noise_of(2, 10);
  const DetailTransfer transfer = transfer_of(x, e, x);
  EXPECT_EQ(transfer.salient_share, 0);
  EXPECT_TRUE(std::isnan(transfer.where_salient[0].lesion));
  EXPECT_NEAR(transfer.everywhere[0].background, 1, 1e-3);
  EXPECT_EQ(transfer.points, 0);
}

TEST(DetailTransfer, TwoThatAreOneCannotBeToldApart) {
  const cv::Mat x = noise_of(1, 100);
  EXPECT_TRUE(std::isnan(transfer_of(x, x, x).everywhere[0].lesion));
}

TEST(DetailTransfer, WhatPixelsDoNotResolveIsNotMeasured) {
  const cv::Mat x = noise_of(1, 100), e = noise_of(2, 300);
  for (const auto& [mm, resolved] : {std::pair(0.29, 2), {0.4, 1}, {0.7, 0}}) {
    const DetailTransfer transfer = detail_transfer(x, e, e, kInside, {mm, mm});
    EXPECT_EQ(std::isnan(transfer.salient_share), resolved < 2);
    for (int i = 0; i < kDetailBands; ++i) {
      const bool measured = i >= kDetailBands - resolved;
      EXPECT_EQ(!std::isnan(transfer.everywhere[i].lesion), measured) << mm << " " << i;
      EXPECT_EQ(!std::isnan(transfer.where_salient[i].background), measured) << mm << " " << i;
    }
  }
}

TEST(DetailTransfer, CountsThePointsThatStand) {
  const cv::Mat x = noise_of(1, 20);
  cv::Mat e = noise_of(2, 2), result = x.clone();
  const std::vector<cv::Point> places = {{24, 24}, {40, 24}, {56, 30}, {30, 50}, {50, 50}};
  for (size_t i = 0; i < places.size(); ++i) {
    e.at<float>(places[i]) += 3000;
    if (i < 3) result.at<float>(places[i] + cv::Point(i == 2, 0)) += 2000;  // a pixel beside counts
  }
  e.at<float>(10, 10) += 3000;      // outside of omega
  result.at<float>(50, 30) += 900;  // less than half of its height
  const DetailTransfer transfer = transfer_of(x, e, result);
  EXPECT_EQ(transfer.points, 5);
  EXPECT_EQ(transfer.surviving, 3);
}

}  // namespace
}  // namespace mammograft
