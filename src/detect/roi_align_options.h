// How RoIAlign samples.
#pragma once

#include "detect/roi_bins.h"

namespace mammograft {

struct RoiAlignOptions {
  int output = kBoxBins;  // output x output bins
  double scale = 1;       // feature pixels per box pixel
  int sampling = 2;       // samples a bin and axis; <= 0: ceil(box side in feature pixels / output)
  bool aligned = false;   // shift by half a feature pixel (torchvision's Mask R-CNN: false)
};

}  // namespace mammograft
