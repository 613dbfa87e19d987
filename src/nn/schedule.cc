#include "nn/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mammograft {

double learning_rate(const ScheduleOptions& options, int64_t step, int64_t total_steps) {
  const double warmup = options.warmup_steps;
  const double done = static_cast<double>(step);
  if (done < warmup) {
    return options.learning_rate *
           (options.warmup_start + (1 - options.warmup_start) * done / warmup);
  }
  if (options.decay == "constant") return options.learning_rate;
  // Loshchilov and Hutter 2017, eq. (5) without restarts
  const double length = static_cast<double>(total_steps) - 1 - warmup;
  const double progress = length > 0 ? std::clamp((done - warmup) / length, 0.0, 1.0) : 1.0;
  const double share = (1 + std::cos(std::numbers::pi * progress)) / 2;
  return options.learning_rate * (options.final_share + (1 - options.final_share) * share);
}

}  // namespace mammograft
