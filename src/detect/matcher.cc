#include "detect/matcher.h"

#include <torch/types.h>

#include <algorithm>

#include "detect/box_ops.h"
#include "nn/device_copy.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

torch::Tensor draws(int64_t count, Rng& rng) {
  torch::Tensor numbers = torch::empty({count}, torch::kDouble);
  double* number = numbers.data_ptr<double>();
  for (int64_t i = 0; i < count; ++i) number[i] = rng.uniform();
  return numbers;
}

}  // namespace

torch::Tensor match(const torch::Tensor& iou, double fg_iou, double bg_iou, bool keep_best) {
  check_shape(iou, {kAnySize, kAnySize}, "match: iou");
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
  check_shape(matches, {kAnySize}, "exclude_ignored: matches");
  check_shape(boxes, {matches.size(0), 4}, "exclude_ignored: boxes");
  check_shape(ignored, {kAnySize, 4}, "exclude_ignored: ignored");
  if (ignored.size(0) == 0) return;
  const torch::Tensor share = std::get<0>(box_cover(boxes, ignored).max(1));
  matches.masked_fill_((matches == kBackground) & (share > 0.5), kBetween);
}

void exclude_empty(torch::Tensor& matches, const torch::Tensor& boxes) {
  check_shape(matches, {kAnySize}, "exclude_empty: matches");
  check_shape(boxes, {matches.size(0), 4}, "exclude_empty: boxes");
  matches.masked_fill_(box_areas(boxes) <= 0, kBetween);
}

Samples sample_balanced(const torch::Tensor& matches, int64_t count, double positive_share,
                        Rng& rng) {
  check_shape(matches, {kAnySize}, "sample_balanced: matches");
  const int64_t entries = matches.size(0), places = std::min(count, entries);
  const int64_t most_positive =
      std::min(static_cast<int64_t>(static_cast<double>(count) * positive_share), places);
  constexpr double kNever = 2;  // every number drawn is below 1
  const torch::Tensor number = to_device(draws(entries, rng), matches.device());
  const auto [smallest, index] =
      torch::where(matches >= 0, number, kNever).topk(most_positive, 0, /*largest=*/false);
  const torch::Tensor positive =
      torch::zeros_like(matches, torch::kBool).scatter(0, index, smallest < kNever);
  // Positive ones come first: their ranks lie below 0.
  const torch::Tensor rank =
      torch::where(positive, number - 1, torch::where(matches == kBackground, number, kNever));
  const auto [ranks, chosen] = rank.topk(places, 0, /*largest=*/false);
  return {chosen, ranks < 0, ranks < kNever, most_positive};
}

}  // namespace mammograft
