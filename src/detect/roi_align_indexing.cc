#include "detect/roi_align_indexing.h"

#include <torch/types.h>

#include <cmath>

#include "nn/device_copy.h"
#include "nn/precision.h"

namespace mammograft {
namespace {

// Where each box samples along one axis.
struct Grid {
  torch::Tensor scale, cells;  // [R, 1, 1] of its map: cells a box pixel, cells along the axis
  int64_t most = 0;            // samples a bin, at most
};

// The samples of all boxes along one axis, [R, output * most] each; boxes with fewer samples have
// zeros behind theirs.
struct AxisSamples {
  torch::Tensor low, high;                // cells, int64
  torch::Tensor low_weight, high_weight;  // 0 outside of the map; samples of a bin add up to 1
};

// Pixels of each bin of a box, [R, 1, 1], and where the first begins.
struct Bins {
  torch::Tensor start, size;
};

torch::Tensor column(const torch::Tensor& values) { return values.view({-1, 1, 1}); }

Bins bins_of(const torch::Tensor& from, const torch::Tensor& to, const torch::Tensor& scale,
             const RoiAlignOptions& o) {
  const double shift = o.aligned ? 0.5 : 0;
  const torch::Tensor start = column(from) * scale - shift;
  torch::Tensor length = column(to) * scale - shift - start;
  if (!o.aligned) length = length.clamp_min(1);
  return {start, length / o.output};
}

torch::Tensor sample_counts(const Bins& bins, const RoiAlignOptions& o) {
  return o.sampling > 0 ? torch::full_like(bins.size, o.sampling) : bins.size.ceil().clamp_min(1);
}

AxisSamples axis_samples(const torch::Tensor& from, const torch::Tensor& to, const Grid& grid,
                         const RoiAlignOptions& o) {
  const Bins bins = bins_of(from, to, grid.scale, o);
  const torch::Tensor counts = sample_counts(bins, o);
  const auto real = bins.start.options();
  const torch::Tensor bin = torch::arange(o.output, real).view({1, -1, 1});
  const torch::Tensor sample = torch::arange(grid.most, real).view({1, 1, -1});
  const torch::Tensor at =
      bins.start + bin * bins.size + (sample + 0.5) * bins.size / counts;  // [R, output, most]
  const torch::Tensor last = grid.cells - 1;
  const torch::Tensor valid = (at >= -1) & (at <= grid.cells) & (sample < counts);
  const torch::Tensor inside = torch::minimum(at.clamp_min(0), last);
  const torch::Tensor low = inside.floor();
  const torch::Tensor share = valid.to(at.scalar_type()) / counts, high_weight = inside - low;
  const auto flat = [](const torch::Tensor& t) { return t.flatten(1); };
  return {flat(low.to(torch::kLong)), flat(torch::minimum(low + 1, last).to(torch::kLong)),
          flat((1 - high_weight) * share), flat(high_weight * share)};
}

torch::Tensor same_for_all(double value, const torch::Tensor& boxes) {
  return torch::full({boxes.size(0), 1, 1}, value, boxes.options());
}

// Rows of map [cells, C] for R boxes: the cell of (0, 0) of each [R, 1, 1], and the cells a row.
torch::Tensor gather_bins(const torch::Tensor& map, const torch::Tensor& first,
                          const torch::Tensor& row_cells, const AxisSamples& y,
                          const AxisSamples& x, int64_t output) {
  const int64_t rows = y.low.size(1), columns = x.low.size(1), c = map.size(1);
  torch::Tensor sum;  // [R, rows, columns, C]
  for (const bool high_y : {false, true}) {
    for (const bool high_x : {false, true}) {
      const torch::Tensor row = (high_y ? y.high : y.low).unsqueeze(2) * row_cells;
      const torch::Tensor cell = first + row + (high_x ? x.high : x.low).unsqueeze(1);
      const torch::Tensor weight = (high_y ? y.high_weight : y.low_weight).unsqueeze(2) *
                                   (high_x ? x.high_weight : x.low_weight).unsqueeze(1);
      const torch::Tensor part =
          map.index_select(0, cell.flatten()).view({-1, rows, columns, c}) * weight.unsqueeze(3);
      sum = sum.defined() ? sum + part : part;
    }
  }
  return sum.view({-1, output, rows / output, output, columns / output, c})
      .sum({2, 4})
      .permute({0, 3, 1, 2})
      .to(map.scalar_type());
}

torch::Tensor cells_of(const torch::Tensor& features) {  // [N, C, H, W] -> [N * H * W, C]
  return features.permute({0, 2, 3, 1}).reshape({-1, features.size(1)});
}

// The weight of each cell of an axis in each bin: [R, output, cells].
torch::Tensor bin_weights(const AxisSamples& axis, int64_t output, int64_t cells) {
  const int64_t boxes = axis.low.size(0);
  const auto of_bins = [&](const torch::Tensor& t) { return t.view({boxes, output, -1}); };
  return torch::zeros({boxes, output, cells}, axis.low_weight.options())
      .scatter_add_(2, of_bins(axis.low), of_bins(axis.low_weight))
      .scatter_add_(2, of_bins(axis.high), of_bins(axis.high_weight));
}

}  // namespace

torch::Tensor roi_align_by_indexing(const torch::Tensor& features, const torch::Tensor& boxes_any,
                                    const torch::Tensor& image_index,
                                    const RoiAlignOptions& options) {
  const torch::Tensor boxes = boxes_any.detach().to(at_least_fp32(features.scalar_type()));
  const int64_t h = features.size(2), w = features.size(3);
  const auto axis = [&](int64_t first, int64_t cells) {
    Grid grid{same_for_all(options.scale, boxes), same_for_all(static_cast<double>(cells), boxes)};
    const torch::Tensor from = boxes.select(1, first), to = boxes.select(1, first + 2);
    const torch::Tensor counts = sample_counts(bins_of(from, to, grid.scale, options), options);
    grid.most = options.sampling > 0 || counts.size(0) == 0
                    ? std::max(options.sampling, 1)
                    : static_cast<int64_t>(counts.max().item<double>());
    return axis_samples(from, to, grid, options);
  };
  const torch::Tensor first = column(image_index.to(torch::kLong)) * (h * w);
  return gather_bins(cells_of(features), first, torch::full_like(first, w), axis(1, h), axis(0, w),
                     options.output);
}

torch::Tensor pyramid_roi_align_by_indexing(const std::vector<torch::Tensor>& features,
                                            const std::vector<int>& strides,
                                            const torch::Tensor& boxes_any,
                                            const torch::Tensor& image_index, int output,
                                            const LevelRule& rule) {
  const torch::Tensor boxes = boxes_any.detach().to(at_least_fp32(features.front().scalar_type()));
  // All levels as one list of cells, and of each level: where it begins, height, width, stride.
  std::vector<torch::Tensor> maps;
  torch::Tensor levels = torch::empty({static_cast<int64_t>(features.size()), 4}, torch::kLong);
  int64_t cells = 0;
  for (size_t i = 0; i < features.size(); ++i) {
    const int64_t h = features[i].size(2), w = features[i].size(3);
    int64_t* level = levels.data_ptr<int64_t>() + 4 * i;
    level[0] = cells, level[1] = h, level[2] = w, level[3] = strides[i];
    maps.push_back(cells_of(features[i]));
    cells += maps.back().size(0);
  }
  const torch::Tensor level_of = pyramid_level(boxes, first_level(strides), levels.size(0), rule);
  const auto of_box = to_device(levels, boxes.device()).index_select(0, level_of).unbind(1);
  const torch::Tensor begin = column(of_box[0]), h = column(of_box[1]), w = column(of_box[2]);
  const torch::Tensor scale = 1 / column(of_box[3]).to(boxes.scalar_type());
  const RoiAlignOptions options{.output = output};
  const auto axis = [&](int64_t first, const torch::Tensor& along) {
    return axis_samples(boxes.select(1, first), boxes.select(1, first + 2),
                        {scale, along.to(boxes.scalar_type()), options.sampling}, options);
  };
  const torch::Tensor first = begin + column(image_index.to(torch::kLong)) * h * w;
  return gather_bins(torch::cat(maps), first, w, axis(1, h), axis(0, w), output);
}

torch::Tensor crop_masks_by_products(const torch::Tensor& masks, const torch::Tensor& boxes_any,
                                     const torch::Tensor& mask_index, int output) {
  const torch::Tensor boxes = at_least_fp32(boxes_any.detach());
  const int64_t count = boxes.size(0), h = masks.size(1), w = masks.size(2);
  const RoiAlignOptions options{.output = output, .sampling = -1};
  const auto weights = [&](int64_t first, int64_t cells) {
    // A box within the mask is no longer than that: so many samples a bin at most.
    const Grid grid{same_for_all(1, boxes), same_for_all(static_cast<double>(cells), boxes),
                    std::max<int64_t>((cells + output - 1) / output, 1)};
    return bin_weights(
        axis_samples(boxes.select(1, first), boxes.select(1, first + 2), grid, options), output,
        cells);
  };
  const torch::Tensor x = weights(0, w).view({count * output, w});
  // Along rows first, of every mask for every box: masks are few and sides long.
  const torch::Tensor along =
      torch::matmul(masks.to(boxes.scalar_type()), x.t()).view({-1, h, count, output});
  const torch::Tensor index = mask_index.view({1, 1, -1, 1}).expand({1, h, count, output});
  const torch::Tensor own = along.gather(0, index).squeeze(0).transpose(0, 1);  // [R, h, output]
  return torch::bmm(weights(1, h), own);
}

}  // namespace mammograft
