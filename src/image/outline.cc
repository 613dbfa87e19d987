#include "image/outline.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/closed_path.h"

namespace mammograft {
namespace {

constexpr double kLastRadius = 1.8;  // what is sampled; the ring outside ends before it
constexpr double kRingFrom = 1.1, kRingTo = 1.5;  // multiples of the outline's radius
constexpr double kInside = 0.9;                   // the rim itself is neither inside nor outside
constexpr double kInsideAtFirst = 0.55;           // of the expected outline, which is only a guess
constexpr double kSector = 0.1;  // of all rays, to both sides: where a ray's surroundings are seen
constexpr double kMostSeparation = 3;
constexpr double kBesideTissue = 3;  // cost of an outline through air, a label or beyond the image
constexpr double kBoxTolerance = 0.02;  // of its radius, beyond the box's sides
constexpr double kEdge = 0.25;          // of a typical edge: what supports the outline
constexpr double kLeastRadiusPx = 3;

// Grey values on rays. Sample j lies at the radius (j + 1/2) step, border j between j - 1 and j.
struct Rays {
  Box box;
  double step = 0;
  cv::Mat grey;    // CV_32FC1 [angles, samples], shares of full scale
  cv::Mat tissue;  // CV_8UC1 [angles, samples]

  int count() const { return grey.rows; }
  int samples() const { return grey.cols; }
  double sample_radius(int j) const { return (j + 0.5) * step; }
  bool counts(int i, int j) const { return tissue.at<uint8_t>(i, j) != 0; }
  double angle_step() const { return 2 * M_PI / count(); }
};

Point on_ray(const Box& box, double angle, double radius) {
  return {box.center().x + box.width() / 2 * radius * std::cos(angle),
          box.center().y + box.height() / 2 * radius * std::sin(angle)};
}

// All that the rays reach, as far as it is on the image; never empty, so that there is something
// to repeat beyond the border.
cv::Rect reached(const Box& box, cv::Size image) {
  const auto span = [](double middle, double reach, int size) {
    const int first = std::clamp(static_cast<int>(std::floor(middle - reach)), 0, size - 1);
    const int last = std::clamp(static_cast<int>(std::ceil(middle + reach)), first + 1, size);
    return cv::Range(first, last);
  };
  const double reach = kLastRadius * 1.2;  // the blur looks a little farther
  const cv::Range x = span(box.center().x, box.width() / 2 * reach, image.width);
  const cv::Range y = span(box.center().y, box.height() / 2 * reach, image.height);
  return {x.start, y.start, x.size(), y.size()};
}

Rays cast_rays(const cv::Mat& pixels, const cv::Mat& tissue, const Box& box,
               const OutlineOptions& options) {
  Rays rays{box, (options.farthest - options.nearest) / options.radii, {}, {}};
  const int samples = static_cast<int>(std::ceil(kLastRadius / rays.step));
  const cv::Rect part = reached(box, pixels.size());
  cv::Mat grey;
  pixels(part).convertTo(grey, CV_32F, 1 / 65535.0);
  const cv::Mat counted =
      tissue.empty() ? cv::Mat(part.size(), CV_8UC1, cv::Scalar(255)) : tissue(part);
  // Air is no edge, and neither is a label.
  grey.setTo(cv::mean(grey, counted), counted == 0);
  const auto sigma = [&](double size) { return std::max(0.5, options.smoothing * size / 2); };
  cv::GaussianBlur(grey, grey, {0, 0}, sigma(box.width()), sigma(box.height()));
  cv::Mat x(options.angles, samples, CV_32FC1), y(x.size(), CV_32FC1);
  for (int i = 0; i < options.angles; ++i) {
    for (int j = 0; j < samples; ++j) {
      const Point p = on_ray(box, 2 * M_PI * i / options.angles, rays.sample_radius(j));
      x.at<float>(i, j) = static_cast<float>(p.x - part.x - 0.5);
      y.at<float>(i, j) = static_cast<float>(p.y - part.y - 0.5);
    }
  }
  cv::remap(grey, rays.grey, x, y, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::remap(counted, rays.tissue, x, y, cv::INTER_NEAREST, cv::BORDER_CONSTANT, cv::Scalar(0));
  return rays;
}

// How much brighter it is inside of each border than outside: CV_32FC1 [angles, samples].
cv::Mat edges_on(const Rays& rays, double width) {
  const int reach = std::max(1, static_cast<int>(std::lround(width / rays.step)));
  cv::Mat edges(rays.grey.size(), CV_32FC1);
  for (int i = 0; i < rays.count(); ++i) {
    const float* grey = rays.grey.ptr<float>(i);
    for (int j = 0; j < rays.samples(); ++j) {
      float difference = 0;
      for (int k = 0; k < reach; ++k) {
        difference += grey[std::max(0, j - 1 - k)] - grey[std::min(rays.samples() - 1, j + k)];
      }
      edges.at<float>(i, j) = difference / static_cast<float>(reach);
    }
  }
  return edges;
}

// The borders on which an outline may lie.
cv::Range allowed(const Rays& rays, const OutlineOptions& options) {
  return {static_cast<int>(std::lround(options.nearest / rays.step)),
          static_cast<int>(std::lround(options.farthest / rays.step)) + 1};
}

// The median over the rays of the strongest edge on each.
double typical_edge(const cv::Mat& edges, const cv::Range& columns) {
  std::vector<double> strongest;
  for (int i = 0; i < edges.rows; ++i) {
    double most = 0;
    cv::minMaxLoc(edges.row(i).colRange(columns), nullptr, &most);
    strongest.push_back(most);
  }
  const auto middle = strongest.begin() + std::ssize(strongest) / 2;
  std::nth_element(strongest.begin(), middle, strongest.end());
  return std::max(*middle, 1e-6);
}

// Sums over samples, each weighted by the area that it stands for.
struct GreySum {
  double weight = 0, sum = 0, squares = 0;
  void add(double w, double grey) {
    weight += w;
    sum += w * grey;
    squares += w * grey * grey;
  }
  void add(const GreySum& other) {
    weight += other.weight;
    sum += other.sum;
    squares += other.squares;
  }
  double mean() const { return sum / weight; }
  double variance() const { return std::max(0.0, squares / weight - mean() * mean()); }
};

// The samples of a ray between two radii.
GreySum between(const Rays& rays, int i, double from, double to) {
  GreySum sum;
  for (int j = 0; j < rays.samples(); ++j) {
    const double radius = rays.sample_radius(j);
    if (radius >= from && radius < to && rays.counts(i, j))
      sum.add(radius, rays.grey.at<float>(i, j));
  }
  return sum;
}

struct GreyLevels {
  double contrast = 0;         // inside minus outside
  double separation = 0;       // the same in standard deviations
  std::vector<double> middle;  // for each ray half-way between inside and outside
};

GreyLevels measure_levels(const Rays& rays, const std::vector<double>& outline, double inside) {
  const int count = rays.count();
  GreySum in, out;
  std::vector<GreySum> around(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    const double radius = outline[static_cast<size_t>(i)];
    in.add(between(rays, i, 0, inside * radius));
    GreySum& ring = around[static_cast<size_t>(i)];
    ring = between(rays, i, kRingFrom * radius, kRingTo * radius);
    out.add(ring);
  }
  GreyLevels levels;
  if (in.weight <= 0 || out.weight <= 0) return levels;
  levels.contrast = in.mean() - out.mean();
  levels.separation =
      levels.contrast / std::sqrt(std::max(1e-12, (in.variance() + out.variance()) / 2));
  const int reach = static_cast<int>(kSector * count);
  for (int i = 0; i < count; ++i) {
    GreySum sector;
    for (int k = i - reach; k <= i + reach; ++k)
      sector.add(around[static_cast<size_t>((k + count) % count)]);
    const double outside = sector.weight > 0 ? sector.mean() : out.mean();
    levels.middle.push_back((in.mean() + std::min(outside, in.mean())) / 2);
  }
  return levels;
}

bool beyond_box(const Rays& rays, int i, double radius) {
  const double angle = rays.angle_step() * i;
  return radius * std::max(std::abs(std::cos(angle)), std::abs(std::sin(angle))) >
         1 + kBoxTolerance;
}

// CV_32FC1 [angles, allowed borders]: the terms of find_outline().
cv::Mat outline_cost(const Rays& rays, const cv::Mat& edges, const GreyLevels& levels,
                     double expected, const OutlineOptions& options) {
  const cv::Range columns = allowed(rays, options);
  const double edge = options.edge_weight / typical_edge(edges, columns);
  const double separation = std::clamp(levels.separation, 0.0, kMostSeparation);
  const double grey = options.grey_weight * separation * separation;
  const double contrast = std::max(levels.contrast, 1e-6);
  cv::Mat cost(rays.count(), columns.size(), CV_32FC1);
  for (int i = 0; i < rays.count(); ++i) {
    const double middle = levels.middle[static_cast<size_t>(i)];
    double wrong = 0;  // the integral up to border j
    for (int j = 0; j < columns.end; ++j) {
      const double radius = j * rays.step;
      if (j >= columns.start) {
        const double size = (radius - expected) / options.size_spread;
        double sum = size * size + grey * wrong;
        sum -= std::clamp(edge * edges.at<float>(i, j), -options.edge_weight,
                          1.5 * options.edge_weight);
        if (!rays.counts(i, j)) sum += kBesideTissue;
        if (beyond_box(rays, i, radius)) sum = std::numeric_limits<double>::infinity();
        cost.at<float>(i, j - columns.start) = static_cast<float>(sum);
      }
      const double below = rays.counts(i, j) ? (middle - rays.grey.at<float>(i, j)) / contrast : 1;
      wrong += 2 * rays.sample_radius(j) * rays.step * std::clamp(below, -1.0, 1.0);
    }
  }
  return cost;
}

// A step of one column is a change of radius by `step` over one angle.
ClosedPathOptions path_options(const Rays& rays, const OutlineOptions& options) {
  const double slope = rays.step / rays.angle_step();
  return {options.max_step, options.step_weight * slope * slope};
}

double polar_area(const std::vector<double>& outline) {
  double sum = 0;
  for (const double radius : outline) sum += radius * radius;
  return sum / static_cast<double>(outline.size());
}

void describe(const Rays& rays, const cv::Mat& edges, const std::vector<int>& path,
              const OutlineOptions& options, FoundOutline& found) {
  const cv::Range columns = allowed(rays, options);
  const double enough = kEdge * typical_edge(edges, columns);
  int supported = 0, at_limits = 0;
  for (int i = 0; i < rays.count(); ++i) {
    const int column = path[static_cast<size_t>(i)];
    supported += edges.at<float>(i, columns.start + column) > enough;
    at_limits += column == 0 || column == columns.size() - 1;
  }
  found.support = static_cast<double>(supported) / rays.count();
  found.at_limits = static_cast<double>(at_limits) / rays.count();
}

std::string doubt_of(const FoundOutline& found, const OutlineOptions& options) {
  if (found.separation < options.least_separation) return "it hardly stands out";
  if (found.support < options.least_support) return "it has no edge on too many sides";
  if (found.at_limits > options.most_at_limits) return "it reaches the limits of the search";
  if (found.area_share < options.least_area) return "what stands out in it is too small";
  return {};
}

void check_outline_request(const cv::Mat& pixels, const cv::Mat& tissue, const OutlineHint& hint) {
  const bool fits =
      pixels.type() == CV_16UC1 && !pixels.empty() &&
      (tissue.empty() || (tissue.type() == CV_8UC1 && tissue.size() == pixels.size()));
  if (!fits) fail(ErrorKind::defect, "outline: expected CV_16UC1 and a mask of its size, CV_8UC1");
  if (hint.box.empty() || !(hint.expected > 0))
    fail(ErrorKind::defect, "outline: found an empty box or an expected size of 0");
}

}  // namespace

void check_outline_options(const OutlineOptions& o) {
  const auto check = [](const char* name, double value, double least, double most) {
    if (!(value >= least && value <= most))
      fail(ErrorKind::usage, "{}: found {}, expected {} to {}", name, value, least, most);
  };
  check("angles", o.angles, 8, 720);
  check("radii", o.radii, 4, 720);
  check("nearest", o.nearest, 0.05, 0.95);
  check("farthest", o.farthest, 1.05, std::sqrt(2.0));
  check("size_spread", o.size_spread, 0.01, 100);
  for (const double weight : {o.edge_weight, o.grey_weight, o.step_weight})
    check("edge_weight, grey_weight, step_weight", weight, 0, 1000);
  check("edge_width", o.edge_width, 0, 0.5);
  check("smoothing", o.smoothing, 0, 0.5);
  check("max_step", o.max_step, 1, 100);
  check("passes", o.passes, 1, 20);
  for (const double share : {o.least_support, o.least_area, o.most_at_limits})
    check("least_support, least_area, most_at_limits", share, 0, 1);
  check("least_separation", o.least_separation, 0, 100);
}

FoundOutline find_outline(const cv::Mat& pixels, const cv::Mat& tissue, const OutlineHint& hint,
                          const OutlineOptions& options) {
  check_outline_request(pixels, tissue, hint);
  FoundOutline found;
  if (std::min(hint.box.width(), hint.box.height()) / 2 < kLeastRadiusPx) {
    found.doubt = "it is too small";
    return found;
  }
  const Rays rays = cast_rays(pixels, tissue, hint.box, options);
  const cv::Mat edges = edges_on(rays, options.edge_width);
  std::vector<double> outline(static_cast<size_t>(rays.count()), hint.expected);
  GreyLevels levels = measure_levels(rays, outline, kInsideAtFirst);
  std::vector<int> path;
  for (int pass = 0; pass < options.passes && !levels.middle.empty(); ++pass) {
    path = cheapest_closed_path(outline_cost(rays, edges, levels, hint.expected, options),
                                path_options(rays, options));
    if (path.empty()) break;
    for (size_t i = 0; i < path.size(); ++i)
      outline[i] = (path[i] + allowed(rays, options).start) * rays.step;
    levels = measure_levels(rays, outline, kInside);
  }
  if (path.empty() || levels.middle.empty()) {
    found.doubt = "it lies outside the breast";
    return found;
  }
  for (int i = 0; i < rays.count(); ++i) {
    found.polygon.push_back(
        on_ray(hint.box, rays.angle_step() * i, outline[static_cast<size_t>(i)]));
  }
  found.separation = levels.separation;
  found.area_share = polar_area(outline);
  describe(rays, edges, path, options, found);
  found.doubt = doubt_of(found, options);
  return found;
}

}  // namespace mammograft
