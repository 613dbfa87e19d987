#include "image/pectoral.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mammograft {
namespace {

constexpr double kSigma = 2.0;           // px, smoothing before the gradient
constexpr double kSoftGradient = 0.006;  // 1/px: steps well above count fully, below they fade out
constexpr double kSkin = 5;              // px: the skin is an edge too, and a stronger one
constexpr double kDarkest = 0.45;        // of the breast's median: darker is near the skin
constexpr double kLargest = 0.5;         // of the breast
// Edge score (0..1) and edge score + 2 * contrast from which on a wedge is taken for muscle: set by
// looking at the 322 films of mini-MIAS and at CBIS-DDSM.
constexpr double kWeakest = 0.3, kOblique = 0.45, kUnknownView = 0.65;
constexpr int kMaxSamples = 160;

// What is needed to score an edge, turned so that the chest wall is on the left: (0, 0) is the
// corner in which the muscle sits.
struct Frame {
  cv::Mat image;    // CV_32FC1, smoothed
  cv::Mat slope;    // CV_32FC2, gradient (x, y) / (its length + kSoftGradient)
  cv::Mat breast;   // CV_8UC1, without the skin
  cv::Rect box;     // of the breast, in the original picture
  double area = 0;  // of the breast, px
  bool mirrored = false;
};

double median_inside(const cv::Mat& image, const cv::Mat& mask) {
  std::vector<float> values;
  for (int i = 0; i < image.rows; ++i) {
    for (int j = 0; j < image.cols; ++j) {
      if (mask.at<uchar>(i, j)) values.push_back(image.at<float>(i, j));
    }
  }
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Frame make_frame(const cv::Mat& image, const cv::Mat& breast, bool chest_wall_left) {
  Frame frame;
  frame.box = cv::boundingRect(breast);
  frame.mirrored = !chest_wall_left;
  cv::Mat patch = image(frame.box).clone(), mask = breast(frame.box).clone();
  if (frame.mirrored) {
    cv::flip(patch, patch, 1);
    cv::flip(mask, mask, 1);
  }
  cv::GaussianBlur(patch, frame.image, {}, kSigma, kSigma, cv::BORDER_REPLICATE);
  cv::Mat gx, gy, length;
  cv::Sobel(frame.image, gx, CV_32F, 1, 0, 3, 1 / 8.0, 0, cv::BORDER_REPLICATE);
  cv::Sobel(frame.image, gy, CV_32F, 0, 1, 3, 1 / 8.0, 0, cv::BORDER_REPLICATE);
  cv::magnitude(gx, gy, length);
  length += kSoftGradient;
  const std::array<cv::Mat, 2> parts{gx / length, gy / length};
  cv::merge(parts.data(), parts.size(), frame.slope);
  cv::Mat depth;  // distance to the air; the picture's own border is no air
  cv::distanceTransform(mask, depth, cv::DIST_L2, 3);
  frame.breast = (depth > kSkin) & (frame.image > kDarkest * median_inside(frame.image, mask));
  frame.area = cv::countNonZero(mask);
  return frame;
}

// The edge from (top, 0) on the upper border to (0, side) on the chest wall. `bulge` is its sagitta
// as a share of the chord, positive away from the corner.
struct Edge {
  double top = 0, side = 0, bulge = 0;
  double score = -1;

  cv::Point2d at(double t) const {
    const double arch = 4 * bulge * t * (1 - t);  // parabola; chord's normal = (side, top) / chord
    return {top * (1 - t) + arch * side, side * t + arch * top};
  }
  double chord() const { return std::hypot(top, side); }
  // Of the wedge above `height`, px: triangle and segment of the parabola.
  double area(double height) const {
    const double hidden = std::max(0.0, 1 - height / side);
    return top * side / 2 * (1 - hidden * hidden) + 2.0 / 3 * bulge * chord() * chord();
  }
};

// Mean over the visible part of cos(angle between gradient and the edge's normal), faded out where
// the picture is flat; 1 = a clear fall away from the corner all along. The lower part counts half:
// there the muscle thins out.
double fall_along(const Frame& frame, const Edge& edge) {
  const double chord = edge.chord();
  const int samples = std::clamp(int(chord / 2.5), 12, kMaxSamples);
  double sum = 0, weights = 0, skin = 0;
  for (int k = 0; k < samples; ++k) {
    const double t = (k + 0.5) / samples;
    const cv::Point2d p = edge.at(t);
    const int x = int(p.x), y = int(p.y);
    if (p.x < 0 || p.y < 0 || y >= frame.image.rows || x >= frame.image.cols) continue;
    const double weight = 1 - 0.5 * t;
    if (!frame.breast.at<uchar>(y, x)) {
      skin += weight;
      continue;
    }
    const double bend = 4 * edge.bulge * (1 - 2 * t);  // derivative of the parabola
    const double dx = -edge.top + bend * edge.side, dy = edge.side + bend * edge.top;
    const cv::Vec2f& slope = frame.slope.at<cv::Vec2f>(y, x);
    sum += weight * (-slope[0] * dy + slope[1] * dx) / std::hypot(dx, dy);
    weights += weight;
  }
  if (weights < 5 || skin > 0.3 * (weights + skin)) return -1;
  return sum / weights;
}

// Muscles run 45 to 80 degrees from the horizontal, nearly straight; and a long edge is rarer by
// chance.
double prior(const Frame& frame, const Edge& edge) {
  const double angle = std::atan2(edge.side, edge.top) * 180 / CV_PI;
  const double tilt = (angle - 65) / 40;
  const double length = std::hypot(edge.top, std::min<double>(edge.side, frame.image.rows));
  const double reach = std::min(1.0, length / (0.45 * frame.image.rows));
  return (1 - 0.3 * tilt * tilt) * (1 - 1.5 * std::abs(edge.bulge)) * std::sqrt(reach);
}

void consider(const Frame& frame, Edge edge, Edge& best) {
  const double steepness = edge.side / edge.top;
  if (steepness < 0.7 || steepness > 9) return;
  if (edge.area(frame.image.rows) > kLargest * frame.area) return;
  edge.score = fall_along(frame, edge) * prior(frame, edge);
  if (edge.score > best.score) best = edge;
}

Edge best_edge(const Frame& frame) {
  const double width = frame.image.cols, height = frame.image.rows;
  Edge best;
  for (double top = std::max(8.0, 0.06 * width); top <= 1.1 * width; top += 4) {
    for (double side = 0.14 * height; side <= 1.5 * height; side += 7) {
      for (const double bulge : {-0.08, 0.0, 0.08}) consider(frame, {top, side, bulge}, best);
    }
  }
  for (double step : {2.0, 1.0}) {  // around the best of the coarse grid
    const Edge start = best;
    for (int i = -1; i <= 1; ++i) {
      for (int j = -2; j <= 2; ++j) {
        for (int k = -2; k <= 2; ++k) {
          const Edge edge{start.top + i * step, start.side + j * step,
                          std::clamp(start.bulge + 0.015 * step * k, -0.12, 0.12)};
          if (edge.top > 4 && edge.side > 4) consider(frame, edge, best);
        }
      }
    }
  }
  return best;
}

std::vector<cv::Point2f> outline_of(const Edge& edge) {
  constexpr int kPoints = 24;
  std::vector<cv::Point2f> points{{0, 0}};
  for (int k = 0; k <= kPoints; ++k) points.push_back(edge.at(double(k) / kPoints));
  return points;
}

// Mean grey of the wedge minus that of the breast just beyond its edge, 0..1.
double contrast(const Frame& frame, const Edge& edge) {
  constexpr float kBand = 14;
  cv::Mat wedge = cv::Mat::zeros(frame.image.size(), CV_8U), wider = wedge.clone();
  const auto fill = [&](cv::Mat& mask, const Edge& e) {
    std::vector<cv::Point> points;
    for (const cv::Point2f& p : outline_of(e)) points.emplace_back(p);
    cv::fillPoly(mask, std::vector<std::vector<cv::Point>>{points}, cv::Scalar(255));
  };
  fill(wedge, edge);
  Edge beyond = edge;
  const double grown = 1 + kBand * edge.chord() / (edge.top * edge.side);  // parallel, kBand away
  beyond.top *= grown;
  beyond.side *= grown;
  fill(wider, beyond);
  const cv::Mat inside = wedge & frame.breast, outside = wider & ~wedge & frame.breast;
  if (cv::countNonZero(inside) < 20 || cv::countNonZero(outside) < 20) return 0;
  return cv::mean(frame.image, inside)[0] - cv::mean(frame.image, outside)[0];
}

}  // namespace

std::vector<cv::Point2f> find_pectoral(const cv::Mat& image, const cv::Mat& breast,
                                       bool chest_wall_left, bool oblique) {
  const Frame frame = make_frame(image, breast, chest_wall_left);
  if (frame.box.width < 24 || frame.box.height < 24) return {};
  const Edge edge = best_edge(frame);
  if (edge.score < kWeakest) return {};
  const double evidence = edge.score + 2 * std::min(0.1, contrast(frame, edge));
  if (evidence < (oblique ? kOblique : kUnknownView)) return {};
  std::vector<cv::Point2f> polygon = outline_of(edge);
  for (cv::Point2f& p : polygon) {
    if (frame.mirrored) p.x = float(frame.box.width) - p.x;
    p += cv::Point2f(float(frame.box.x), float(frame.box.y));
  }
  return polygon;
}

}  // namespace mammograft
