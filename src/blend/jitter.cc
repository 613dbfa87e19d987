#include "blend/jitter.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <functional>
#include <vector>

namespace mammograft {
namespace {

using torch::Tensor;

Tensor mean_of(const Tensor& images) { return images.mean({1, 2, 3}, true); }

Tensor exposed(const Tensor& images, const JitterOptions& options, Rng& rng) {
  std::vector<double> shifts, factors;
  for (int64_t i = 0; i < images.size(0); ++i) {
    shifts.push_back(rng.uniform(-options.brightness, options.brightness));
    factors.push_back(rng.uniform(options.contrast_low, options.contrast_high));
  }
  const auto column = [&](const std::vector<double>& values) {
    return torch::tensor(values, torch::kFloat64).to(images.options()).view({-1, 1, 1, 1});
  };
  const Tensor mean = mean_of(images);
  return (images - mean) * column(factors) + mean + column(shifts);
}

// Indices of a row of `side` pixels that is moved by `by`, mirrored at its ends.
Tensor moved(int64_t side, int64_t by) {
  std::vector<int64_t> from;
  for (int64_t i = 0; i < side; ++i) {
    const int64_t at = std::abs(i - by);
    from.push_back(at < side ? at : 2 * side - 2 - at);
  }
  return torch::tensor(from, torch::kInt64);
}

Tensor translated(const Tensor& sample, int64_t down, int64_t right) {
  return sample.index_select(1, moved(sample.size(1), down).to(sample.device()))
      .index_select(2, moved(sample.size(2), right).to(sample.device()));
}

int64_t up_to(int64_t most, Rng& rng) { return rng.integer(2 * most + 1) - most; }

ShownWindows shifted(const ShownWindows& windows, double share, Rng& rng) {
  const auto most = static_cast<int64_t>(std::lround(share * double(windows.images.size(3))));
  std::vector<Tensor> images, omega;
  for (int64_t i = 0; i < windows.images.size(0); ++i) {
    const int64_t down = up_to(most, rng), right = up_to(most, rng);
    images.push_back(translated(windows.images[i], down, right));
    omega.push_back(translated(windows.omega[i], down, right));
  }
  return {torch::stack(images), torch::stack(omega)};
}

ShownWindows with_squares_out(const ShownWindows& windows, double share, Rng& rng) {
  const int64_t h = windows.images.size(2), w = windows.images.size(3);
  const auto side = static_cast<int64_t>(std::lround(share * double(w)));
  Tensor kept = torch::ones_like(windows.omega);
  for (int64_t i = 0; i < kept.size(0); ++i) {
    const int64_t top = rng.integer(h - side + 1), left = rng.integer(w - side + 1);
    kept[i].narrow(1, top, side).narrow(2, left, side).zero_();
  }
  return {windows.images * kept + mean_of(windows.images) * (1 - kept), windows.omega * kept};
}

}  // namespace

ShownWindows jitter(const ShownWindows& windows, const JitterOptions& options, Rng& rng) {
  if (!options.enabled) return windows;
  ShownWindows shown{exposed(windows.images, options, rng), windows.omega};
  if (options.shift > 0) shown = shifted(shown, options.shift, rng);
  if (options.cutout > 0) shown = with_squares_out(shown, options.cutout, rng);
  return shown;
}

}  // namespace mammograft
