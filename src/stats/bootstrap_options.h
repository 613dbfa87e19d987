// How often to resample, and what to make of it.
#pragma once

#include <cstdint>
#include <string>

namespace mammograft {

struct BootstrapOptions {
  int resamples = 2000;
  double level = 0.95;
  int64_t seed = 1;  // the run's, as its threads are: no option of the bootstrap's own
  std::string interval = "percentile";
  int threads = 0;  // 0: all cores; they change no result
  template <typename V>
  void fields(V&& v) {
    v("resamples", resamples, "bootstrap resamples of patients; 0: no intervals");
    v("level", level, "confidence level of the intervals");
    v.choice("interval", interval, {"percentile", "bca"},
             "percentiles of the resamples, or bias-corrected and accelerated");
  }
};

// Throws usage for resamples < 0 and for a level outside (0, 1).
void check(const BootstrapOptions& options);

}  // namespace mammograft
