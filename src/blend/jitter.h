// Windows as the discriminator sees them.
#pragma once

#include <torch/types.h>

#include "blend/jitter_options.h"
#include "core/rng.h"

namespace mammograft {

// [N, 1, H, W] each.
struct ShownWindows {
  torch::Tensor images, omega;
};

// Each window by its own draw; differentiable in the images. Brightness and contrast change about
// its mean. A translated window goes on mirrored. Where a square is blanked out stands the window's
// mean, and nothing of omega.
ShownWindows jitter(const ShownWindows& windows, const JitterOptions& options, Rng& rng);

}  // namespace mammograft
