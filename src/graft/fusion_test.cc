#include "graft/fusion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/rng.h"
#include "core/testing.h"

namespace mammograft {
namespace {

constexpr int kFusionSide = 40;
const std::array<double, 2> kFusionSpacing = {0.25, 0.2};

using Plane = std::vector<double>;  // rows of kFusionSide

cv::Mat textured(uint64_t seed, double deviation) {
  Rng rng(seed);
  cv::Mat image(kFusionSide, kFusionSide, CV_32FC1);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x)
      image.at<float>(y, x) =
          static_cast<float>(30000 + 40 * x - 25 * y + deviation * rng.normal());
  }
  return image;
}

cv::Mat middle_disc(int radius) {
  cv::Mat omega(kFusionSide, kFusionSide, CV_8UC1, cv::Scalar(0));
  for (int y = 0; y < omega.rows; ++y) {
    for (int x = 0; x < omega.cols; ++x)
      if (std::hypot(y - kFusionSide / 2, x - kFusionSide / 2) < radius)
        omega.at<uint8_t>(y, x) = 255;
  }
  return omega;
}

SeatedLesion put_into(const cv::Mat& x, const cv::Mat& e, const cv::Mat& omega) {
  cv::Mat levels = x.clone();
  e.copyTo(levels, omega);
  return {levels, e};
}

// All of the method once more, in double precision and without a library: whole kernels, mirrored
// indices.
class SlowFusion {
 public:
  SlowFusion(const FusionOptions& options) : options_(options) {}

  Plane run(const Plane& x, const Plane& levels, const Plane& e) const {
    const std::vector<Plane> of_x = bands(x), of_e = bands(e);
    Plane sum = bands(levels).back();
    for (size_t i = 0; i + 1 < of_x.size(); ++i) {
      Plane rest = of_x[i];
      for (double& value : rest) value *= 1 - options_.displaced;
      const Plane one = fuse(rest, of_e[i]);
      for (size_t p = 0; p < sum.size(); ++p) sum[p] += one[p];
    }
    return sum;
  }

 private:
  static int mirrored(int i) { return i < 0 ? -i : i >= kFusionSide ? 2 * kFusionSide - 2 - i : i; }

  static Plane smooth(const Plane& image, double mm) {
    const double sx = mm / kFusionSpacing[1], sy = mm / kFusionSpacing[0];
    const int rx = static_cast<int>(std::lround(8 * sx + 1)) / 2;
    const int ry = static_cast<int>(std::lround(8 * sy + 1)) / 2;
    Plane result(image.size());
    for (int y = 0; y < kFusionSide; ++y) {
      for (int x = 0; x < kFusionSide; ++x) {
        double sum = 0, weight = 0;
        for (int dy = -ry; dy <= ry; ++dy) {
          for (int dx = -rx; dx <= rx; ++dx) {
            const double w = std::exp(-dx * dx / (2 * sx * sx) - dy * dy / (2 * sy * sy));
            sum += w * image[index(mirrored(y + dy), mirrored(x + dx))];
            weight += w;
          }
        }
        result[index(y, x)] = sum / weight;
      }
    }
    return result;
  }

  std::vector<Plane> bands(const Plane& image) const {
    std::vector<Plane> all;
    Plane finer = image;
    for (double mm : options_.blurs_mm) {
      const Plane coarser = smooth(image, mm);
      Plane one(image.size());
      for (size_t p = 0; p < one.size(); ++p) one[p] = finer[p] - coarser[p];
      all.push_back(one);
      finer = coarser;
    }
    all.push_back(finer);
    return all;
  }

  static Plane times(const Plane& a, const Plane& b) {
    Plane product(a.size());
    for (size_t p = 0; p < a.size(); ++p) product[p] = a[p] * b[p];
    return product;
  }

  Plane fuse(const Plane& x, const Plane& e) const {
    const double reach = options_.neighbourhood_mm;
    const Plane xx = smooth(times(x, x), reach), ee = smooth(times(e, e), reach),
                xe = smooth(times(x, e), reach);
    Plane share(x.size());
    for (size_t p = 0; p < share.size(); ++p) {
      const double match = 2 * xe[p] / (xx[p] + ee[p]);
      const double winner = 0.5 + 0.5 * (1 - match) / (1 - options_.match);
      share[p] = match < options_.match ? 1 / (1 + std::pow(xx[p] / ee[p], options_.sharpness))
                 : ee[p] > xx[p]        ? winner
                                        : 1 - winner;
    }
    share = smooth(share, options_.share_blur_mm);
    Plane both(x.size());
    for (size_t p = 0; p < both.size(); ++p) both[p] = (1 - share[p]) * x[p] + share[p] * e[p];
    const Plane energy = smooth(times(both, both), reach);
    for (size_t p = 0; p < both.size(); ++p)
      both[p] *= std::clamp(std::sqrt(std::max(xx[p], ee[p]) / energy[p]), 1.0, options_.gain_max);
    return both;
  }

  static size_t index(int y, int x) { return static_cast<size_t>(y * kFusionSide + x); }

  FusionOptions options_;
};

Plane plane_of(const cv::Mat& image) { return Plane(image.begin<float>(), image.end<float>()); }

