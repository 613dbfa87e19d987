#include "image/breast.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/expect.h"
#include "image/pectoral.h"

namespace mammograft {
namespace {

constexpr int kWorkingSize = 256;        // px, longer side: sets every length below
constexpr int kSmallestSide = 16;        // px, reduced: below that there is no shape to speak of
constexpr double kSmallestShare = 0.02;  // of the image: a smaller component is no breast

// Lengths in pixels of the reduced image.
struct Lengths {
  explicit Lengths(int longer_side) : unit(longer_side / double(kWorkingSize)) {}
  int operator()(double at_working_size) const {
    return std::max(1, int(std::lround(at_working_size * unit)));
  }
  double unit;
};

cv::Mat disk(int radius) {
  return cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * radius + 1, 2 * radius + 1});
}

// Otsu 1979 on the pixels that are neither black padding nor saturated (strips and labels would
// pull the threshold up). 0..1; 0 when nothing is left.
double otsu_of_film(const cv::Mat& image) {
  constexpr int kBins = 256;
  double histogram[kBins] = {};
  double count = 0, sum = 0;
  for (int i = 0; i < image.rows; ++i) {
    for (int j = 0; j < image.cols; ++j) {
      const float value = image.at<float>(i, j);
      if (value > 0.9f) continue;
      const int bin = std::clamp(int(value * (kBins - 1) + 0.5f), 0, kBins - 1);
      histogram[bin] += 1;
      count += 1;
      sum += bin;
    }
  }
  double below = 0, sum_below = 0, best = -1;
  int threshold = 0;
  for (int bin = 0; bin < kBins; ++bin) {
    below += histogram[bin];
    sum_below += bin * histogram[bin];
    if (below == 0 || below == count) continue;
    const double gap = sum_below / below - (sum - sum_below) / (count - below);
    const double between = below * (count - below) * gap * gap;
    if (between > best) {
      best = between;
      threshold = bin;
    }
  }
  return threshold / double(kBins - 1);
}

cv::Mat reduce(const cv::Mat& pixels) {
  const double scale = std::min(1.0, kWorkingSize / double(std::max(pixels.rows, pixels.cols)));
  const cv::Size size(std::max(1, int(std::lround(pixels.cols * scale))),
                      std::max(1, int(std::lround(pixels.rows * scale))));
  cv::Mat small, image;
  if (size == pixels.size()) {
    small = pixels;
  } else {
    cv::resize(pixels, small, size, 0, 0, cv::INTER_AREA);
  }
  small.convertTo(image, CV_32F, 1 / 65535.0);
  return image;
}

// The component of `mask` with the best claim to be the breast; empty mask when none has one.
// Strips are as large, but they are uniform and white.
cv::Mat breast_component(const cv::Mat& image, const cv::Mat& mask) {
  cv::Mat labels, stats, centroids;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centroids, 4, CV_32S);
  std::vector<double> white(count, 0);
  for (int i = 0; i < mask.rows; ++i) {
    for (int j = 0; j < mask.cols; ++j) {
      if (image.at<float>(i, j) > 0.9f) white[labels.at<int>(i, j)] += 1;
    }
  }
  int best = 0;
  double best_area = kSmallestShare * double(mask.total());
  for (int k = 1; k < count; ++k) {
    const double area = stats.at<int>(k, cv::CC_STAT_AREA);
    if (white[k] > 0.75 * area && area < 0.5 * double(mask.total())) continue;
    if (area > best_area) {
      best = k;
      best_area = area;
    }
  }
  if (best == 0) return {};
  return labels == best;
}

// Regions that are white, sharply bounded by air on most of their outline, and small: labels and
// film edges. Bounded by tissue, white is muscle or a saturated gland and stays.
cv::Mat find_labels(const cv::Mat& image, double air, const Lengths& px) {
  const cv::Mat white = image > 0.85;
  cv::Mat labels, stats, centroids, found = cv::Mat::zeros(image.size(), CV_8U);
  const int count = cv::connectedComponentsWithStats(white, labels, stats, centroids, 8, CV_32S);
  const int reach = px(4);
  for (int k = 1; k < count; ++k) {
    const int area = stats.at<int>(k, cv::CC_STAT_AREA);
    if (area < 4 || area > 0.3 * double(image.total())) continue;
    cv::Rect around(stats.at<int>(k, cv::CC_STAT_LEFT) - reach,
                    stats.at<int>(k, cv::CC_STAT_TOP) - reach,
                    stats.at<int>(k, cv::CC_STAT_WIDTH) + 2 * reach,
                    stats.at<int>(k, cv::CC_STAT_HEIGHT) + 2 * reach);
    around &= cv::Rect(0, 0, image.cols, image.rows);
    const cv::Mat region = labels(around) == k;
    cv::Mat far, near;
    cv::dilate(region, far, disk(reach));
    cv::dilate(region, near, disk(std::max(1, reach - 1)));
    const cv::Mat ring = far & ~near;
    const int ring_size = cv::countNonZero(ring);
    const int dark = cv::countNonZero(ring & (image(around) < air));
    if (ring_size == 0 || dark < 0.6 * ring_size) continue;
    cv::Mat wide;
    cv::dilate(region, wide, disk(px(2)));
    found(around) |= wide;
  }
  return found;
}

