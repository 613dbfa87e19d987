// Exponential moving average of parameters: steadier than the last step of an adversarial training.
#pragma once

#include "nn/weights.h"

namespace mammograft {

// average = decay * average + (1 - decay) * value, divided by 1 - decay^steps where it is read, so
// that the first steps do not count the start (Kingma and Ba 2015).
class ExponentialAverage {
 public:
  ExponentialAverage(const TensorMap& parameters, double decay);
  void update(const TensorMap& parameters);  // the same names and shapes
  TensorMap value() const;                   // after one update at least
  TensorMap state() const;                   // "average.<name>", "steps"
  void load_state(const TensorMap& state);

 private:
  double decay_;
  TensorMap average_;
  int64_t steps_ = 0;
};

}  // namespace mammograft
