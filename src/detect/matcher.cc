#include "detect/matcher.h"

#include <torch/torch.h>

#include <algorithm>
#include <vector>

#include "detect/box_ops.h"

namespace mammograft {
namespace {

torch::Tensor choose(std::vector<int64_t> candidates, int64_t count, Rng& rng) {
  if (count < static_cast<int64_t>(candidates.size())) {
    rng.shuffle(candidates);
    candidates.resize(count);
    std::sort(candidates.begin(), candidates.end());
  }
  return torch::tensor(candidates, torch::kLong);
}

}  // namespace

torch::Tensor match(const torch::Tensor& iou, double fg_iou, double bg_iou, bool keep_best) {
  const int64_t anchors = iou.size(1);
  if (iou.size(0) == 0) {
    return torch::full({anchors}, kBackground, torch::dtype(torch::kLong).device(iou.device()));
  }
  const auto [best_iou, best_truth] = iou.max(0);  // [R]
  torch::Tensor matches = best_truth.clone();
  matches.masked_fill_(best_iou < bg_iou, kBackground);
  matches.masked_fill_((best_iou >= bg_iou) & (best_iou < fg_iou), kBetween);
  if (keep_best) {
    const torch::Tensor best_of_truth = std::get<0>(iou.max(1, /*keepdim=*/true));        // [G, 1]
    const torch::Tensor is_best = ((iou == best_of_truth) & (best_of_truth > 0)).any(0);  // [R]
    matches = torch::where(is_best, best_truth, matches);
  }
  return matches;
}

void exclude_ignored(torch::Tensor& matches, const torch::Tensor& boxes,
                     const torch::Tensor& ignored) {
  if (ignored.size(0) == 0) return;
  const torch::Tensor share = std::get<0>(box_cover(boxes, ignored).max(1));
  matches.masked_fill_((matches == kBackground) & (share > 0.5), kBetween);
}

Samples sample_balanced(const torch::Tensor& matches, int64_t count, double positive_share,
                        Rng& rng) {
  const torch::Tensor on_cpu = matches.to(torch::kCPU).contiguous();
  const int64_t* match = on_cpu.data_ptr<int64_t>();
  std::vector<int64_t> positive, negative;
  for (int64_t i = 0; i < on_cpu.size(0); ++i) {
    if (match[i] >= 0) positive.push_back(i);
    if (match[i] == kBackground) negative.push_back(i);
  }
  const auto most_positive = static_cast<int64_t>(static_cast<double>(count) * positive_share);
  const int64_t positives = std::min<int64_t>(most_positive, positive.size());
  Samples samples;
  samples.positive = choose(std::move(positive), positives, rng).to(matches.device());
  samples.negative = choose(std::move(negative), count - positives, rng).to(matches.device());
  return samples;
}

}  // namespace mammograft
