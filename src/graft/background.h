// An image that can receive a lesion.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "cohort/annotation_index.h"
#include "cohort/cohort.h"
#include "graft/glandular.h"
#include "graft/intensity_range.h"
#include "graft/placement.h"

namespace mammograft {

struct Background {
  cv::Mat pixels;  // CV_16UC1, full scale 65535
  cv::Mat breast;  // CV_8UC1, 0 or 255
  cv::Mat free;    // CV_8UC1, 0 or 255: where a grafted region may lie
  std::array<double, 2> mm_per_px{1, 1};
  IntensityRange range;
  int stored_bits = 16;  // that the values in the image's file use
  std::string view;      // of the image, may be empty
  bool chest_wall_left = true;
  GlandularShare glandular;  // empty unless it weighs (PlacementOptions::tissue)
  PlaceWeight weight;        // of a place for a mass (graft/place_weight.h)
};

// Real images of status normal; with --background any all real ones. Indices into cohort.images.
// bad_input when there is none, saying what the images are.
std::vector<size_t> usable_backgrounds(const Cohort& cohort, const PlacementOptions& options);

// Free is the breast without a margin along skin, air and the findings, and without the muscle.
// `findings`: the annotations of this image.
Background load_background(const Cohort& cohort, const ImageRecord& image, Annotations findings,
                           const PlacementOptions& options, const IntensityOptions& intensity,
                           const std::vector<double>& mm_per_px);

}  // namespace mammograft
