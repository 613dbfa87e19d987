#include "detect/roi_align.h"

#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/types.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/target_clones.h"
#include "detect/fixed_lengths.h"
#include "detect/roi_align_indexing.h"
#include "nn/precision.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

// Below, Real is what places, weights and sums are computed in: float, or double for maps in fp64.

// Where one sample lies along an axis: between two cells, with their weights; both weights 0
// outside of the map.
template <typename Real>
struct AxisSample {
  int64_t low = 0, high = 0;
  Real low_weight = 0, high_weight = 0;
};

template <typename Real>
AxisSample<Real> axis_sample(Real at, int64_t cells) {
  // Samples up to one cell outside the map take its border; beyond that they are zero.
  if (at < -1 || at > static_cast<Real>(cells)) return {};
  at = std::max(at, Real{0});
  const auto low = static_cast<int64_t>(at);
  if (low >= cells - 1) return {cells - 1, cells - 1, 1, 0};
  const Real high_weight = at - static_cast<Real>(low);
  return {low, low + 1, 1 - high_weight, high_weight};
}

// The samples of a box along an axis: samples a bin, times bins.
template <typename Real>
struct Axis {
  int samples;
  std::vector<AxisSample<Real>> at;

  Axis(Real low, Real high, int64_t cells, const RoiAlignOptions& o) {
    const auto scale = static_cast<Real>(o.scale);
    const Real shift = o.aligned ? Real{0.5} : Real{0};
    const Real start = low * scale - shift;
    Real length = high * scale - shift - start;
    if (!o.aligned) length = std::max(length, Real{1});  // less than a cell is read as one cell
    const Real bin = length / static_cast<Real>(o.output);
    samples = o.sampling > 0 ? o.sampling : std::max(1, static_cast<int>(std::ceil(bin)));
    for (int b = 0; b < o.output; ++b) {
      for (int s = 0; s < samples; ++s) {
        const Real offset = (static_cast<Real>(s) + Real{0.5}) * bin / static_cast<Real>(samples);
        at.push_back(axis_sample(start + static_cast<Real>(b) * bin + offset, cells));
      }
    }
  }
};

// What a bin takes: cells (y * width + x) and their weights.
template <typename Real>
struct Taps {
  std::vector<int64_t> cells;
  std::vector<Real> weights;
};

// Calls visit(bin, taps) for every bin of a box.
template <typename Real, typename Visit>
void for_each_bin(const Real* box, int64_t height, int64_t width, const RoiAlignOptions& options,
                  Visit&& visit) {
  const Axis<Real> y(box[1], box[3], height, options), x(box[0], box[2], width, options);
  const Real share = Real{1} / static_cast<Real>(y.samples * x.samples);
  Taps<Real> taps;
  const auto add = [&](int64_t row, int64_t column, Real weight) {
    if (weight == 0) return;
    taps.cells.push_back(row * width + column);
    taps.weights.push_back(weight * share);
  };
  for (int bin = 0; bin < options.output * options.output; ++bin) {
    taps.cells.clear();
    taps.weights.clear();
    for (int i = 0; i < y.samples; ++i) {
      const AxisSample<Real>& v = y.at[bin / options.output * y.samples + i];
      for (int j = 0; j < x.samples; ++j) {
        const AxisSample<Real>& u = x.at[bin % options.output * x.samples + j];
        add(v.low, u.low, v.low_weight * u.low_weight);
        add(v.low, u.high, v.low_weight * u.high_weight);
        add(v.high, u.low, v.high_weight * u.low_weight);
        add(v.high, u.high, v.high_weight * u.high_weight);
      }
    }
    visit(bin, taps);
  }
}

constexpr int64_t kChannels = 64;  // that are summed in registers

