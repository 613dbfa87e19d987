// Weights and forms of the blending losses. No torch.
#pragma once

#include <string>

#include "core/options.h"

namespace mammograft {

struct BlendLossOptions {
  std::string adversarial = "non_saturating";
  double adversarial_weight = 1;
  double lambda_p = 10;
  bool seamless = true;
  std::string guidance = "fused";
  int scales = 5;
  int mixed_scales = 5;
  double epsilon = 1e-6;
  template <typename V>
  void fields(V&& v) {
    v.choice("adversarial", adversarial, {"non_saturating", "least_squares", "literal"},
             "form of the adversarial loss (eq. 2); literal: as the paper writes it");
    v("adversarial_weight", adversarial_weight, "weight of the adversarial loss; 0: prior only");
    v("lambda_p", lambda_p, "weight of the prior, seamless blending and background (eq. 1)");
    v("seamless", seamless, "use the seamless-blending loss (eq. 3)");
    v.choice("guidance", guidance, {"fused", "vector"},
             "the stronger gradient of eq. 4: chosen by neighbourhood and band, as the body of "
             "the graft is; or at each pixel as a whole vector, as in the paper");
    v("scales", scales, "scales at which gradients are compared, each half of the last; paper: 1");
    v("mixed_scales", mixed_scales,
      "the finest of them, where a gradient may come from the background (eq. 4); at the coarser "
      "ones it is the lesion's");
    v("epsilon", epsilon, "under the roots, so that they have a gradient at 0");
  }
};

}  // namespace mammograft
