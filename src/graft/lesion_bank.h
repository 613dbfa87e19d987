// The lesion bank: every mass of a cohort that can be grafted, cut out.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/options.h"
#include "core/progress.h"
#include "graft/intensity_range.h"
#include "image/breast_frame.h"

namespace mammograft {

struct LesionBankOptions {
  double dilation_mm = 1.0;
  double clear_mm = 2.0;
  double air_share = 0.02;
  std::string outlines = "any";
  template <typename V>
  void fields(V&& v) {
    v("dilation_mm", dilation_mm,
      "how far the grafted region reaches beyond the finding's outline");
    v("clear_mm", clear_mm, "tissue that must surround the grafted region of a source lesion");
    v("air_share", air_share,
      "share of region and surroundings that may lie outside the breast (air, labels, film edges)");
    v.choice(
        "outlines", outlines, {"any", "known"},
        "source lesions: any; or known: drawn or refined outlines only, since with a circle or "
        "a box what lies beside the mass comes along. For films of releases that have circles or "
        "boxes: refine them, then known leaves out those in which no outline was found");
  }
};

void check(const LesionBankOptions& options);  // throws usage

struct Lesion {
  cv::Mat pixels;                         // CV_16UC1: omega's box and clear_mm around it
  cv::Mat mask;                           // CV_8UC1, 0 or 255: the finding, for annotations
  cv::Mat omega;                          // the same, dilated: the region that is grafted
  std::array<double, 2> mm_per_px{1, 1};  // row, column
  IntensityRange range;                   // of its image
  double size_mm = 0;                     // largest diameter of the finding
  double contrast = 0;                    // mass_contrast() in its image, share of full scale
  double conspicuity = 0;                 // mass_conspicuity() there; NaN: not measurable
  // Side of the finding's box over that of its mask's, mean of both directions: where an outline
  // was found within an annotator's box or circle, how much air that had.
  double box_air = 1;
  MaskOrigin mask_origin = MaskOrigin::contour;
  std::string view, patient_id, file_name;  // of its image
  int64_t annotation_id = 0, category_id = 1;
  std::string lesion_id;  // the same in every image of the lesion; empty: not known
};

struct LeftOut {
  std::string file_name;
  int64_t annotation_id = 0;
  std::string reason;
};

// A real mass, whether it can be grafted or not.
struct RealMass {
  std::string view, patient_id, file_name;  // of its image
  int64_t annotation_id = 0;
  BreastPoint at;          // the middle of its box
  double conspicuity = 0;  // NaN: not measurable
};

struct LesionBank {
  std::vector<Lesion> lesions;  // in the order of the annotations
  std::vector<LeftOut> left_out;
  std::vector<RealMass> masses;  // all but regions to ignore
};

// A box without an outline counts as its inscribed ellipse. Left out, with the reason: regions to
// ignore, synthetic masses, circles and boxes where only known outlines are wanted, empty masks,
// and those whose surroundings reach beyond the image or hold more than air_share of air. bad_input
// when the cohort has no mass or none is left. `mm_per_px`: see spacing_of().
LesionBank collect_lesions(const Cohort& cohort, const LesionBankOptions& options,
                           const IntensityOptions& intensity, const std::vector<double>& mm_per_px,
                           int threads, Progress& progress);

// Largest distance between two points of the mask's outline, in mm.
double largest_diameter(const cv::Mat& mask, const std::array<double, 2>& mm_per_px);

}  // namespace mammograft
