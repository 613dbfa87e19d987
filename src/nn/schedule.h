// Learning rate over steps.
#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"

namespace mammograft {

struct ScheduleOptions {
  double learning_rate = 0.01;
  int warmup_steps = 100;  // linear from learning_rate * warmup_start
  double warmup_start = 0.01;
  std::string decay = "cosine";  // to learning_rate * final_share at the last step
  double final_share = 0.01;
  template <typename V>
  void fields(V&& v) {
    v("learning_rate", learning_rate, "peak learning rate");
    v("warmup_steps", warmup_steps, "linear warm-up, in steps");
    v("warmup_start", warmup_start, "share of the learning rate at step 0");
    v.choice("decay", decay, {"cosine", "constant"}, "learning rate after the warm-up");
    v("final_share", final_share, "share of the learning rate at the last step (cosine)");
  }
};

double learning_rate(const ScheduleOptions& options, int64_t step, int64_t total_steps);

}  // namespace mammograft
