// Shape of the patch discriminator. No torch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"

namespace mammograft {

struct DiscriminatorOptions {
  std::string features = "own";
  std::vector<int> kernels = {4, 3, 3, 1};
  std::vector<int> strides = {2, 2, 1, 1};
  std::vector<int> widths = {32, 64, 128};
  bool spectral_norm = false;
  double gain = 10;
  bool sees_mask = false;
  std::string looks_at = "omega";
  double gradient_penalty = 0;
  template <typename V>
  void fields(V&& v) {
    v.choice("features", features, {"own", "imagenet"},
             "what it judges by: convolutions of its own; or small heads on the frozen stages C1 "
             "to C3 of a ResNet-50 that knows ImageNet (Sauer et al. 2021), for few real masses");
    v("kernels", kernels, "kernels of the convolutions; with the strides they make the patch");
    v("strides", strides, "strides of the convolutions");
    v("widths", widths, "channels of all convolutions but the last");
    v("spectral_norm", spectral_norm, "divide each weight by its largest singular value");
    v("gain", gain,
      "factor on what it sees, its mean taken off: texture is a few hundredths of the grey scale, "
      "and a network whose layers do not amplify must still answer it with more than that");
    v("sees_mask", sees_mask, "give it the mask as a second channel");
    v.choice("looks_at", looks_at, {"omega", "window"},
             "patches that count: those that meet the grafted region, or all, as in the paper");
    v("gradient_penalty", gradient_penalty,
      "R1: weight of its squared gradient at real windows (Mescheder et al. 2018); 0: none");
  }
};

// Side of the square of input pixels that one response sees.
int64_t receptive_field(const DiscriminatorOptions& options);

}  // namespace mammograft
