// Lists whose length the data decide - samples, proposals, positive ones - and devices on which the
// host would have to wait to learn it.
#pragma once

#include <torch/types.h>

namespace mammograft {

// Whether a training step gives such lists the greatest length that they may have, with weights or
// empty boxes for what is missing, and never asks the device how many there were. That is a waste
// of arithmetic on a CPU, where counting costs nothing; so: everywhere else.
bool fixed_lengths(torch::Device device);

// On a CPU too while it lives, in this thread: for tests.
class FixedLengthsGuard {
 public:
  FixedLengthsGuard();
  ~FixedLengthsGuard();
  FixedLengthsGuard(const FixedLengthsGuard&) = delete;

 private:
  bool before_;
};

// Indices of the rows that are `chosen` [R] bool, all of them among the first `most`; of fixed
// length: of the first `most` rows, whether chosen or not.
torch::Tensor chosen_rows(const torch::Tensor& chosen, int64_t most);

}  // namespace mammograft
