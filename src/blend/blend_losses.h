// The losses of Lin et al. (MICCAI 2019), one function for each equation; docs/equations.md maps
// them to the paper and says what the paper left open.
//
// Images are [N, 1, H, W] in normalised grey levels (dark -1, bright 1): x the healthy window, e
// the lesion warped onto the same grid (not pasted: at the seam of a paste there is a step that the
// lesion does not have), g the generator's result. omega and breast are [N, 1, H, W], 0 or 1.
// Every loss is a mean over samples of a loss of the sample; scalars, in the dtype of the images.
#pragma once

#include <torch/types.h>

#include <string>

#include "blend/blend_losses_options.h"

namespace mammograft {

// Forward differences [N, 2, H, W]: (right, down); 0 in the last column and the last row.
torch::Tensor forward_differences(const torch::Tensor& image);

// Eq. (4): at every pixel the stronger of grad x and grad e, taken as a whole vector.
torch::Tensor guidance_field(const torch::Tensor& x, const torch::Tensor& e);

// Eq. (3): ||grad g - v||_2 over the differences of which at least one pixel lies in omega, as
// sqrt(mean + epsilon). At scale k all images are averaged over 2^k x 2^k pixels, v is computed
// anew, and a cell belongs to omega when half of it does; the scales are summed. From scale number
// options.mixed_scales on, v is grad e: the body of a mass is the lesion's, its texture may be
// either's. With `fused` (graft/fusion.h; may be undefined) v of the mixed scales is its gradient:
// the choice of eq. (4) made by neighbourhood and band, where pixel by pixel it takes the maximum
// of two grains and is rougher than either. A sample whose omega is empty at a scale counts 0
// there. Sides are 2^(options.scales - 1) or more; what the cells of a scale do not reach at the
// right and at the bottom is left out.
torch::Tensor seamless_loss(const torch::Tensor& g, const torch::Tensor& x, const torch::Tensor& e,
                            const torch::Tensor& omega, const BlendLossOptions& options,
                            const torch::Tensor& fused = {});

// Eq. (5): mean |g - x| + sqrt(mean (|grad g| - |grad x|)^2 + epsilon) - sqrt(epsilon) over
// breast minus omega; exactly 0 for g = x. A sample without background counts 0.
torch::Tensor background_loss(const torch::Tensor& g, const torch::Tensor& x,
                              const torch::Tensor& breast, const torch::Tensor& omega,
                              double epsilon);

// Eq. (2), as the discriminator minimises it. Logits [N, 1, h, w] of patches; `weight` of the same
// size says how much each counts (the responses are averaged: its sum within a sample is 1).
torch::Tensor discriminator_loss(const torch::Tensor& real, const torch::Tensor& real_weight,
                                 const torch::Tensor& fake, const torch::Tensor& fake_weight,
                                 const std::string& form);

// Eq. (2), as the generator minimises it.
torch::Tensor adversarial_loss(const torch::Tensor& fake, const torch::Tensor& fake_weight,
                               const std::string& form);

// Eq. (1).
struct GeneratorLosses {
  torch::Tensor total, adversarial, seamless, background;
};
GeneratorLosses generator_loss(const torch::Tensor& adversarial, const torch::Tensor& seamless,
                               const torch::Tensor& background, const BlendLossOptions& options);

}  // namespace mammograft
