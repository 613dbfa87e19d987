// No torch.
#pragma once

#include "core/options.h"

namespace mammograft {

// What the discriminator sees, changed at random in each sample, real and fake alike: it must not
// know one from the other by exposure, nor the few real windows by heart (Zhao et al. 2020).
struct JitterOptions {
  bool enabled = true;
  double brightness = 0.1;
  double contrast_low = 0.7, contrast_high = 1.3;
  double shift = 0, cutout = 0;
  template <typename V>
  void fields(V&& v) {
    v("enabled", enabled, "jitter what the discriminator sees");
    v("brightness", brightness, "largest shift, either way, in normalised grey levels");
    v("contrast_low", contrast_low, "smallest factor about the window's mean");
    v("contrast_high", contrast_high, "largest factor");
    v("shift", shift, "largest translation, either way, as a share of the window's side");
    v("cutout", cutout, "side of a square that is blanked out, as a share of the window's side");
  }
};

}  // namespace mammograft