// Cells are fp32, fp64, or bf16 as its bits; bf16 is rounded to the nearest, ties to even. Not for
// NaN: without its special case the compiler can use vectors.
inline float cell_value(float value) { return value; }
inline double cell_value(double value) { return value; }
inline float cell_value(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}
inline void set_cell(float& cell, float value) { cell = value; }
inline void set_cell(double& cell, double value) { cell = value; }
inline void set_cell(uint16_t& cell, float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  cell = static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

template <typename T, typename Real>
[[gnu::always_inline]] inline void gather_channels(const T* map, int64_t channels,
                                                   const int64_t* cells, const Real* weights,
                                                   int64_t taps, T* out) {
  int64_t c = 0;
  for (; c + kChannels <= channels; c += kChannels) {
    Real sum[kChannels] = {};
    for (int64_t t = 0; t < taps; ++t) {
      const T* source = map + cells[t] * channels + c;
      for (int64_t k = 0; k < kChannels; ++k) sum[k] += weights[t] * cell_value(source[k]);
    }
    for (int64_t k = 0; k < kChannels; ++k) set_cell(out[c + k], sum[k]);
  }
  for (; c < channels; ++c) {
    Real sum = 0;
    for (int64_t t = 0; t < taps; ++t) sum += weights[t] * cell_value(map[cells[t] * channels + c]);
    set_cell(out[c], sum);
  }
}

// out[c] = sum of weights[t] * map[cells[t], c], summed in Real. Not one template, which cannot be
// cloned.
MAMMOGRAFT_CLONES void gather(const float* map, int64_t channels, const int64_t* cells,
                              const float* weights, int64_t taps, float* out) {
  gather_channels(map, channels, cells, weights, taps, out);
}
MAMMOGRAFT_CLONES void gather(const uint16_t* map, int64_t channels, const int64_t* cells,
                              const float* weights, int64_t taps, uint16_t* out) {
  gather_channels(map, channels, cells, weights, taps, out);
}

void gather(const double* map, int64_t channels, const int64_t* cells, const double* weights,
            int64_t taps, double* out) {
  gather_channels(map, channels, cells, weights, taps, out);
}

template <typename Real>
[[gnu::always_inline]] inline void scatter_channels(const Real* in, int64_t channels, int64_t begin,
                                                    int64_t end, const int64_t* cells,
                                                    const Real* weights, int64_t taps, Real* map) {
  for (int64_t t = 0; t < taps; ++t) {
    Real* target = map + cells[t] * channels;
    for (int64_t c = begin; c < end; ++c) target[c] += weights[t] * in[c];
  }
}

// map[cells[t], c] += weights[t] * in[c] for the channels [begin, end)
MAMMOGRAFT_CLONES void scatter(const float* in, int64_t channels, int64_t begin, int64_t end,
                               const int64_t* cells, const float* weights, int64_t taps,
                               float* map) {
  scatter_channels(in, channels, begin, end, cells, weights, taps, map);
}
void scatter(const double* in, int64_t channels, int64_t begin, int64_t end, const int64_t* cells,
             const double* weights, int64_t taps, double* map) {
  scatter_channels(in, channels, begin, end, cells, weights, taps, map);
}

// A map [N, H * W, C], channels innermost, and the boxes on it.
struct Regions {
  torch::Tensor boxes, image_index;  // [R, 4] Real, [R] int64
  int64_t height, width, channels;
};

// features [N, H * W, C] -> row place[r] of out [*, output^2, C], of the same dtype.
template <typename T, typename Real>
void forward_kernel(const void* features, const Regions& regions, const int64_t* place,
                    const RoiAlignOptions& options, void* out) {
  const int64_t c = regions.channels, bins = int64_t{options.output} * options.output;
  const auto* boxes = regions.boxes.data_ptr<Real>();
  const auto* image = regions.image_index.data_ptr<int64_t>();
  at::parallel_for(0, regions.boxes.size(0), 8, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* map =
          static_cast<const T*>(features) + image[r] * regions.height * regions.width * c;
      T* row = static_cast<T*>(out) + place[r] * bins * c;
      for_each_bin(boxes + 4 * r, regions.height, regions.width, options,
                   [&](int bin, const Taps<Real>& taps) {
                     gather(map, c, taps.cells.data(), taps.weights.data(), std::ssize(taps.cells),
                            row + bin * c);
                   });
    }
  });
}

void forward_kernel(const torch::Tensor& features, const Regions& regions, const int64_t* place,
                    const RoiAlignOptions& options, torch::Tensor& out) {
  const auto type = features.scalar_type();
  const auto run = type == torch::kBFloat16 ? forward_kernel<uint16_t, float>
                   : type == torch::kDouble ? forward_kernel<double, double>
                                            : forward_kernel<float, float>;
  run(features.const_data_ptr(), regions, place, options, out.mutable_data_ptr());
}

