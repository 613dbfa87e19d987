// Shape of the blending generator. No torch.
#pragma once

#include <string>
#include <vector>

#include "core/options.h"

namespace mammograft {

struct GeneratorOptions {
  std::vector<int> widths = {16, 32, 64, 128, 256};
  std::string output = "residual";
  double feather_px = 5;
  double body_px = 3;
  template <typename V>
  void fields(V&& v) {
    v("widths", widths, "channels of the U-Net's levels, finest first");
    v.choice("output", output, {"residual", "plain"},
             "residual: added to the background; plain: the whole window, as in the paper");
    v("body_px", body_px,
      "the residual is added to the background and the lesion's coarse band, what a blur of this "
      "deviation leaves of it; 0: to the background alone");
    v("feather_px", feather_px,
      "pixels over which the residual fades in from the rim of the grafted region");
  }
};

}  // namespace mammograft
