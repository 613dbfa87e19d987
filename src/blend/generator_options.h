// Shape of the blending generator. No torch.
#pragma once

#include <string>
#include <vector>

#include "core/options.h"
#include "graft/fusion.h"

namespace mammograft {

struct GeneratorOptions {
  std::vector<int> widths = {16, 32, 64, 128, 256};
  std::string output = "residual";
  double feather_px = 3;
  std::string body = "fused";
  double body_mm = 0.6;
  FusionOptions fusion;
  template <typename V>
  void fields(V&& v) {
    v("widths", widths, "channels of the U-Net's levels, finest first");
    v.choice("output", output, {"residual", "plain"},
             "residual: added to the background; plain: the whole window, as in the paper");
    v.choice("body", body, {"fused", "coarse", "none"},
             "what the residual is added to: fused: lesion and background in bands, each from "
             "where it is salient; coarse: the lesion's coarse band on the background; none: the "
             "background alone");
    v("body_mm", body_mm, "blur that leaves the coarse band");
    v("feather_px", feather_px,
      "pixels over which the residual fades in from the rim of the grafted region");
    v.group("fusion", fusion);
  }
};

}  // namespace mammograft
