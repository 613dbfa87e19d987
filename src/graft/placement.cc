#include "graft/placement.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/expect.h"

namespace mammograft {
namespace {

constexpr int kCellsAcross = 24;  // of omega, in the search for a place

// Pixels of the source to pixels of the target, pixel centres at integers as OpenCV has them.
cv::Matx23d source_to_target(cv::Size source, cv::Size target, const cv::Matx22d& linear) {
  const cv::Vec2d from((source.width - 1) / 2.0, (source.height - 1) / 2.0);
  const cv::Vec2d to((target.width - 1) / 2.0, (target.height - 1) / 2.0);
  const cv::Vec2d shift = to - linear * from;
  return {linear(0, 0), linear(0, 1), shift[0], linear(1, 0), linear(1, 1), shift[1]};
}

cv::Matx22d turn(const LesionTransform& transform) {
  const double angle = transform.rotation_deg * CV_PI / 180;
  const double mirror = transform.flip ? -1 : 1;
  // y points down, so a counter-clockwise turn as seen has the minus here.
  return {std::cos(angle) * mirror, std::sin(angle), -std::sin(angle) * mirror, std::cos(angle)};
}

cv::Size canvas_size(cv::Size source, const cv::Matx22d& linear) {
  constexpr double kRounding = 1e-6;  // a quarter turn's cosine is not quite 0
  const auto side = [&](int row) {
    const double length =
        std::abs(linear(row, 0)) * source.width + std::abs(linear(row, 1)) * source.height;
    return static_cast<int>(std::ceil(length - kRounding));
  };
  return {side(0), side(1)};
}

cv::Mat warped_mask(const cv::Mat& mask, const cv::Matx23d& map, cv::Size size) {
  cv::Mat soft, warped;
  mask.convertTo(soft, CV_32F, 1.0 / 255);
  cv::warpAffine(soft, warped, map, size, cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar(0));
  return warped >= 0.5;
}

// Nonzero where every pixel of the f x f cell is free; cells that are cut off are left out.
cv::Mat free_cells(const cv::Mat& free, int f) {
  cv::Mat cells(free.rows / f, free.cols / f, CV_8UC1, cv::Scalar(255));
  for (int y = 0; y < cells.rows * f; ++y) {
    const uint8_t* pixel = free.ptr<uint8_t>(y);
    uint8_t* cell = cells.ptr<uint8_t>(y / f);
    for (int x = 0; x < cells.cols * f; ++x) {
      if (!pixel[x]) cell[x / f] = 0;
    }
  }
  return cells;
}

// Nonzero where any pixel of the cell is set.
cv::Mat touched_cells(const cv::Mat& mask, int f) {
  cv::Mat cells((mask.rows + f - 1) / f, (mask.cols + f - 1) / f, CV_8UC1, cv::Scalar(0));
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      if (mask.at<uint8_t>(y, x)) cells.at<uint8_t>(y / f, x / f) = 255;
    }
  }
  return cells;
}

}  // namespace

void check(const PlacementOptions& options) {
  expect_above("placement.scale_min", options.scale_min, 0);
  expect_ordered("placement.scale_min, scale_max", options.scale_min, options.scale_max);
  expect_at_least("placement.contrast_growth", options.contrast_growth, 0);
  expect_at_least("placement.size_min_mm", options.size_min_mm, 0);
  expect_ordered("placement.size_min_mm, size_max_mm", options.size_min_mm, options.size_max_mm);
  expect_within("placement.rotation_deg", options.rotation_deg, 0, 180);
  expect_at_least("placement.margin_mm", options.margin_mm, 0);
}

bool views_fit(const PlacementOptions& options, const std::string& lesion,
               const std::string& background) {
  return options.view == "any" || lesion.empty() || background.empty() || lesion == background;
}

std::optional<LesionTransform> draw_transform(const Lesion& lesion, const PlacementOptions& options,
                                              Rng& rng) {
  const double low = std::max(options.scale_min, options.size_min_mm / lesion.size_mm);
  const double high = std::min(options.scale_max, options.size_max_mm / lesion.size_mm);
  LesionTransform transform;
  const double share = rng.uniform();
  transform.rotation_deg = rng.uniform(-options.rotation_deg, options.rotation_deg);
  transform.flip = rng.chance(0.5) && options.flip;
  if (low > high) return std::nullopt;
  transform.scale = low * std::pow(high / low, share);
  transform.gain = std::pow(transform.scale, options.contrast_growth);
  return transform;
}

