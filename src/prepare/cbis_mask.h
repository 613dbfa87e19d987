// The mask of a finding among the files that CBIS-DDSM has for it.
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "image/rle.h"
#include "prepare/cbis_files.h"

namespace mammograft {

struct CbisMask {
  std::optional<Rle> pixels;  // of the image's size
  std::string scaled_from;    // "4386 x 1789" where the mask had another size
  std::string reason;         // why there is none
};

// Mask and crop are told apart by their pixels, since the tables swap their names: the mask has at
// most two values and the image's size. Where none has, one is taken that has the image's aspect
// within 1 % and between half and twice its size, and scaled. No mask: none or several such files,
// an empty one, one of more than half of the image. Throws io or bad_input where a file cannot be
// read.
CbisMask find_cbis_mask(const std::vector<const CbisFile*>& candidates, cv::Size image);

}  // namespace mammograft
