#include "detect/box_coder.h"

#include "nn/shape.h"

namespace mammograft {
namespace {

struct CenterForm {
  torch::Tensor x, y, width, height;  // [R]
};

CenterForm center_form(const torch::Tensor& boxes) {
  const auto columns = boxes.unbind(1);
  const torch::Tensor width = columns[2] - columns[0], height = columns[3] - columns[1];
  return {columns[0] + 0.5 * width, columns[1] + 0.5 * height, width, height};
}

}  // namespace

torch::Tensor BoxCoder::encode(const torch::Tensor& boxes, const torch::Tensor& anchors) const {
  check_shape(boxes, {kAnySize, 4}, "box coder: boxes");
  check_shape(anchors, boxes.sizes(), "box coder: anchors");
  const CenterForm b = center_form(boxes), a = center_form(anchors);
  return torch::stack(
      {weights[0] * (b.x - a.x) / a.width, weights[1] * (b.y - a.y) / a.height,
       weights[2] * (b.width / a.width).log(), weights[3] * (b.height / a.height).log()},
      1);
}

torch::Tensor BoxCoder::decode(const torch::Tensor& deltas, const torch::Tensor& anchors) const {
  check_shape(anchors, {kAnySize, 4}, "box coder: anchors");
  check_shape(deltas, {anchors.size(0), kAnySize}, "box coder: deltas");
  const int64_t boxes = deltas.size(0), classes = deltas.size(1) / 4;
  check_shape(deltas, {boxes, 4 * classes}, "box coder: deltas");
  const CenterForm a = center_form(anchors);
  const torch::Tensor d = deltas.view({boxes, classes, 4});  // [R, K, 4]
  const double largest = kLargestLogScale;
  const auto column = [](const torch::Tensor& t) { return t.unsqueeze(1); };
  const torch::Tensor x = d.select(2, 0) / weights[0] * column(a.width) + column(a.x);
  const torch::Tensor y = d.select(2, 1) / weights[1] * column(a.height) + column(a.y);
  const torch::Tensor w = (d.select(2, 2) / weights[2]).clamp_max(largest).exp() * column(a.width);
  const torch::Tensor h = (d.select(2, 3) / weights[3]).clamp_max(largest).exp() * column(a.height);
  return torch::stack({x - 0.5 * w, y - 0.5 * h, x + 0.5 * w, y + 0.5 * h}, 2);
}

}  // namespace mammograft