// The transpose of forward_kernel: grad_out [R, output^2, C] -> grad [N, H * W, C], both Real.
// Threads own channels, not boxes: no two write the same cell, and the sum's order never changes.
template <typename Real>
void backward_kernel(const torch::Tensor& grad_out, const Regions& regions,
                     const RoiAlignOptions& options, torch::Tensor& grad) {
  const int64_t c = regions.channels, bins = int64_t{options.output} * options.output;
  const auto* g = grad_out.data_ptr<Real>();
  const auto* boxes = regions.boxes.data_ptr<Real>();
  const auto* image = regions.image_index.data_ptr<int64_t>();
  auto* out = grad.data_ptr<Real>();
  at::parallel_for(0, c, 32, [&](int64_t begin, int64_t end) {
    for (int64_t r = 0; r < regions.boxes.size(0); ++r) {
      Real* map = out + image[r] * regions.height * regions.width * c;
      for_each_bin(boxes + 4 * r, regions.height, regions.width, options,
                   [&](int bin, const Taps<Real>& taps) {
                     scatter(g + (r * bins + bin) * c, c, begin, end, taps.cells.data(),
                             taps.weights.data(), std::ssize(taps.cells), map);
                   });
    }
  });
}

// [N, C, H, W] of any float type -> [N, H * W, C], bf16, fp32 or fp64.
torch::Tensor channels_innermost(const torch::Tensor& features) {
  const auto type = features.scalar_type();
  return features.to(type == torch::kBFloat16 ? type : at_least_fp32(type))
      .permute({0, 2, 3, 1})
      .contiguous()
      .view({features.size(0), features.size(2) * features.size(3), features.size(1)});
}

std::vector<int64_t> in_order(int64_t count) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

