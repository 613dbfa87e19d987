#include "graft/appearance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "core/rng.h"
#include "core/testing.h"

namespace mammograft {
namespace {

constexpr int kSide = 120, kRadius = 20;
constexpr double kMm = 0.1;

// A disc in the middle of a patch whose grey levels `level` tells.
MassPatch disc_patch(const std::function<double(int y, int x)>& level) {
  MassPatch patch{cv::Mat(kSide, kSide, CV_32FC1), cv::Mat::zeros(kSide, kSide, CV_8UC1), {}, kMm};
  cv::circle(patch.mask, {kSide / 2, kSide / 2}, kRadius, cv::Scalar(255), cv::FILLED);
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) patch.pixels.at<float>(y, x) = static_cast<float>(level(y, x));
  return patch;
}

// The measures of one group.
std::vector<double> group(const std::vector<double>& all, const std::string& key) {
  auto from = all.begin();
  for (const AppearanceGroup& one : kAppearanceGroups) {
    if (one.key == key) return {from, from + static_cast<std::ptrdiff_t>(one.measures)};
    from += static_cast<std::ptrdiff_t>(one.measures);
  }
  ADD_FAILURE() << key;
  return {};
}

double from_middle(int y, int x) { return std::hypot(y - kSide / 2, x - kSide / 2); }

TEST(Appearance, HasTheMeasuresOfItsGroups) {
  const MassPatch patch = disc_patch([](int, int) { return 0.5; });
  EXPECT_EQ(appearance(patch, patch.mask).size(), kAppearanceMeasures);
}

// Twice the noise is four times the power, whatever the band; what is added everywhere is not seen.
TEST(Appearance, TextureInsideIsThePowerOverThatAround) {
  for (const double base : {0.2, 0.5}) {
    Rng rng(1);
    const MassPatch patch = disc_patch([&](int y, int x) {
      return base + (from_middle(y, x) <= kRadius ? 0.02 : 0.01) * rng.normal();
    });
    const std::vector<double> inside = group(appearance(patch, patch.mask), "inside");
    for (size_t b = 0; b < 2; ++b) EXPECT_NEAR(inside[b], std::log(4), 0.2) << b;
  }
}

TEST(Appearance, AStepIsTextureAtTheRim) {
  Rng rng(2);
  const auto noise = [&](int, int) { return 0.5 + 0.01 * rng.normal(); };
  const MassPatch smooth = disc_patch(noise);
  MassPatch stepped = smooth;
  stepped.pixels = smooth.pixels.clone();
  stepped.pixels.setTo(0.6, stepped.mask);
  stepped.pixels = cv::Mat(stepped.pixels * 0.5 + smooth.pixels * 0.5);
  const std::vector<double> without = group(appearance(smooth, smooth.mask), "rim");
  const std::vector<double> with = group(appearance(stepped, smooth.mask), "rim");
  for (size_t b = 0; b < 2; ++b) EXPECT_GT(with[b], without[b] + 1) << b;  // coarser: inside too
}

TEST(Appearance, TellsSizeContrastAndPlace) {
  const MassPatch patch =
      disc_patch([](int y, int x) { return from_middle(y, x) <= kRadius ? 0.7 : 0.4; });
  const std::vector<double> all = appearance(patch, patch.mask);
  const std::vector<double> body = group(all, "body");
  EXPECT_NEAR(body[0], std::log(kRadius * kMm), 0.03);
  EXPECT_NEAR(body[1], 0.3, 1e-6);
  EXPECT_NEAR(group(all, "place")[0], 0.4, 1e-6);
}

// All of a cone's gradient runs across circles around its top; that of stripes half of the time:
// the mean of |cos| over the circle is 2 / pi.
TEST(Appearance, EdgesAreTheShareAcrossTheOutline) {
  const MassPatch cone = disc_patch([](int y, int x) { return 0.9 - 0.005 * from_middle(y, x); });
  for (const double share : group(appearance(cone, cone.mask), "edges"))
    EXPECT_NEAR(share, 1, 0.03);
  const MassPatch ramp = disc_patch([](int, int x) { return 0.1 + 0.005 * x; });
  for (const double share : group(appearance(ramp, ramp.mask), "edges"))
    EXPECT_NEAR(share, 2 / CV_PI, 0.03);
}

TEST(Appearance, OfAMassThatIsTooSmallOrAloneSomeIsNotKnown) {
  MassPatch patch = disc_patch([](int y, int x) { return 0.5 + 0.001 * ((3 * y + x) % 7); });
  patch.mask = 0;
  cv::circle(patch.mask, {kSide / 2, kSide / 2}, 3, cv::Scalar(255), cv::FILLED);
  for (const double measure : group(appearance(patch, patch.mask), "inside"))
    EXPECT_TRUE(std::isnan(measure));
  patch.valid = patch.mask.clone();
  for (const double measure : group(appearance(patch, patch.mask), "place"))
    EXPECT_TRUE(std::isnan(measure));
  EXPECT_ERROR(appearance(patch, cv::Mat(3, 3, CV_8UC1)), defect, "appearance");
}

}  // namespace
}  // namespace mammograft
