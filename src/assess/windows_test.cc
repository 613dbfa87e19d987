#include "assess/windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <opencv2/imgproc.hpp>

#include "assess/testing.h"
#include "core/testing.h"
#include "graft/dilated.h"

namespace mammograft {
namespace {

struct Seen {
  cv::Mat window, inside, pixels, mask;
};

std::vector<Seen> look(const Cohort& cohort, const WindowOptions& options, int threads = 2) {
  const std::vector<MassRef> masses = masses_of(cohort);
  std::vector<Seen> seen(masses.size());
  Progress silent;
  visit_masses(masses, options, threads, silent, [&](size_t i, const MassSight& sight) {
    seen[i] = {sight.window, sight.inside, sight.patch.pixels.clone(), sight.patch.mask.clone()};
  });
  return seen;
}

WindowOptions small_windows() {
  WindowOptions options;
  options.side_px = 32;
  return options;
}

TEST(Windows, OfTheSameSpacingAreTheImageItself) {
  const TestFolder folder;
  const Cohort cohort = noise_cohort(folder / "real", 3);
  const std::vector<Seen> seen = look(cohort, small_windows());
  ASSERT_EQ(seen.size(), 3u);
  for (size_t i = 0; i < seen.size(); ++i) {
    const Point center = cohort.annotations[i].bbox.center();
    const cv::Mat pixels = read_pixels(cohort, cohort.images[i]);
    const cv::Rect square(static_cast<int>(center.x) - 16, static_cast<int>(center.y) - 16, 32, 32);
    cv::Mat expected;
    pixels(square).convertTo(expected, CV_32FC1, 1.0 / 65535);
    EXPECT_EQ(cv::norm(seen[i].window, expected, cv::NORM_INF), 0);
    EXPECT_EQ(cv::countNonZero(seen[i].inside), 32 * 32);
    EXPECT_GT(cv::countNonZero(seen[i].mask), 100);
  }
}

TEST(Windows, ShrinkByAreaAveraging) {
  const TestFolder folder;
  Cohort cohort = noise_cohort(folder / "real", 1);
  cohort.images[0].pixel_spacing_mm = {0.1, 0.1};
  const cv::Mat window = look(cohort, small_windows())[0].window;
  const cv::Mat pixels = read_pixels(cohort, cohort.images[0]);
  const Point center = cohort.annotations[0].bbox.center();
  const int x0 = static_cast<int>(std::lround(center.x / 2 - 16));
  const int y0 = static_cast<int>(std::lround(center.y / 2 - 16));
  double worst = 0;
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) {
      const int v = 2 * (y0 + y), u = 2 * (x0 + x);
      const double mean = (pixels.at<uint16_t>(v, u) + pixels.at<uint16_t>(v, u + 1) +
                           pixels.at<uint16_t>(v + 1, u) + pixels.at<uint16_t>(v + 1, u + 1)) /
                          4.0 / 65535;
      worst = std::max(worst, std::abs(window.at<float>(y, x) - mean));
    }
  }
  EXPECT_LT(worst, 1.0 / 65535);
}

TEST(Windows, ReflectTheImageAtItsBorder) {
  const TestFolder folder;
  Cohort cohort = noise_cohort(folder / "real", 1);
  cohort.annotations[0].bbox = {0, 40, 20, 60};
  cohort.annotations[0].segmentation = std::monostate{};
  const Seen seen = look(cohort, small_windows())[0];  // begins 6 px left of the image
  const cv::Mat pixels = read_pixels(cohort, cohort.images[0]);
  for (int x = 0; x < 6; ++x) {
    EXPECT_NEAR(seen.window.at<float>(16, x), pixels.at<uint16_t>(50, 5 - x) / 65535.0, 1e-6);
    EXPECT_EQ(seen.inside.at<uint8_t>(16, x), 0);
  }
  EXPECT_NEAR(seen.window.at<float>(16, 6), pixels.at<uint16_t>(50, 0) / 65535.0, 1e-6);
}

