// How a lesion is turned and scaled, and where in a breast it may lie.
#pragma once

#include <array>
#include <functional>
#include <limits>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/rng.h"
#include "graft/lesion_bank.h"

namespace mammograft {

struct PlacementOptions {
  double scale_min = 0.7, scale_max = 1.4;
  double contrast_growth = 0.64;
  double size_min_mm = 4, size_max_mm = 50;
  double rotation_deg = 180;
  bool flip = true;
  double margin_mm = 2;
  std::string background = "normal";
  std::string view = "same";
  std::string prior = "uniform";
  std::string tissue = "any";
  bool weighs() const { return prior != "uniform" || tissue != "any"; }  // some places are likelier
  template <typename V>
  void fields(V&& v) {
    v("scale_min", scale_min, "smallest factor by which a lesion is resized");
    v("scale_max", scale_max, "largest factor");
    v("contrast_growth", contrast_growth,
      "a resized lesion's contrast grows with the factor to this power, as a thicker mass has "
      "more; 0: it stays");
    v("size_min_mm", size_min_mm, "smallest diameter after resizing, in mm");
    v("size_max_mm", size_max_mm, "largest diameter after resizing, in mm");
    v("rotation_deg", rotation_deg, "largest angle by which a lesion is turned, either way");
    v("flip", flip, "mirror half of the lesions");
    v("margin_mm", margin_mm, "distance of the grafted region from skin, air and other findings");
    v.choice("background", background, {"normal", "any"},
             "images that receive lesions: normal ones, or those with findings elsewhere too");
    v.choice("view", view, {"same", "any"}, "view of the background: the lesion's, or any");
    v.choice("prior", prior, {"uniform", "learnt"},
             "where in a breast: anywhere alike, or as likely as masses of the lesions' cohort lie "
             "there in that view (10 of them or more)");
    v.choice("tissue", tissue, {"any", "glandular"},
             "glandular: the denser the tissue within 1 cm of a place, the likelier it is");
  }
};

void check(const PlacementOptions& options);  // throws usage

// Whether a lesion of one view may go into an image of another; a view that is not known goes with
// every other.
bool views_fit(const PlacementOptions& options, const std::string& lesion,
               const std::string& background);

struct LesionTransform {
  double scale = 1;
  double rotation_deg = 0;  // counter-clockwise as seen
  bool flip = false;        // left to right, before the rotation
  double gain = 1;          // on the contrast
};

// A scale that is log-uniform among those that the size allows; none where no scale keeps the
// lesion within the sizes. The contrast grows as scale ^ contrast_growth, by default as among real
// masses: the slope of log contrast on log size is .64 (.57 to .71) over 1,260 masses of
// CBIS-DDSM's training split. With the contrast kept a shrunken lesion is a mass too dense, its
// texture too strong at every scale, and an enlarged one too smooth (docs/graft-study.md).
std::optional<LesionTransform> draw_transform(const Lesion& lesion, const PlacementOptions& options,
                                              Rng& rng);

// A lesion on the grid and in the grey levels of a background.
struct WarpedLesion {
  cv::Mat pixels;  // CV_32FC1; beyond what was cut out, its border pixels go on
  cv::Mat mask;    // CV_8UC1, 0 or 255; the same size
  cv::Mat omega;
  double contrast =
      std::numeric_limits<double>::quiet_NaN();  // share of full scale; NaN: not known
};

// Area averaging where it shrinks, cubic interpolation else. Turns and scales in millimetres, so
// neither grid needs square pixels.
WarpedLesion warp_lesion(const Lesion& lesion, const LesionTransform& transform,
                         const std::array<double, 2>& mm_per_px, const IntensityRange& range);

// The lesion with its contrast times `gain`, about the level of omega's rim.
void amplify(WarpedLesion& lesion, double gain);

// How likely the middle of a region lies at a point of the image (px), relative to other points; 0
// or more. Empty: everywhere alike.
using PlaceWeight = std::function<double(Point)>;

// Where the canvas of a region can have its top-left corner.
class Places {
 public:
  // All places on a grid of at most a 24th of omega's size at which all of `omega` (CV_8UC1) lies
  // on free pixels (CV_8UC1, nonzero is free), and which have a weight above 0.
  Places(const cv::Mat& free, const cv::Mat& omega, const PlaceWeight& weight = {});

  std::optional<cv::Point> draw(Rng& rng) const;  // by the weights; none when there is none

 private:
  std::vector<cv::Point> origins_;
  std::vector<double> until_;  // sums of the weights up to each; empty: all equally likely
};

}  // namespace mammograft