WarpedLesion warp_lesion(const Lesion& lesion, const LesionTransform& transform,
                         const std::array<double, 2>& mm_per_px, const IntensityRange& range) {
  cv::Mat pixels = convert_range(lesion.pixels, lesion.range, range);
  cv::Mat mask = lesion.mask, omega = lesion.omega;
  double row_mm = lesion.mm_per_px[0] * transform.scale;
  double column_mm = lesion.mm_per_px[1] * transform.scale;
  const double target_mm = std::min(mm_per_px[0], mm_per_px[1]);
  const double fx = std::min(1.0, column_mm / target_mm), fy = std::min(1.0, row_mm / target_mm);
  if (fx < 1 || fy < 1) {
    const cv::Size smaller(std::max(1, cvRound(pixels.cols * fx)),
                           std::max(1, cvRound(pixels.rows * fy)));
    column_mm *= static_cast<double>(pixels.cols) / smaller.width;
    row_mm *= static_cast<double>(pixels.rows) / smaller.height;
    for (cv::Mat* image : {&pixels, &mask, &omega}) {
      cv::Mat reduced;
      cv::resize(*image, reduced, smaller, 0, 0, cv::INTER_AREA);
      *image = reduced;
    }
  }
  const cv::Matx22d to_mm(column_mm, 0, 0, row_mm);
  const cv::Matx22d from_mm(1 / mm_per_px[1], 0, 0, 1 / mm_per_px[0]);
  const cv::Matx22d linear = from_mm * turn(transform) * to_mm;
  const cv::Size size = canvas_size(pixels.size(), linear);
  const cv::Matx23d map = source_to_target(pixels.size(), size, linear);
  WarpedLesion warped;
  cv::warpAffine(pixels, warped.pixels, map, size, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  warped.mask = warped_mask(mask, map, size);
  warped.omega = warped_mask(omega, map, size) | warped.mask;
  warped.contrast = lesion.contrast * gain_between(lesion.range, range);
  amplify(warped, transform.gain);
  return warped;
}

void amplify(WarpedLesion& lesion, double gain) {
  if (gain == 1) return;
  lesion.contrast *= gain;
  cv::Mat around = lesion.omega & ~lesion.mask;
  if (cv::countNonZero(around) == 0) {  // omega is the mass itself
    cv::dilate(lesion.mask, around, cv::Mat());
    around &= ~lesion.mask;
  }
  if (cv::countNonZero(around) == 0) return;
  const double level = cv::mean(lesion.pixels, around)[0];
  lesion.pixels = level + gain * (lesion.pixels - level);
}

Places::Places(const cv::Mat& free, const cv::Mat& omega, const PlaceWeight& weight) {
  const cv::Rect box = cv::boundingRect(omega);
  ensure(box.area() > 0, "Places: the region is empty");
  const int f = std::max(1, std::max(box.width, box.height) / kCellsAcross);
  const cv::Mat cells = free_cells(free, f);
  const cv::Mat footprint = touched_cells(omega(box), f);
  if (cells.rows < footprint.rows || cells.cols < footprint.cols) return;
  cv::Mat fits;
  cv::erode(cells, fits, footprint, {0, 0}, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  std::vector<cv::Point> corners;
  cv::findNonZero(fits, corners);
  double sum = 0;
  for (const cv::Point& corner : corners) {
    const cv::Point at = corner * f;
    if (weight) {
      const double own = weight({at.x + box.width / 2.0, at.y + box.height / 2.0});
      if (!(own > 0)) continue;
      until_.push_back(sum += own);
    }
    origins_.push_back(at - box.tl());
  }
}

std::optional<cv::Point> Places::draw(Rng& rng) const {
  if (origins_.empty()) return std::nullopt;
  if (until_.empty()) return origins_[static_cast<size_t>(rng.integer(std::ssize(origins_)))];
  const auto found = std::upper_bound(until_.begin(), until_.end(), rng.uniform() * until_.back());
  const auto chosen = std::min(found - until_.begin(), std::ssize(until_) - 1);
  return origins_[static_cast<size_t>(chosen)];
}

}  // namespace mammograft
