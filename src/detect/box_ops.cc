#include "detect/box_ops.h"

#include <torch/types.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

void check_boxes(const torch::Tensor& boxes) {
  if (boxes.dim() >= 2 && boxes.size(-1) == 4) return;
  fail(ErrorKind::defect, "boxes: found {}, expected [..., R, 4]", shape_text(boxes.sizes()));
}

torch::Tensor common_area(const torch::Tensor& a, const torch::Tensor& b) {
  check_boxes(a);
  check_boxes(b);
  const torch::Tensor low =
      torch::max(a.unsqueeze(-2).slice(-1, 0, 2), b.unsqueeze(-3).slice(-1, 0, 2));
  const torch::Tensor high =
      torch::min(a.unsqueeze(-2).slice(-1, 2, 4), b.unsqueeze(-3).slice(-1, 2, 4));
  const torch::Tensor side = (high - low).clamp_min(0);  // [..., P, Q, 2]
  return side.select(-1, 0) * side.select(-1, 1);
}

// nms() on plain arrays; group may be null.
std::vector<int64_t> greedy_nms(const float* box, const float* score, const int64_t* group,
                                int64_t count, float threshold) {
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return score[a] > score[b]; });
  const auto area = [&](int64_t i) {
    return (box[4 * i + 2] - box[4 * i]) * (box[4 * i + 3] - box[4 * i + 1]);
  };
  std::vector<int64_t> kept;
  for (int64_t i : order) {
    const float* a = box + 4 * i;
    const float area_i = area(i);
    const bool suppressed = std::any_of(kept.begin(), kept.end(), [&](int64_t k) {
      if (group && group[k] != group[i]) return false;
      const float* b = box + 4 * k;
      const float w = std::min(a[2], b[2]) - std::max(a[0], b[0]);
      const float h = std::min(a[3], b[3]) - std::max(a[1], b[1]);
      if (w <= 0 || h <= 0) return false;
      const float common = w * h;
      return common > threshold * (area_i + area(k) - common);
    });
    if (!suppressed) kept.push_back(i);
  }
  return kept;
}

torch::Tensor run_nms(const torch::Tensor& boxes, const torch::Tensor& scores,
                      const torch::Tensor& groups, double threshold) {
  check_boxes(boxes);
  const torch::Tensor b = boxes.detach().to(torch::kCPU, torch::kFloat).contiguous();
  const torch::Tensor s = scores.detach().to(torch::kCPU, torch::kFloat).contiguous();
  const torch::Tensor g =
      groups.defined() ? groups.to(torch::kCPU, torch::kLong).contiguous() : groups;
  const std::vector<int64_t> kept = greedy_nms(b.data_ptr<float>(), s.data_ptr<float>(),
                                               g.defined() ? g.data_ptr<int64_t>() : nullptr,
                                               b.size(0), static_cast<float>(threshold));
  return torch::tensor(kept, torch::kLong).to(boxes.device());
}

}  // namespace

torch::Tensor box_areas(const torch::Tensor& boxes) {
  return (boxes.select(-1, 2) - boxes.select(-1, 0)) * (boxes.select(-1, 3) - boxes.select(-1, 1));
}

torch::Tensor box_iou(const torch::Tensor& a, const torch::Tensor& b) {
  const torch::Tensor common = common_area(a, b);
  return common / (box_areas(a).unsqueeze(-1) + box_areas(b).unsqueeze(-2) - common);
}

torch::Tensor box_cover(const torch::Tensor& a, const torch::Tensor& b) {
  return common_area(a, b) / box_areas(a).unsqueeze(-1);
}

torch::Tensor clip_boxes(const torch::Tensor& boxes, int64_t height, int64_t width) {
  const auto c = boxes.unbind(-1);
  return torch::stack(
      {c[0].clamp(0, width), c[1].clamp(0, height), c[2].clamp(0, width), c[3].clamp(0, height)},
      -1);
}

torch::Tensor not_smaller(const torch::Tensor& boxes, double min_size) {
  const torch::Tensor w = boxes.select(-1, 2) - boxes.select(-1, 0);
  const torch::Tensor h = boxes.select(-1, 3) - boxes.select(-1, 1);
  return (w >= min_size) & (h >= min_size);
}

torch::Tensor keep_not_smaller(const torch::Tensor& boxes, double min_size) {
  return torch::nonzero(not_smaller(boxes, min_size)).squeeze(1);
}

torch::Tensor nms(const torch::Tensor& boxes, const torch::Tensor& scores, double threshold) {
  return run_nms(boxes, scores, {}, threshold);
}

torch::Tensor batched_nms(const torch::Tensor& boxes, const torch::Tensor& scores,
                          const torch::Tensor& groups, double threshold) {
  return run_nms(boxes, scores, groups, threshold);
}

torch::Tensor nms_in_rounds(const torch::Tensor& boxes, double threshold, int rounds) {
  ensure(rounds % 2 == 1, "nms_in_rounds: found {} rounds, expected an odd number", rounds);
  // [..., i, j]: box i comes before box j and overlaps it.
  const torch::Tensor overlaps = (box_iou(boxes, boxes) > threshold).triu(1).to(torch::kFloat);
  torch::Tensor stays = torch::ones_like(overlaps.select(-2, 0)).unsqueeze(-2);  // [..., 1, R]
  for (int round = 0; round < rounds; ++round)
    stays = (torch::matmul(stays, overlaps) < 0.5).to(torch::kFloat);
  return stays.squeeze(-2) > 0;
}

}  // namespace mammograft