// Mask of bright bands along the image's sides: a run of white that starts at the border, is
// narrower than 6 % of the image and ends in a step.
cv::Mat find_strips(const cv::Mat& image, const Lengths& px) {
  cv::Mat strips = cv::Mat::zeros(image.size(), CV_8U);
  const int deepest = px(16), step = px(2);
  for (int side = 0; side < 4; ++side) {
    const bool vertical = side < 2;
    const bool from_end = side % 2 == 1;
    const int along = vertical ? image.rows : image.cols;
    const int across = vertical ? image.cols : image.rows;
    if (across < 4 * deepest) continue;
    const auto at = [&](int line, int depth) {
      const int position = from_end ? across - 1 - depth : depth;
      return vertical ? cv::Point(position, line) : cv::Point(line, position);
    };
    std::vector<int> width(along, 0);
    int hits = 0;
    for (int line = 0; line < along; ++line) {
      int start = 0;  // the outermost pixel may be mixed with what lies beyond
      while (start < step && image.at<float>(at(line, start)) < 0.8f) ++start;
      int end = start;
      while (end < deepest && image.at<float>(at(line, end)) >= 0.8f) ++end;
      if (end == start || end >= deepest) continue;
      const float inside = image.at<float>(at(line, std::max(start, end - step)));
      const float beyond = image.at<float>(at(line, end + step));
      if (inside - beyond < 0.2f) continue;
      width[line] = std::min(across, end + step);
      ++hits;
    }
    if (hits < 0.15 * along) continue;
    for (int line = 0; line < along; ++line) {
      for (int depth = 0; depth < width[line]; ++depth) strips.at<uchar>(at(line, depth)) = 255;
    }
  }
  return strips;
}

cv::Mat fill_holes(const cv::Mat& mask) {
  cv::Mat padded;  // a border of air joins everything that is not a hole
  cv::copyMakeBorder(mask, padded, 1, 1, 1, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  cv::floodFill(padded, {0, 0}, cv::Scalar(128), nullptr, {}, {}, 4);
  cv::Mat filled = padded != 128;
  return filled(cv::Rect(1, 1, mask.cols, mask.rows)).clone();
}

// Grows `mask` inside `allowed` by at most `steps` pixels.
cv::Mat grow(const cv::Mat& mask, const cv::Mat& allowed, int steps) {
  cv::Mat grown = mask.clone();
  for (int k = 0; k < steps; ++k) {
    cv::dilate(grown, grown, disk(1));
    grown &= allowed;
  }
  return grown | mask;
}

// Takes off what hangs on by, or runs along the image's border as, a band narrower than twice
// `radius`: film edges, skin folds along the chest wall. Corners that the disk rounds come back.
cv::Mat without_tails(const cv::Mat& mask, int radius) {
  cv::Mat padded;  // unlike OpenCV's own border, air on all sides
  const int border = radius + 1;
  cv::copyMakeBorder(mask, padded, border, border, border, border, cv::BORDER_CONSTANT,
                     cv::Scalar(0));
  cv::morphologyEx(padded, padded, cv::MORPH_OPEN, disk(radius));
  return grow(padded(cv::Rect(border, border, mask.cols, mask.rows)), mask, radius);
}

// Upper end of the air's grey values: a film's fog beside the breast. 0..1.
double air_level(const cv::Mat& image, const cv::Mat& tissue, const cv::Mat& artefacts,
                 double threshold, const Lengths& px) {
  cv::Mat near;
  cv::dilate(tissue, near, cv::Mat(), {-1, -1}, px(10));
  std::vector<float> values;
  for (int i = 0; i < image.rows; ++i) {
    for (int j = 0; j < image.cols; ++j) {
      const float value = image.at<float>(i, j);
      if (near.at<uchar>(i, j) || artefacts.at<uchar>(i, j)) continue;
      if (value > 0.004f && value < threshold) values.push_back(value);
    }
  }
  if (values.size() < 50) return 0;
  auto upper = values.begin() + std::ptrdiff_t(0.9 * double(values.size()));
  std::nth_element(values.begin(), upper, values.end());
  return *upper;
}

cv::Mat smooth_outline(const cv::Mat& mask, double sigma) {
  cv::Mat soft;
  mask.convertTo(soft, CV_32F, 1 / 255.0);
  cv::GaussianBlur(soft, soft, {}, sigma, sigma, cv::BORDER_REPLICATE);
  return soft;
}

// Soft mask in 0..1 (0.5 is the outline) of the breast on the reduced image; empty: none found.
cv::Mat segment_reduced(const cv::Mat& image, const BreastOptions& options) {
  const Lengths px(std::max(image.rows, image.cols));
  cv::Mat blurred;
  cv::GaussianBlur(image, blurred, {}, px.unit, px.unit, cv::BORDER_REPLICATE);
  const double threshold =
      std::max(options.threshold_floor, options.threshold_share * otsu_of_film(blurred));
  const cv::Mat artefacts =
      find_strips(image, px) | find_labels(image, std::max(threshold, 0.12), px);
  cv::Mat tissue = (blurred > threshold) & ~artefacts;
  cv::morphologyEx(tissue, tissue, cv::MORPH_OPEN, disk(px(4)));
  tissue = breast_component(image, tissue);
  if (tissue.empty()) return {};
  const double air = air_level(image, tissue, artefacts, threshold, px);
  const double faint = std::min(threshold, std::max(options.threshold_floor, air + 0.015));
  tissue = grow(tissue, (blurred > faint) & ~artefacts, px(6));
  tissue = without_tails(fill_holes(tissue), px(6));
  tissue = breast_component(image, tissue);
  if (tissue.empty()) return {};
  return smooth_outline(fill_holes(tissue), 1.5 * px.unit);
}

bool is_oblique(const std::string& view) {
  return view == "MLO" || view == "ML" || view == "LM" || view == "LMO" || view == "SIO";
}

BreastRegion whole_image(cv::Size size) {
  BreastRegion region;
  region.mask = cv::Mat(size, CV_8U, cv::Scalar(255));
  region.box = {0, 0, double(size.width), double(size.height)};
  return region;
}

cv::Mat fill_pectoral(const std::vector<cv::Point2f>& outline, cv::Size reduced,
                      const cv::Mat& mask) {
  constexpr int kShift = 4;  // fillPoly in sixteenths of a pixel
  const double x_scale = mask.cols / double(reduced.width);
  const double y_scale = mask.rows / double(reduced.height);
  std::vector<cv::Point> points;
  for (const cv::Point2f& p : outline) {
    points.emplace_back(int(std::lround(p.x * x_scale * (1 << kShift))),
                        int(std::lround(p.y * y_scale * (1 << kShift))));
  }
  cv::Mat filled = cv::Mat::zeros(mask.size(), CV_8U);
  cv::fillPoly(filled, std::vector<std::vector<cv::Point>>{points}, cv::Scalar(255), cv::LINE_8,
               kShift);
  return filled & mask;
}

}  // namespace

