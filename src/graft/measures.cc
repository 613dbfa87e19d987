#include "graft/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "graft/rim_distance.h"

namespace mammograft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kRingInner = 0.15, kRingOuter = 0.5;       // equivalent radii from the rim
constexpr double kRim = 1, kBandInner = 3, kBandOuter = 6;  // px from the rim
constexpr double kInvisible = 1.0 / 3;

cv::Point2f gradient(const cv::Mat& image, int y, int x) {
  return {(image.at<float>(y, x + 1) - image.at<float>(y, x - 1)) / 2,
          (image.at<float>(y + 1, x) - image.at<float>(y - 1, x)) / 2};
}

struct Mean {
  double sum = 0, squares = 0;
  int64_t count = 0;
  void add(double value) { sum += value, squares += value * value, ++count; }
  double value() const { return count ? sum / static_cast<double>(count) : kNan; }
  double deviation() const {
    const double mean = value();
    return std::sqrt(std::max(0.0, squares / static_cast<double>(count) - mean * mean));
  }
};

bool all_valid(const cv::Mat& valid, int y, int x) {  // the pixel and what its gradient reads
  return valid.empty() ||
         (valid.at<uint8_t>(y, x) && valid.at<uint8_t>(y, x - 1) && valid.at<uint8_t>(y, x + 1) &&
          valid.at<uint8_t>(y - 1, x) && valid.at<uint8_t>(y + 1, x));
}

// Weighted least squares of y on x, and Pearson's r.
struct Line {
  double mean_x = kNan, mean_y = kNan, slope = kNan, correlation = kNan;
};

Line fit_line(const std::vector<double>& x, const std::vector<double>& y,
              const std::vector<double>& weights) {
  double n = 0, sum_x = 0, sum_y = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    n += weights[i], sum_x += weights[i] * x[i], sum_y += weights[i] * y[i];
  }
  Line line;
  if (n <= 0) return line;
  line.mean_x = sum_x / n, line.mean_y = sum_y / n;
  double xx = 0, xy = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - line.mean_x, dy = y[i] - line.mean_y;
    xx += weights[i] * dx * dx, xy += weights[i] * dx * dy, yy += weights[i] * dy * dy;
  }
  if (xx > 0) line.slope = xy / xx;
  if (xx > 0 && yy > 0) line.correlation = xy / std::sqrt(xx * yy);
  return line;
}

// The value below and above which half of the weight lies; between two, their mean.
double weighted_median(const std::vector<double>& values, const std::vector<double>& weights) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  const double half = std::accumulate(weights.begin(), weights.end(), 0.0) / 2;
  double below = 0, left = kNan;
  for (size_t i : order) {
    if (weights[i] <= 0) continue;
    if (!std::isnan(left)) return (left + values[i]) / 2;
    below += weights[i];
    if (below == half) left = values[i];
    if (below > half) return values[i];
  }
  return kNan;
}

// Grey levels of a mass and of the ring around it.
struct MassLevels {
  Mean inside, ring;
  double contrast() const { return inside.value() - ring.value(); }
};

MassLevels levels_of(const MassPatch& patch) {
  check(patch);
  const double radius = equivalent_radius(patch.mask);
  const cv::Mat pixels = full_scale_one(patch.pixels), distance = distance_to(patch.mask);
  MassLevels levels;
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < pixels.cols; ++x) {
      if (patch.mask.at<uint8_t>(y, x)) {
        levels.inside.add(pixels.at<float>(y, x));
        continue;
      }
      if (!patch.valid.empty() && !patch.valid.at<uint8_t>(y, x)) continue;
      const double from_rim = distance.at<float>(y, x) - 0.5;
      if (from_rim >= kRingInner * radius && from_rim <= kRingOuter * radius)
        levels.ring.add(pixels.at<float>(y, x));
    }
  }
  return levels;
}

}  // namespace

double mass_contrast(const MassPatch& patch) { return levels_of(patch).contrast(); }

double mass_conspicuity(const MassPatch& patch) {
  const MassLevels levels = levels_of(patch);
  const double deviation = levels.ring.deviation();
  return deviation > 0 ? levels.contrast() / deviation : kNan;
}

