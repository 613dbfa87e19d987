// How near refined outlines come to true ones: every contour of a cohort is taken away, the circle
// or the box around it is left, and the outline is looked for in that.
#pragma once

#include <algorithm>
#include <map>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/parallel.h"
#include "prepare/refine.h"

namespace mammograft {

// Dice coefficients with the true contours, sorted.
struct OutlineDice {
  std::vector<double> before;  // of circles, or of the ellipses in boxes
  std::vector<double> after;   // of what refine_outlines() made of them
  int kept = 0;                // of which it was in doubt
};

inline double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The smallest circle or box around an annotation's contour, as a release would give it.
inline Annotation marked(const Annotation& truth, MaskOrigin origin) {
  Annotation mark = truth;
  mark.mask_origin = origin;
  if (origin == MaskOrigin::circle) {
    std::vector<cv::Point2f> points;
    for (const Polygon& polygon : std::get<std::vector<Polygon>>(truth.segmentation)) {
      for (const Point& p : polygon) points.emplace_back(float(p.x), float(p.y));
    }
    cv::Point2f c;
    float r = 0;
    cv::minEnclosingCircle(points, c, r);
    mark.bbox = {c.x - r, c.y - r, c.x + r, c.y + r};
  } else {
    mark.bbox = bounds(std::get<std::vector<Polygon>>(truth.segmentation));
  }
  mark.segmentation = std::vector<Polygon>{ellipse(mark.bbox)};
  return mark;
}

inline double outline_dice(const Annotation& a, const Annotation& b, const ImageRecord& image) {
  const cv::Mat of_a = decode_rle(annotation_mask(a, image));
  const cv::Mat of_b = decode_rle(annotation_mask(b, image));
  return 2.0 * cv::countNonZero(of_a & of_b) / (cv::countNonZero(of_a) + cv::countNonZero(of_b));
}

// `origin`: circle or box. Every annotation of `truth` has polygons.
inline OutlineDice measure_outlines(const Cohort& truth, MaskOrigin origin,
                                    const RefineOptions& options, int threads) {
  OutlineDice dice;
  dice.before.resize(truth.annotations.size());
  dice.after.resize(truth.annotations.size());
  std::vector<int> kept(truth.annotations.size());
  parallel_for(std::ssize(truth.annotations), threads, [&](int64_t i) {
    const Annotation& annotation = truth.annotations[i];
    const ImageRecord& image = truth.image(annotation.image_id);
    Annotation mark = marked(annotation, origin);
    dice.before[i] = outline_dice(mark, annotation, image);
    refine_outlines({&mark}, image, read_pixels(truth, image), options);
    dice.after[i] = outline_dice(mark, annotation, image);
    kept[i] = mark.mask_origin != MaskOrigin::refined;
  });
  dice.kept = std::accumulate(kept.begin(), kept.end(), 0);
  std::sort(dice.before.begin(), dice.before.end());
  std::sort(dice.after.begin(), dice.after.end());
  return dice;
}

}  // namespace mammograft
