// Circles and boxes around masses replaced by the masses' own outlines.
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>

#include "cohort/cohort.h"
#include "core/options.h"
#include "core/progress.h"
#include "image/outline.h"

namespace mammograft {

struct RefineOptions {
  double circle_size = 0.85;
  double box_size = 1;
  OutlineOptions outline;
  template <typename V>
  void fields(V&& v) {
    v("circle_size", circle_size,
      "mean radius of a mass, as a share of that of the circle around it");
    v("box_size", box_size, "the same in the ellipse of a box around it");
    outline.fields(v);
  }
};

// Throws usage for options out of range.
void check_refine_options(const RefineOptions& options);

// Whether there is anything to find: a circle or a box around a mass, no region to ignore.
bool can_be_refined(const Annotation& annotation);

// Looks for the outlines (image/outline.h) of those annotations of an image that can_be_refined().
// One that is found becomes a polygon, `mask_origin` refined, and `attributes.outline` keeps {from:
// "circle" or "box", separation, support}; `size_mm` is its largest diameter where the image's
// pixel spacing is known. Where it is in doubt all stays but attributes.outline: {kept: the
// reason}. The box stays in any case: a person drew it, and detections are scored against it.
// `pixels`: full scale, the image's; where `image` has a breast_contour only what lies within it
// counts.
void refine_outlines(std::vector<Annotation*> annotations, const ImageRecord& image,
                     const cv::Mat& pixels, const RefineOptions& options);

// The cohort in `out` with refined outlines; files of images are copied as they are, cohort.json is
// written last. The same for any number of threads. `out` is not the cohort's own folder. Throws
// bad_input for a file name that leads out of that or an image that cannot be read.
Cohort refine_cohort(const Cohort& cohort, const std::filesystem::path& out,
                     const RefineOptions& options, int threads, Progress& progress);

// "41 of 58 outlines refined; kept: 12 (it hardly stands out), 5 (...)"; empty where no annotation
// could be refined.
std::string refinement_text(const Cohort& cohort);

}  // namespace mammograft