double ring_deviation(const MassPatch& patch) { return levels_of(patch).ring.deviation(); }

double seam_energy(const MassPatch& patch, const cv::Mat& omega) {
  check(patch);
  ensure(omega.type() == CV_8UC1 && omega.size() == patch.pixels.size(),
         "seam_energy: expected a CV_8UC1 region of the patch's size");
  const cv::Mat pixels = full_scale_one(patch.pixels), rim = rim_distance(omega);
  Mean at_rim, beside;
  for (int y = 1; y + 1 < pixels.rows; ++y) {
    for (int x = 1; x + 1 < pixels.cols; ++x) {
      const double distance = std::abs(rim.at<float>(y, x));
      const bool near = distance <= kRim;
      if (!near && !(distance >= kBandInner && distance <= kBandOuter)) continue;
      if (!all_valid(patch.valid, y, x)) continue;
      const cv::Point2f normal = gradient(rim, y, x);
      const double length = std::hypot(normal.x, normal.y);
      if (!(length > 0)) continue;  // as far from one side of the region as from another
      (near ? at_rim : beside).add(std::abs(gradient(pixels, y, x).dot(normal)) / length);
    }
  }
  return beside.value() > 0 ? at_rim.value() / beside.value() : kNan;
}

double high_frequency_power(const MassPatch& patch) {
  check(patch);
  const cv::Mat pixels = full_scale_one(patch.pixels);
  cv::Mat blurred;
  cv::GaussianBlur(pixels, blurred, {9, 9}, 1, 1, cv::BORDER_REFLECT_101);
  Mean power;
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < pixels.cols; ++x) {
      if (!patch.mask.at<uint8_t>(y, x)) continue;
      const double rest = pixels.at<float>(y, x) - blurred.at<float>(y, x);
      power.add(rest * rest);
    }
  }
  return power.value();
}

BackgroundChange background_change(const cv::Mat& before, const cv::Mat& after,
                                   const cv::Mat& omega) {
  ensure(before.type() == after.type() && before.size() == after.size() &&
             omega.type() == CV_8UC1 && omega.size() == after.size(),
         "background_change: expected two images and a CV_8UC1 region of one size");
  const cv::Mat first = full_scale_one(before), last = full_scale_one(after);
  Mean change, differs;
  for (int y = 0; y < first.rows; ++y) {
    for (int x = 0; x < first.cols; ++x) {
      if (omega.at<uint8_t>(y, x)) continue;
      const double difference = std::abs(double{last.at<float>(y, x)} - first.at<float>(y, x));
      change.add(difference);
      differs.add(difference > 0);
    }
  }
  return {change.value(), differs.value()};
}

ContrastTransfer contrast_transfer(const std::vector<double>& source,
                                   const std::vector<double>& result,
                                   const std::vector<double>& weights) {
  ensure(source.size() == result.size() && (weights.empty() || weights.size() == source.size()),
         "contrast_transfer: {} sources, {} results, {} weights", source.size(), result.size(),
         weights.size());
  std::vector<double> x, y, w, ratios, ratio_weights;
  double visible = 0, invisible = 0;
  for (size_t i = 0; i < source.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    if (std::isnan(source[i]) || std::isnan(result[i]) || weight <= 0) continue;
    x.push_back(source[i]), y.push_back(result[i]), w.push_back(weight);
    if (source[i] <= 0) continue;  // a third of nothing says nothing
    ratios.push_back(result[i] / source[i]), ratio_weights.push_back(weight);
    (result[i] < kInvisible * source[i] ? invisible : visible) += weight;
  }
  const Line line = fit_line(x, y, w);
  ContrastTransfer transfer;
  transfer.masses = static_cast<int>(x.size());
  transfer.ratio_of_means = line.mean_x == 0 ? kNan : line.mean_y / line.mean_x;
  transfer.median_ratio = weighted_median(ratios, ratio_weights);
  transfer.slope = line.slope;
  transfer.correlation = line.correlation;
  transfer.invisible_share = ratios.empty() ? kNan : invisible / (visible + invisible);
  return transfer;
}

}  // namespace mammograft
