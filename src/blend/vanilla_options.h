// The vanilla GAN, a baseline of the paper. No torch.
#pragma once

#include "core/options.h"

namespace mammograft {

struct VanillaOptions {
  int side_px = 128;  // a power of two, 32 or more
  int latent = 64;
  int width = 16;  // channels of the finest level; each coarser one has twice as many, at most 256
  template <typename V>
  void fields(V&& v) {
    v("side_px", side_px, "side of the images that it makes, a power of two");
    v("latent", latent, "numbers of noise that an image is made from");
    v("width", width, "channels of its finest level");
  }
};

}  // namespace mammograft