TEST(Windows, NeedASpacing) {
  const TestFolder folder;
  Cohort cohort = noise_cohort(folder / "real", 2);
  cohort.images[1].pixel_spacing_mm.reset();
  EXPECT_ERROR(look(cohort, small_windows()), bad_input, cohort.images[1].file_name);
  EXPECT_ERROR(look(cohort, small_windows()), bad_input, "--mm-per-px");
  WindowOptions options = small_windows();
  options.spacing_mm = {0.2, 0.2};
  EXPECT_EQ(look(cohort, options).size(), 2u);
  options.spacing_mm = {0.2, 0.2, 0.2};
  EXPECT_ERROR(look(cohort, options), usage, "mm_per_px");
  options.spacing_mm.clear();
  options.side_px = 3;
  EXPECT_ERROR(look(cohort, options), usage, "window_px");
}

// What was grafted may reach farther than a small mass is wide.
TEST(Windows, PatchesHoldTheRimOfWhatWasGrafted) {
  const TestFolder folder;
  Cohort cohort = noise_cohort(folder / "real", 1);
  cohort.annotations[0].bbox = {46, 46, 50, 50};
  cohort.annotations[0].segmentation = std::monostate{};
  std::vector<MassRef> masses = masses_of(cohort);
  masses[0].reach_mm = 5;  // 25 px
  Progress silent;
  visit_masses(masses, small_windows(), 1, silent, [](size_t, const MassSight& sight) {
    const double mm_per_px = sight.patch.mm_per_px;
    const cv::Rect rim = cv::boundingRect(dilated(sight.patch.mask, 5, {mm_per_px, mm_per_px}));
    EXPECT_EQ(rim.width, 4 + 2 * 25);
    EXPECT_GE(std::min(rim.x, rim.y), 7);  // the seam's bands and a gradient beyond it
    EXPECT_GE(sight.patch.mask.cols - rim.br().x, 7);
    EXPECT_GE(sight.patch.mask.rows - rim.br().y, 7);
  });
}

TEST(Windows, LeaveOutMassesWithoutAPixel) {
  const TestFolder folder;
  Cohort cohort = noise_cohort(folder / "real", 2);
  cohort.annotations[0].bbox = {40, 40, 40.2, 40.2};
  cohort.annotations[0].segmentation = std::monostate{};
  Progress silent;
  const std::vector<char> visited =
      visit_masses(masses_of(cohort), small_windows(), 1, silent, [](size_t, const MassSight&) {});
  EXPECT_EQ(visited, (std::vector<char>{0, 1}));
}

TEST(Windows, DoNotDependOnTheNumberOfThreads) {
  const TestFolder folder;
  const Cohort cohort = noise_cohort(folder / "real", 20);
  const auto one = look(cohort, small_windows(), 1), four = look(cohort, small_windows(), 4);
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(cv::norm(one[i].window, four[i].window, cv::NORM_INF), 0);
  }
}

TEST(Pictures, HoldTheMassInTheMiddle) {
  const TestFolder folder;
  const Cohort cohort = noise_cohort(folder / "real", 1);
  const MassPicture picture = mass_picture(masses_of(cohort)[0], small_windows(), 64);
  EXPECT_EQ(picture.pixels.size(), cv::Size(64, 64));
  EXPECT_NEAR(picture.radius, kNoiseRadius / 64.0, 1e-6);
  const MassPicture wide = mass_picture(masses_of(cohort)[0], small_windows(), 16);
  EXPECT_EQ(wide.pixels.cols, 4 * kNoiseRadius);
  const OriginalRegion region = original_region(masses_of(cohort)[0], small_windows(), 1.0);
  EXPECT_EQ(region.window.size(), cv::Size(32, 32));
  const cv::Rect tight = cv::boundingRect(region.omega);
  EXPECT_EQ(tight.width, 2 * kNoiseRadius + 10);  // 1 mm is 5 px
}

}  // namespace
}  // namespace mammograft
