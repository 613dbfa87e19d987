// Whole mammograms with a mass, downscaled, and the masses' masks. No torch.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "blend/blend_set.h"
#include "cohort/cohort.h"
#include "core/progress.h"

namespace mammograft {

struct VanillaImage {
  cv::Mat image;  // CV_32FC1 in [-1, 1]; the breast's box on a square, chest wall on the left
  cv::Mat mask;   // CV_32FC1, -1 or 1: all masses of the image
};

struct VanillaSet {
  std::vector<VanillaImage> images;
  std::vector<std::string> patients;  // of these, sorted, unique
  std::vector<std::string> unseen;    // file names of images left out: no pixel of a mass is left
  double mm_per_px = 0;               // median; 0 when no image states its spacing
};

// bad_input when no image shows a mass, or none does at that size.
VanillaSet read_vanilla_set(const Cohort& cohort, int side_px, const BlendSetOptions& options,
                            int threads, Progress& progress);

}  // namespace mammograft
