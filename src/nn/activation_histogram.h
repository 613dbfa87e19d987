// Finds the range of a map that eight bits keep best, from all values seen.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/conv_plan.h"

namespace mammograft {

// Counts magnitudes in bins whose width doubles whenever a value does not fit: one pass, bounded
// memory, the same result whatever the order of the images up to a factor of two in the width.
class ActivationHistogram {
 public:
  void add(const float* values, int64_t count);

  // The limit with the smallest expected squared error: what is cut off, plus step^2 / 12 for the
  // rest (uniform quantisation: 256 steps of [0, limit], 127 each way of [-limit, limit]).
  ActivationRange range() const;

 private:
  void widen(double magnitude);
  std::vector<int64_t> counts_;
  double width_ = 0;  // of a bin
  bool negative_ = false;
};

}  // namespace mammograft
