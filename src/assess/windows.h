// Windows around annotated masses: one physical scale, the mass in the middle.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/options.h"
#include "core/progress.h"
#include "graft/mass_patch.h"

namespace mammograft {

struct WindowOptions {
  int side_px = 96;
  double mm_per_px = 0.2;
  std::vector<double>
      spacing_mm;  // of images that do not tell theirs; row and column, or one value
  template <typename V>
  void fields(V&& v) {
    v("window_px", side_px, "side of the window that the classifier sees");
    v("window_mm_per_px", mm_per_px, "scale of the windows and of all measures");
    v("mm_per_px", spacing_mm,
      "pixel spacing of images that do not tell theirs: one value, or row and column");
  }
};

// Throws usage for a side below 16 px, a scale that is not above 0, or a wrong spacing.
void check(const WindowOptions& options);

// An annotated mass. The cohort outlives it.
struct MassRef {
  const Cohort* cohort = nullptr;
  const ImageRecord* image = nullptr;
  const Annotation* annotation = nullptr;
  double reach_mm = 0;  // beyond its mask: what was grafted with it, whose rim is looked at too
};

// All masses of a cohort in the order of its images; regions to ignore are left out.
std::vector<MassRef> masses_of(const Cohort& cohort);

// A mass as its image shows it; what the windows are cut from. Valid during a visit only.
struct MassSight {
  const cv::Mat& original;  // CV_16UC1, the image as stored
  MassPatch patch;          // CV_16UC1 at mm_per_px: the mass and all that the measures look at
  cv::Mat window;           // CV_32FC1 [side_px, side_px], share of full scale
  cv::Mat inside;           // CV_8UC1 of that size: 255 in the breast; 0 in air, or off the image
};

// Reads every image once, in parallel, and calls visit(i, sight) for each of `masses`, in any
// order and from any thread. The scale comes by area averaging where it shrinks and bilinearly
// where it grows; an image of that spacing is not touched. Windows are centred on the annotation's
// box and reflect the image at its border. Masses without a pixel at this scale are not visited:
// the result says which were (1). Throws bad_input naming the image and the option when a spacing
// is missing.
std::vector<char> visit_masses(const std::vector<MassRef>& masses, const WindowOptions& options,
                               int threads, Progress& progress,
                               const std::function<void(size_t, const MassSight&)>& visit);

// For people: CV_8UC1 [side, side] with side_px pixels around the mass at mm_per_px, or more where
// twice the mass is larger; black off the image, grey levels from the 0.5th to the 99.7th
// percentile of the breast in the picture's middle half.
struct MassPicture {
  cv::Mat pixels;
  double radius = 0;  // half of the longer side of the mass's box, share of the picture's side
};
MassPicture mass_picture(const MassRef& mass, const WindowOptions& options, int side_px);

// What a graft may have changed of its original image: the mask dilated() in millimetres, CV_8UC1 0
// or 255, and the part of the image that the classifier's window shows.
struct OriginalRegion {
  cv::Mat omega;
  cv::Rect window;
};
OriginalRegion original_region(const MassRef& mass, const WindowOptions& options,
                               double dilation_mm);

}  // namespace mammograft
