#include "blend/blend_input.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <opencv2/imgproc.hpp>

#include "blend/generator.h"

namespace mammograft {
namespace {

constexpr int kSide = 48;

// Noise as background; the lesion is the background plus `difference`(x, y).
GraftWindow example(const std::function<double(int, int)>& difference) {
  GraftWindow window;
  Rng rng(5);
  window.x = cv::Mat(kSide, kSide, CV_16UC1);
  window.e = cv::Mat(kSide, kSide, CV_32FC1);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      window.x.at<uint16_t>(y, x) = static_cast<uint16_t>(30000 + 500 * rng.normal());
      window.e.at<float>(y, x) = static_cast<float>(window.x.at<uint16_t>(y, x) + difference(x, y));
    }
  }
  window.omega = cv::Mat(kSide, kSide, CV_8UC1, cv::Scalar(0));
  cv::circle(window.omega, {24, 24}, 14, cv::Scalar(255), cv::FILLED);
  window.mask = window.omega;
  window.breast = cv::Mat(kSide, kSide, CV_8UC1, cv::Scalar(255));
  window.seen = window.breast.clone();
  return window;
}

double largest_change(const GraftWindow& window, const std::string& match) {
  cv::Mat x;
  window.x.convertTo(x, CV_32F);
  return cv::norm(seated(window, match).levels, x, cv::NORM_INF);
}

TEST(MatchedPaste, AMembraneTakesAwayWhatIsHarmonic) {
  const GraftWindow shifted = example([](int, int) { return 4000; });
  EXPECT_LT(largest_change(shifted, "membrane"), 20);
  EXPECT_LT(largest_change(shifted, "offset"), 1);
  EXPECT_GT(largest_change(shifted, "none"), 3999);
  // A slope is harmonic, and no constant takes it away.
  const GraftWindow tilted = example([](int x, int y) { return 200 * x - 100 * y; });
  EXPECT_LT(largest_change(tilted, "membrane"), 20);
  EXPECT_GT(largest_change(tilted, "offset"), 2000);
}

TEST(MatchedPaste, KeepsTheLesionAndTheBackground) {
  const auto bump = [](int x, int y) {
    return 5000 * std::exp(-(std::pow(x - 24, 2) + std::pow(y - 24, 2)) / 18.0);
  };
  const GraftWindow window = example(bump);
  for (const char* match : {"membrane", "offset", "none"}) {
    const cv::Mat paste = seated(window, match).levels;
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const double change = paste.at<float>(y, x) - window.x.at<uint16_t>(y, x);
        EXPECT_NEAR(change, window.omega.at<uint8_t>(y, x) ? bump(x, y) : 0, 60) << match;
      }
    }
  }
}

// Else the prior would pull in a seam along a rim that nothing has faded in.
TEST(BlendBatch, ItsGuideIsWhatTheGeneratorBeginsWith) {
  const GraftWindow window = example([](int x, int y) { return x > 20 && y > 22 ? 6000 : 0; });
  const BlendInputOptions options;
  const BlendBatch batch = make_blend_batch({window}, options, {Rng(1)});
  const torch::Tensor begin =
      compose(batch.x, batch.body, at::zeros_like(batch.x), batch.feather, options.generator);
  EXPECT_TRUE(at::allclose(begin, batch.fused, 0, 1e-6));
  EXPECT_GT((begin - batch.x).abs().max().item<double>(), 0.05);
}

TEST(BlendBatch, ItsBodyIsTheCoarseBandOfThePaste) {
  const GraftWindow window = example([](int x, int y) { return x > 20 && y > 22 ? 6000 : 0; });
  BlendInputOptions options;
  options.match = "offset";
  options.generator.body = "coarse";
  options.generator.body_mm = 2 * window.mm_per_px[0];
  const BlendBatch batch = make_blend_batch({window}, options, {Rng(1)});
  cv::Mat expected;
  cv::GaussianBlur(to_image((batch.pasted - batch.x)[0][0]), expected, {}, 2);
  EXPECT_LT(cv::norm(to_image(batch.body[0][0]), expected, cv::NORM_INF), 1e-6);
  EXPECT_GT(batch.body.abs().max().item<double>(), 0.02);
  options.generator.body = "none";
  EXPECT_EQ(make_blend_batch({window}, options, {Rng(1)}).body.abs().max().item<double>(), 0);
}

TEST(BlendBatch, ItsMaskTellsWhatIsBeyondTheImage) {
  GraftWindow window = example([](int, int) { return 0; });
  window.seen.colRange(0, 5) = 0;
  const torch::Tensor mask = make_blend_batch({window}, {}, {Rng(1)}).input()[0][2];
  EXPECT_EQ(mask[24][4].item<float>(), -1);
  EXPECT_EQ(mask[24][5].item<float>(), 0);
  EXPECT_EQ(mask[24][24].item<float>(), 1);
}

TEST(BlendBatch, WithoutAPriorNothingOfTheLesionIsShown) {
  BlendInputOptions options;
  options.noise = true;
  const GraftWindow one = example([](int, int) { return 0; });
  const GraftWindow two = example([](int x, int) { return 300 * x; });
  const BlendBatch a = make_blend_batch({one}, options, {Rng(1)});
  const BlendBatch b = make_blend_batch({two}, options, {Rng(1)});
  EXPECT_TRUE(torch::equal(a.input(), b.input()));
  EXPECT_EQ(b.body.abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace mammograft