void check(const BreastOptions& options, const std::string& group) {
  expect_at_least(group + ".threshold_share", options.threshold_share, 0);
  expect_within(group + ".threshold_floor", options.threshold_floor, 0, 1);
}

BreastRegion segment_breast(const cv::Mat& pixels, const std::string& view,
                            const BreastOptions& options) {
  ensure(pixels.type() == CV_16UC1 && !pixels.empty(),
         "segment_breast: expected a non-empty CV_16UC1 image, got {}x{} of type {}", pixels.cols,
         pixels.rows, pixels.type());
  const cv::Mat image = reduce(pixels);
  BreastRegion region = whole_image(pixels.size());
  if (std::min(image.rows, image.cols) < kSmallestSide) return region;
  const cv::Mat soft = segment_reduced(image, options);
  const cv::Mat reduced_mask =
      soft.empty() ? cv::Mat(image.size(), CV_8U, cv::Scalar(255)) : cv::Mat(soft > 0.5);
  region.chest_wall_left = chest_wall_on_left(image, reduced_mask);
  if (soft.empty()) return region;
  cv::Mat full;
  cv::resize(soft, full, pixels.size(), 0, 0, cv::INTER_LINEAR);
  region.mask = full > 0.5;
  const cv::Rect box = cv::boundingRect(region.mask);
  region.box = {double(box.x), double(box.y), double(box.x + box.width),
                double(box.y + box.height)};
  if (options.pectoral && (view.empty() || is_oblique(view))) {
    const std::vector<cv::Point2f> outline =
        find_pectoral(image, reduced_mask, region.chest_wall_left, is_oblique(view));
    if (!outline.empty()) {
      region.pectoral = fill_pectoral(outline, image.size(), region.mask);
    }
  }
  return region;
}

bool chest_wall_on_left(const cv::Mat& pixels, const cv::Mat& breast) {
  constexpr double kClear = 0.15;  // difference of the shares of the two sides
  const cv::Rect box = cv::boundingRect(breast);
  const int band = std::max(1, box.width / 25);
  const cv::Rect left(box.x, box.y, band, box.height);
  const cv::Rect right(box.x + box.width - band, box.y, band, box.height);
  const double difference =
      (cv::countNonZero(breast(left)) - cv::countNonZero(breast(right))) / double(left.area());
  if (std::abs(difference) > kClear) return difference > 0;
  // Towards the skin the breast gets thinner.
  return cv::mean(pixels(left), breast(left))[0] >= cv::mean(pixels(right), breast(right))[0];
}

}  // namespace mammograft
