#include "graft/conspicuity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/testing.h"
#include "graft/measures.h"
#include "graft/testing.h"

namespace mammograft {
namespace {

constexpr int kQuietSide = 160;

// Tissue that is smooth on the left half and rough on the right one.
Background half_rough() {
  Rng rng(4);
  Background background;
  background.pixels = cv::Mat(kQuietSide, kQuietSide, CV_16UC1);
  for (int y = 0; y < kQuietSide; ++y) {
    for (int x = 0; x < kQuietSide; ++x) {
      const double deviation = x < kQuietSide / 2 ? 500 : 4000;
      background.pixels.at<uint16_t>(y, x) =
          cv::saturate_cast<uint16_t>(30000 + deviation * rng.normal());
    }
  }
  background.breast = cv::Mat(kQuietSide, kQuietSide, CV_8UC1, cv::Scalar(255));
  background.free = background.breast.clone();
  return background;
}

// Contrast over deviation, the slow way: the mass put there is measured.
TEST(Conspicuity, IsForetoldAsItComesOut) {
  const Background background = half_rough();
  WarpedLesion lesion = disc_lesion();
  lesion.contrast = 6553.5 / 65535;
  for (const cv::Point origin : {cv::Point(20, 60), cv::Point(110, 60), cv::Point(-3, 60)}) {
    cv::Mat mask(kQuietSide, kQuietSide, CV_8UC1, cv::Scalar(0)), made = background.pixels.clone();
    cv::circle(mask, origin + cv::Point(15, 15), 8, cv::Scalar(255), cv::FILLED);
    const MassPatch before{background.pixels, mask, background.breast, 1};
    const double level = cv::mean(made, mask)[0] / 65535 - mass_contrast(before);  // of the ring
    made.setTo((level + lesion.contrast) * 65535, mask);
    EXPECT_NEAR(foretold_conspicuity(background, lesion, origin),
                mass_conspicuity({made, mask, background.breast, 1}), 0.01);
  }
}

TEST(Conspicuity, APlaceIsChosenByTheAim) {
  const Background background = half_rough();
  WarpedLesion lesion = disc_lesion();
  lesion.contrast = 4000.0 / 65535;  // 8 in the smooth half, 1 in the rough one
  for (const double aim : {1.0, 7.0}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Rng rng(seed);
      const auto chosen = choose_conspicuous_place(background, lesion, aim, {}, rng);
      ASSERT_TRUE(chosen);
      const double foretold =
          chosen->gain * foretold_conspicuity(background, lesion, chosen->origin);
      EXPECT_NEAR(foretold / aim, 1, 0.35) << aim << " " << seed;
      EXPECT_GE(chosen->gain, 1 / 1.3 - 1e-12);
      EXPECT_LE(chosen->gain, 1.3 + 1e-12);
    }
  }
}

// No lesion is as dark as the aim, so it is brought as near to its surroundings as it may be.
TEST(Conspicuity, AnAimBelowTheTissueTakesTheSmallestGain) {
  const Background background = half_rough();
  WarpedLesion lesion = disc_lesion();
  for (const double contrast : {4000.0 / 65535, -4000.0 / 65535}) {
    Rng rng(1);
    lesion.contrast = contrast;
    const auto chosen =
        choose_conspicuous_place(background, lesion, contrast > 0 ? -1 : 1, {}, rng);
    ASSERT_TRUE(chosen);
    EXPECT_DOUBLE_EQ(chosen->gain, 1 / 1.3);
  }
  // Both dark: nearer to the aim by contrast, as where both are bright.
  Rng rng(1);
  const auto dark = choose_conspicuous_place(background, lesion, -100, {}, rng);
  ASSERT_TRUE(dark);
  EXPECT_DOUBLE_EQ(dark->gain, 1.3);
}

LesionBank bank_of(const std::vector<double>& of_lesions, const std::vector<double>& of_masses) {
  LesionBank bank;
  for (double one : of_lesions) bank.lesions.emplace_back().conspicuity = one;
  for (double one : of_masses) bank.masses.emplace_back().conspicuity = one;
  return bank;
}

TEST(Conspicuity, AGraftAimsAtWhatItsLesionHad) {
  const double unknown = std::nan("");
  const std::vector<double> all{3, 1, unknown, 2}, same = masses_of_same_rank(bank_of(all, all));
  EXPECT_EQ(same[0], 3);
  EXPECT_EQ(same[1], 1);
  EXPECT_TRUE(std::isnan(same[2]));
  EXPECT_EQ(same[3], 2);
}

// Ten masses, of which the five plainest can be grafted: they stand for all ten, two each.
TEST(Conspicuity, AGraftStandsForTheMassesThatCannotBeGrafted) {
  const LesionBank bank = bank_of({9, 7, 8, 6, 5}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_EQ(masses_of_same_rank(bank), (std::vector<double>{8.5, 4.5, 6.5, 2.5, 0.5}));
}

TEST(Conspicuity, HarderIsAShareOfIt) {
  ConspicuityOptions options;
  EXPECT_FALSE(conspicuity_aim(2, options));
  options.aim = "match";
  EXPECT_EQ(conspicuity_aim(2, options), 2);
  options.aim = "harder";
  EXPECT_EQ(conspicuity_aim(2, options), 1.4);
  EXPECT_EQ(conspicuity_aim(-2, options), -2);
  EXPECT_FALSE(conspicuity_aim(std::nan(""), options));
  options.harder = 1.5;
  EXPECT_ERROR(check(options), usage, "conspicuity_harder: found 1.5, expected 0 to 1");
}

}  // namespace
}  // namespace mammograft
