// What an optimiser does with gradients. No torch.
#pragma once

#include <string>

#include "core/options.h"

namespace mammograft {

struct OptimizerOptions {
  std::string kind = "sgd";
  double momentum = 0.9;              // sgd
  double beta1 = 0.9, beta2 = 0.999;  // adam
  double weight_decay =
      1e-4;  // not applied to biases and one-dimensional parameters when decay_bias is false
  bool decay_bias = true;  // torchvision decays all
  double clip_norm = 10;   // gradient norm over all parameters; 0: off
  template <typename V>
  void fields(V&& v) {
    v.choice("kind", kind, {"sgd", "adam"}, "optimiser");
    v("momentum", momentum, "momentum (sgd)");
    v("beta1", beta1, "first-moment decay (adam)");
    v("beta2", beta2, "second-moment decay (adam)");
    v("weight_decay", weight_decay, "L2 penalty");
    v("decay_bias", decay_bias, "apply the penalty to biases too");
    v("clip_norm", clip_norm, "largest gradient norm; 0: no clipping");
  }
};

}  // namespace mammograft
