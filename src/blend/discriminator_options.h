// Shape of the patch discriminator. No torch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/options.h"

namespace mammograft {

struct DiscriminatorOptions {
  std::vector<int> kernels = {4, 3, 3, 1};
  std::vector<int> strides = {2, 2, 1, 1};
  std::vector<int> widths = {32, 64, 128};
  bool spectral_norm = false;
  double gain = 10;
  bool sees_mask = false;
  std::string looks_at = "omega";
  template <typename V>
  void fields(V&& v) {
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
  }
};

// Brightness and contrast of what the discriminator sees, changed at random in each sample, real
// and fake alike: it must not know one from the other by exposure (Zhao et al. 2020).
struct JitterOptions {
  bool enabled = true;
  double brightness = 0.1;
  double contrast_low = 0.7, contrast_high = 1.3;
  template <typename V>
  void fields(V&& v) {
    v("enabled", enabled, "jitter brightness and contrast of what the discriminator sees");
    v("brightness", brightness, "largest shift, either way, in normalised grey levels");
    v("contrast_low", contrast_low, "smallest factor about the window's mean");
    v("contrast_high", contrast_high, "largest factor");
  }
};

// Side of the square of input pixels that one response sees.
int64_t receptive_field(const DiscriminatorOptions& options);

}  // namespace mammograft
