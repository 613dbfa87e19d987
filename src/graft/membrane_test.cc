#include "graft/membrane.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/rng.h"
#include "graft/measures.h"

namespace mammograft {
namespace {

constexpr int kMembraneSide = 64;

// A bump with a wide skirt: omega's rim lies on the skirt, so a membrane takes a part of it off.
GraftWindow skirted() {
  Rng rng(7);
  GraftWindow window;
  window.x = cv::Mat(kMembraneSide, kMembraneSide, CV_16UC1);
  window.e = cv::Mat(kMembraneSide, kMembraneSide, CV_32FC1);
  for (int y = 0; y < kMembraneSide; ++y) {
    for (int x = 0; x < kMembraneSide; ++x) {
      const double squared = std::pow(x - 32, 2) + std::pow(y - 32, 2);
      window.x.at<uint16_t>(y, x) = cv::saturate_cast<uint16_t>(20000 + 300 * rng.normal());
      window.e.at<float>(y, x) = static_cast<float>(40000 + 6000 * std::exp(-squared / 200));
    }
  }
  window.mask = cv::Mat(window.x.size(), CV_8UC1, cv::Scalar(0));
  window.omega = window.mask.clone();
  cv::circle(window.mask, {32, 32}, 11, cv::Scalar(255), cv::FILLED);
  cv::circle(window.omega, {32, 32}, 12, cv::Scalar(255), cv::FILLED);
  window.breast = cv::Mat(window.x.size(), CV_8UC1, cv::Scalar(255));
  window.seen = window.breast.clone();
  return window;
}

double contrast_of(const GraftWindow& window, const cv::Mat& image) {
  return mass_contrast({image / 65535, window.mask, window.breast, 1});
}

TEST(Membrane, GivesTheLesionItsContrastBack) {
  GraftWindow window = skirted();
  window.contrast = contrast_of(window, window.e);
  cv::Mat x;
  window.x.convertTo(x, CV_32F);
  const double of_x = contrast_of(window, x);
  const double taken = contrast_of(window, on_membrane(window, {.give_back = 1}).levels) - of_x;
  const double given = contrast_of(window, on_membrane(window, {.give_back = 1.5}).levels) - of_x;
  EXPECT_LT(taken, 0.9 * window.contrast);
  EXPECT_NEAR(given / window.contrast, 1, 0.03);  // x is not quite flat
  window.contrast *= 5;                           // no further than by the factor
  const double bounded = contrast_of(window, on_membrane(window, {.give_back = 1.5}).levels) - of_x;
  EXPECT_NEAR(bounded / taken, 1.5, 0.05);
}

TEST(Membrane, DetailIsTheLesionsWhateverIsGivenBack) {
  GraftWindow window = skirted();
  window.contrast = 5 * contrast_of(window, window.e);
  const SeatedLesion lesion = on_membrane(window, {.give_back = 1.5});
  EXPECT_EQ(cv::norm(lesion.detail, window.e, cv::NORM_INF), 0);
  window.x.setTo(cv::Scalar(65535));  // in white there is no room for all of it
  EXPECT_EQ(cv::norm(on_membrane(window).detail, 0.5 * window.e, cv::NORM_INF), 0);
}

TEST(Membrane, DoesNotEndInWhite) {
  GraftWindow window = skirted();
  const double middle = window.e.at<float>(32, 32) - window.e.at<float>(32, 20);
  window.x.setTo(cv::Scalar(65535 - 0.7 * middle));
  const SeatedLesion lesion = on_membrane(window);
  double highest = 0;
  cv::minMaxLoc(lesion.levels, nullptr, &highest);
  EXPECT_LT(highest, 65535 + 0.02 * middle);
  EXPECT_GT(highest, 65535 - 0.1 * middle);
  window.x.setTo(cv::Scalar(65535 - 0.1 * middle));  // there is no room: half of it is left
  cv::minMaxLoc(on_membrane(window).levels, nullptr, &highest);
  EXPECT_NEAR(highest - window.x.at<uint16_t>(0, 0), 0.5 * middle, 0.1 * middle);
}

TEST(Membrane, WithoutAContrastNothingIsGivenBack) {
  const GraftWindow window = skirted();
  EXPECT_EQ(cv::norm(on_membrane(window).levels, on_membrane(window, {.give_back = 1}).levels,
                     cv::NORM_INF),
            0);
}

TEST(Membrane, OutsideOfTheRegionItIsTheBackground) {
  GraftWindow window = skirted();
  window.contrast = 0.2;
  cv::Mat x;
  window.x.convertTo(x, CV_32F);
  cv::Mat difference = on_membrane(window).levels - x;
  difference.setTo(0, window.omega);
  EXPECT_EQ(cv::norm(difference, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mammograft
