// The outline of a bright mass, found within the circle or the box that somebody drew around it.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "core/options.h"
#include "image/box.h"
#include "image/polygon.h"

namespace mammograft {

// Radii are multiples of the radius, at the same angle, of the ellipse inscribed in the box: pixels
// that are not square and boxes that are not need no treatment of their own.
struct OutlineOptions {
  int angles = 96;
  int radii = 72;
  double nearest = 0.3;
  double farthest = 1.3;
  double size_spread = 0.32;
  double edge_weight = 0.7;
  double edge_width = 0.12;
  double grey_weight = 0.75;
  double step_weight = 0.4;
  int max_step = 2;
  double smoothing = 0.05;
  int passes = 2;
  double least_separation = 0.8;
  double least_support = 0.6;
  double least_area = 0.25;
  double most_at_limits = 0.15;
  template <typename V>
  void fields(V&& v) {
    v("angles", angles, "rays from the middle of the circle or box");
    v("radii", radii, "radii that are tried on a ray, nearest to farthest");
    v("nearest", nearest, "least radius, as a multiple of the given one");
    v("farthest", farthest, "largest radius, as a multiple of the given one; never beyond the box");
    v("size_spread", size_spread,
      "a radius this far from the expected one costs 1 (multiples of the given radius)");
    v("edge_weight", edge_weight, "what an edge as strong as the image's typical one saves");
    v("edge_width", edge_width, "how far inwards and outwards an edge is measured");
    v("grey_weight", grey_weight,
      "cost of grey values on the wrong side, times the squared separation of mass and "
      "surroundings");
    v("step_weight", step_weight, "cost of a radius that changes as fast as the angle, squared");
    v("max_step", max_step, "most radii between two neighbouring rays");
    v("smoothing", smoothing, "standard deviation of the blur, as a share of the given radius");
    v("passes", passes, "how often grey levels are measured with the outline found before");
    v("least_separation", least_separation,
      "keep the old outline where mass and surroundings differ by fewer standard deviations");
    v("least_support", least_support,
      "keep it where a smaller share of the rays meets an edge at the outline");
    v("least_area", least_area, "keep it where the new outline holds a smaller share of its area");
    v("most_at_limits", most_at_limits,
      "keep it where a larger share of the rays ends at the nearest or the farthest radius");
  }
};

// Throws usage for options out of range.
void check_outline_options(const OutlineOptions& options);

// What is known of the finding: a box (of a circle: its square), and how large the mass in it
// usually is, as a multiple of the box's ellipse: 1 where the box is tight, less where a circle was
// drawn around the mass.
struct OutlineHint {
  Box box;
  double expected = 1;
};

struct FoundOutline {
  Polygon polygon;        // one point a ray, within the box; empty where there is none
  double separation = 0;  // (mean inside - mean of a ring around) / standard deviation within both
  double support = 0;     // share of the rays with an edge, bright inside, at the outline
  double at_limits = 0;   // share of the rays that end at the nearest or the farthest radius
  double area_share = 0;  // of the box's ellipse
  std::string doubt;      // why the old outline is the better one; empty: nothing is wrong
};

// Active rays and dynamic programming after Timp & Karssemeijer, "A new 2D segmentation method
// based on dynamic programming applied to computer aided detection in mammography", Medical Physics
// 31 (2004): polar coordinates around the middle, a cost for each angle and radius of three terms
// (edge, grey level, size), and the cheapest closed path, exactly (image/closed_path.h). Ours are:
//   size   ((r - expected) / size_spread)^2
//   edge   -edge_weight e, e the mean grey value within edge_width inside r minus that outside, in
//          units of the median over the rays of the largest on each, cut to -1 .. 1.5
//   grey   grey_weight d'^2 times the integral of 2 s (m - g(s)) / (g_in - g_out) ds from 0 to r, g
//          cut to +-1 around m: the log likelihood ratio of two normal densities, so that every
//          pixel on the wrong side of m counts, and counts more where the two are well apart.
//          m is half-way between g_in, the mass, and g_out, the ring from 1.1 to 1.5 radii, which
//          is measured around each ray, since a mass may lie between fat and glandular tissue
// Where no tissue is (air, labels) grey values count as those of the surroundings. Levels come from
// the expected outline, then from the one found. Deterministic.
//
// `pixels`: CV_16UC1. `tissue`: CV_8UC1 of that size, nonzero where pixels count, or empty: all;
// an outline through other pixels is expensive. Throws defect for other types or an empty box.
FoundOutline find_outline(const cv::Mat& pixels, const cv::Mat& tissue, const OutlineHint& hint,
                          const OutlineOptions& options);

}  // namespace mammograft