struct RoiAlignFunction : torch::autograd::Function<RoiAlignFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& features, const torch::Tensor& boxes,
                               const torch::Tensor& image_index, int64_t output, double scale,
                               int64_t sampling, bool aligned) {
    const RoiAlignOptions options{static_cast<int>(output), scale, static_cast<int>(sampling),
                                  aligned};
    const int64_t c = features.size(1);
    const torch::Tensor map = channels_innermost(features);
    torch::Tensor out = torch::empty({boxes.size(0), output * output, c}, map.options());
    forward_kernel(map, {boxes, image_index, features.size(2), features.size(3), c},
                   in_order(boxes.size(0)).data(), options, out);
    context->save_for_backward({boxes, image_index});
    context->saved_data["shape"] = features.sizes().vec();
    context->saved_data["dtype"] = static_cast<int64_t>(features.scalar_type());
    context->saved_data["output"] = output;
    context->saved_data["scale"] = scale;
    context->saved_data["sampling"] = sampling;
    context->saved_data["aligned"] = aligned;
    return out.view({boxes.size(0), output, output, c}).permute({0, 3, 1, 2});
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list grads) {
    const auto saved = context->get_saved_variables();
    auto& data = context->saved_data;
    const auto shape = data["shape"].toIntVector();
    const RoiAlignOptions options{
        static_cast<int>(data["output"].toInt()), data["scale"].toDouble(),
        static_cast<int>(data["sampling"].toInt()), data["aligned"].toBool()};
    const int64_t n = shape[0], c = shape[1], h = shape[2], w = shape[3];
    const torch::Tensor grad_out = at_least_fp32(grads[0].permute({0, 2, 3, 1})).contiguous();
    torch::Tensor grad = torch::zeros({n, h * w, c}, grad_out.options());
    const auto run =
        grad.scalar_type() == torch::kDouble ? backward_kernel<double> : backward_kernel<float>;
    run(grad_out, {saved[0], saved[1], h, w, c}, options, grad);
    const auto dtype = static_cast<torch::ScalarType>(data["dtype"].toInt());
    grad = grad.view({n, h, w, c}).permute({0, 3, 1, 2}).to(dtype);  // channels-last
    return {grad, {}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

torch::Tensor roi_align(const torch::Tensor& features, const torch::Tensor& boxes,
                        const torch::Tensor& image_index, const RoiAlignOptions& options) {
  check_shape(features, {kAnySize, kAnySize, kAnySize, kAnySize}, "roi_align: features");
  check_shape(boxes, {kAnySize, 4}, "roi_align: boxes");
  check_shape(image_index, {boxes.size(0)}, "roi_align: image_index");
  if (!features.device().is_cpu()) {
    return roi_align_by_indexing(features, boxes, image_index, options);
  }
  const auto type = at_least_fp32(features.scalar_type());
  return RoiAlignFunction::apply(features, boxes.detach().to(type).contiguous(),
                                 image_index.to(torch::kLong).contiguous(), options.output,
                                 options.scale, options.sampling, options.aligned);
}

torch::Tensor crop_masks(const torch::Tensor& masks, const torch::Tensor& boxes,
                         const torch::Tensor& mask_index, int output) {
  check_shape(masks, {kAnySize, kAnySize, kAnySize}, "crop_masks: masks");
  check_shape(boxes, {kAnySize, 4}, "crop_masks: boxes");
  check_shape(mask_index, {boxes.size(0)}, "crop_masks: mask_index");
  if (fixed_lengths(boxes.device()))
    return crop_masks_by_products(masks, boxes, mask_index, output);
  return roi_align(masks.unsqueeze(1).to(at_least_fp32(boxes.scalar_type())), boxes, mask_index,
                   {.output = output, .sampling = -1})
      .squeeze(1);
}

namespace {

// Without gradients every box is written straight to its row.
torch::Tensor pyramid_roi_align_now(const std::vector<torch::Tensor>& features,
                                    const std::vector<int>& strides, const torch::Tensor& boxes,
                                    const torch::Tensor& image_index,
                                    const std::vector<torch::Tensor>& boxes_of, int output) {
  const int64_t c = features.front().size(1);
  torch::Tensor out;
  for (size_t level = 0; level < features.size(); ++level) {
    const torch::Tensor map = channels_innermost(features[level]);
    if (!out.defined()) out = torch::empty({boxes.size(0), output * output, c}, map.options());
    const torch::Tensor& here = boxes_of[level];
    const Regions regions{boxes.index_select(0, here), image_index.index_select(0, here),
                          features[level].size(2), features[level].size(3), c};
    forward_kernel(map, regions, here.data_ptr<int64_t>(),
                   {.output = output, .scale = 1.0 / strides[level]}, out);
  }
  return out.view({boxes.size(0), output, output, c}).permute({0, 3, 1, 2});
}

}  // namespace

torch::Tensor pyramid_roi_align(const std::vector<torch::Tensor>& features,
                                const std::vector<int>& strides, const torch::Tensor& boxes_any,
                                const torch::Tensor& image_index, int output,
                                const LevelRule& rule) {
  ensure(!features.empty() && features.size() == strides.size(),
         "pyramid_roi_align: found {} levels and {} strides", features.size(), strides.size());
  for (const torch::Tensor& level : features) {
    check_shape(level, {features[0].size(0), features[0].size(1), kAnySize, kAnySize},
                "pyramid_roi_align: features of a level");
  }
  check_shape(boxes_any, {kAnySize, 4}, "pyramid_roi_align: boxes");
  check_shape(image_index, {boxes_any.size(0)}, "pyramid_roi_align: image_index");
  const torch::Tensor boxes =
      boxes_any.detach().to(at_least_fp32(features.front().scalar_type())).contiguous();
  if (fixed_lengths(boxes.device()))
    return pyramid_roi_align_by_indexing(features, strides, boxes, image_index, output, rule);
  const int levels = static_cast<int>(features.size());
  const torch::Tensor level_of = pyramid_level(boxes, first_level(strides), levels, rule);
  std::vector<torch::Tensor> boxes_of;
  for (int level = 0; level < levels; ++level) {
    boxes_of.push_back(torch::nonzero(level_of == level).squeeze(1));
  }
  const bool learns = torch::GradMode::is_enabled() &&
                      std::any_of(features.begin(), features.end(),
                                  [](const torch::Tensor& f) { return f.requires_grad(); });
  if (!learns)
    return pyramid_roi_align_now(features, strides, boxes, image_index, boxes_of, output);
  std::vector<torch::Tensor> parts;
  for (int level = 0; level < levels; ++level) {
    const torch::Tensor& here = boxes_of[level];
    parts.push_back(roi_align(features[level], boxes.index_select(0, here),
                              image_index.index_select(0, here),
                              {.output = output, .scale = 1.0 / strides[level]}));
  }
  // Back into the order of the boxes.
  return torch::cat(parts).index_select(0, torch::cat(boxes_of).argsort());
}

}  // namespace mammograft
