#include "detect/roi_align_indexing.h"

#include <torch/torch.h>

#include <algorithm>

namespace mammograft {
namespace {

// The samples of all boxes along one axis, [R, output * S] each; S is the largest number of samples
// a bin, and boxes with fewer have zeros behind theirs.
struct Axis {
  torch::Tensor low, high;                // cells, int64
  torch::Tensor low_weight, high_weight;  // 0 outside of the map; samples of a bin add up to 1
};

Axis make_axis(const torch::Tensor& from, const torch::Tensor& to, int64_t cells,
               const RoiAlignOptions& o) {
  const double shift = o.aligned ? 0.5 : 0;
  const torch::Tensor start = from * o.scale - shift;
  torch::Tensor length = to * o.scale - shift - start;
  if (!o.aligned) length = length.clamp_min(1);
  const torch::Tensor bin = (length / o.output).view({-1, 1, 1});
  const torch::Tensor counts =
      o.sampling > 0 ? torch::full_like(bin, o.sampling) : bin.ceil().clamp_min(1);
  const int64_t most = o.sampling > 0        ? o.sampling
                       : counts.size(0) == 0 ? 1
                                             : static_cast<int64_t>(counts.max().item<float>());
  const auto real = start.options();
  const torch::Tensor bins = torch::arange(o.output, real).view({1, -1, 1});
  const torch::Tensor samples = torch::arange(most, real).view({1, 1, -1});
  const torch::Tensor at =
      start.view({-1, 1, 1}) + bins * bin + (samples + 0.5) * bin / counts;  // [R, output, S]
  const auto last = static_cast<double>(cells - 1);
  const torch::Tensor valid = (at >= -1) & (at <= static_cast<double>(cells)) & (samples < counts);
  const torch::Tensor inside = at.clamp(0, last);
  const torch::Tensor low = inside.floor();
  const torch::Tensor share = valid.to(at.scalar_type()) / counts, high_weight = inside - low;
  const auto flat = [](const torch::Tensor& t) { return t.flatten(1); };
  return {flat(low.to(torch::kLong)), flat((low + 1).clamp_max(last).to(torch::kLong)),
          flat((1 - high_weight) * share), flat(high_weight * share)};
}

}  // namespace

torch::Tensor roi_align_by_indexing(const torch::Tensor& features, const torch::Tensor& boxes_any,
                                    const torch::Tensor& image_index,
                                    const RoiAlignOptions& options) {
  const torch::Tensor boxes = boxes_any.detach().to(torch::kFloat);
  const int64_t c = features.size(1), h = features.size(2), w = features.size(3);
  const Axis y = make_axis(boxes.select(1, 1), boxes.select(1, 3), h, options);
  const Axis x = make_axis(boxes.select(1, 0), boxes.select(1, 2), w, options);
  const int64_t rows = y.low.size(1), columns = x.low.size(1);
  const torch::Tensor map = features.permute({0, 2, 3, 1}).reshape({-1, c});
  const torch::Tensor first = (image_index.to(torch::kLong) * h).view({-1, 1});
  torch::Tensor sum;  // [R, rows, columns, C]
  for (const bool high_y : {false, true}) {
    for (const bool high_x : {false, true}) {
      const torch::Tensor row = (first + (high_y ? y.high : y.low)) * w;
      const torch::Tensor cell = row.unsqueeze(2) + (high_x ? x.high : x.low).unsqueeze(1);
      const torch::Tensor weight = (high_y ? y.high_weight : y.low_weight).unsqueeze(2) *
                                   (high_x ? x.high_weight : x.low_weight).unsqueeze(1);
      const torch::Tensor part =
          map.index_select(0, cell.flatten()).view({-1, rows, columns, c}) * weight.unsqueeze(3);
      sum = sum.defined() ? sum + part : part;
    }
  }
  const int64_t output = options.output;
  return sum.view({-1, output, rows / output, output, columns / output, c})
      .sum({2, 4})
      .permute({0, 3, 1, 2})
      .to(features.scalar_type());
}

}  // namespace mammograft