TEST(Fusion, IsItsDefinition) {
  const cv::Mat omega = middle_disc(14), x = textured(1, 300);
  for (const double deviation : {100.0, 300.0, 900.0}) {
    const SeatedLesion lesion = put_into(x, textured(2, deviation), omega);
    FusionOptions options;
    options.match_grain = false;
    const cv::Mat result = fused(x, lesion, omega, kFusionSpacing, options);
    const Plane expected =
        SlowFusion(options).run(plane_of(x), plane_of(lesion.levels), plane_of(lesion.detail));
    for (int i = 0; i < kFusionSide * kFusionSide; ++i) {
      const int r = i / kFusionSide, c = i % kFusionSide;
      if (omega.at<uint8_t>(r, c)) {
        ASSERT_NEAR(result.at<float>(r, c), expected[static_cast<size_t>(i)], 0.5) << r << " " << c;
      } else {
        ASSERT_EQ(result.at<float>(r, c), x.at<float>(r, c));
      }
    }
  }
}

TEST(Fusion, OfAnImageWithItselfIsTheImage) {
  const cv::Mat x = textured(1, 300), omega = middle_disc(14);
  EXPECT_LT(cv::norm(fused(x, {x, x}, omega, kFusionSpacing), x, cv::NORM_INF), 0.1);
}

// Deviation in the middle of what differs from a plane that falls and rises like textured().
double roughness(const cv::Mat& image) {
  double sum = 0;
  int count = 0;
  for (int y = 12; y < 28; ++y) {
    for (int x = 12; x < 28; ++x, ++count)
      sum += std::pow(image.at<float>(y, x) - (30000 + 40 * x - 25 * y), 2);
  }
  return std::sqrt(sum / count);
}

TEST(Fusion, WhereTheLesionHasNoGrainTheBackgroundsStaysButForWhatIsDisplaced) {
  const cv::Mat x = textured(1, 300), omega = middle_disc(16);
  const SeatedLesion smooth_lesion = put_into(x, textured(2, 0), omega);
  FusionOptions options;
  options.displaced = 0;
  const double all = roughness(fused(x, smooth_lesion, omega, kFusionSpacing, options));
  EXPECT_NEAR(all / roughness(x), 1, 0.15);
  options.displaced = 0.4;
  const double rest = roughness(fused(x, smooth_lesion, omega, kFusionSpacing, options));
  EXPECT_NEAR(rest / all, 0.6, 0.02);
}

TEST(Fusion, ANoisierFilmComesDownToTheBackgroundsGrain) {
  const cv::Mat x = textured(1, 200), omega = middle_disc(16);
  const SeatedLesion noisy = put_into(x, textured(2, 600), omega);
  FusionOptions as_it_is;
  as_it_is.match_grain = false;
  const double before = roughness(fused(x, noisy, omega, kFusionSpacing, as_it_is));
  const double after = roughness(fused(x, noisy, omega, kFusionSpacing));
  EXPECT_GT(before, 500);
  EXPECT_LT(after, 0.7 * before);
}

// The background's own edge along the rim is no detail of the lesion, which lies on it as it is.
TEST(Fusion, SurroundingsOfTheRimAreTheLesions) {
  const cv::Mat omega = middle_disc(14), x = textured(1, 100), lesion = textured(2, 1500);
  const cv::Mat whole = fused(x, put_into(x, lesion, omega), omega, kFusionSpacing);
  const cv::Mat cut =
      fused(x, {put_into(x, lesion, omega).levels, put_into(x, lesion, omega).levels}, omega,
            kFusionSpacing);
  const cv::Mat rim = omega & ~middle_disc(12);
  EXPECT_LT(cv::norm(whole, lesion, cv::NORM_L1, rim), cv::norm(cut, lesion, cv::NORM_L1, rim));
}

TEST(Fusion, ABrightPointStands) {
  const cv::Mat x = textured(1, 200), omega = middle_disc(16);
  cv::Mat lesion = textured(2, 200);
  lesion.at<float>(20, 20) += 6000;
  const cv::Mat result = fused(x, put_into(x, lesion, omega), omega, kFusionSpacing);
  EXPECT_GT(result.at<float>(20, 20), lesion.at<float>(20, 20) - 1200);
}

TEST(Fusion, RejectsBlursThatDoNotRise) {
  const cv::Mat x = textured(1, 200), omega = middle_disc(16);
  for (const std::vector<double>& blurs :
       {std::vector<double>{}, {0.5, 0.2}, {0.2, 0.2}, {0.0, 1.0}}) {
    FusionOptions options;
    options.blurs_mm = blurs;
    EXPECT_ERROR(fused(x, {x, x}, omega, kFusionSpacing, options), usage,
                 "expected rising lengths above 0");
    EXPECT_ERROR(check(options, "fuse"), usage, "fuse.blurs_mm: found ");
  }
}

TEST(Fusion, ChecksItsOptions) {
  const auto refused = [](const std::string& message, const auto& change) {
    FusionOptions options;
    check(options, "fuse");
    change(options);
    EXPECT_ERROR(check(options, "fuse"), usage, message);
  };
  refused("fuse.neighbourhood_mm: found -1", [](auto& o) { o.neighbourhood_mm = -1; });
  refused("fuse.match: found 1, expected 0 or more and below 1", [](auto& o) { o.match = 1; });
  refused("fuse.sharpness: found -1", [](auto& o) { o.sharpness = -1; });
  refused("fuse.share_blur_mm: found -1", [](auto& o) { o.share_blur_mm = -1; });
  refused("fuse.gain_max: found 0.5, expected 1 or more", [](auto& o) { o.gain_max = 0.5; });
  refused("fuse.displaced: found 1.5, expected 0 to 1", [](auto& o) { o.displaced = 1.5; });
}

}  // namespace
}  // namespace mammograft
