#include "detect/roi_align.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

// One bilinear sample: four cells and their weights; all weights 0 outside the map.
struct Sample {
  int64_t cell[4];  // y * width + x
  float weight[4];
};

Sample bilinear_sample(float y, float x, int64_t height, int64_t width) {
  Sample s{};
  // Samples up to one cell outside the map take its border; beyond that they are zero.
  if (y < -1 || y > static_cast<float>(height) || x < -1 || x > static_cast<float>(width)) return s;
  y = std::max(y, 0.0f);
  x = std::max(x, 0.0f);
  int64_t y0 = static_cast<int64_t>(y), x0 = static_cast<int64_t>(x);
  int64_t y1 = y0 + 1, x1 = x0 + 1;
  if (y0 >= height - 1) {
    y0 = y1 = height - 1;
    y = static_cast<float>(y0);
  }
  if (x0 >= width - 1) {
    x0 = x1 = width - 1;
    x = static_cast<float>(x0);
  }
  const float ly = y - static_cast<float>(y0), lx = x - static_cast<float>(x0);
  const float hy = 1 - ly, hx = 1 - lx;
  s = {{y0 * width + x0, y0 * width + x1, y1 * width + x0, y1 * width + x1},
       {hy * hx, hy * lx, ly * hx, ly * lx}};
  return s;
}

// The sampling grid of one box.
struct Grid {
  float x0, y0, bin_width, bin_height;
  int samples_x, samples_y;

  Grid(const float* box, const RoiAlignOptions& o) {
    const auto scale = static_cast<float>(o.scale);
    const float shift = o.aligned ? 0.5f : 0.0f;
    x0 = box[0] * scale - shift;
    y0 = box[1] * scale - shift;
    float width = box[2] * scale - shift - x0, height = box[3] * scale - shift - y0;
    if (!o.aligned) {  // boxes smaller than a cell are read as one cell
      width = std::max(width, 1.0f);
      height = std::max(height, 1.0f);
    }
    const auto bins = static_cast<float>(o.output);
    bin_width = width / bins;
    bin_height = height / bins;
    samples_x = o.sampling > 0 ? o.sampling : std::max(1, static_cast<int>(std::ceil(bin_width)));
    samples_y = o.sampling > 0 ? o.sampling : std::max(1, static_cast<int>(std::ceil(bin_height)));
  }

  Sample sample(int bin_y, int bin_x, int sy, int sx, int64_t height, int64_t width) const {
    const float y = y0 + static_cast<float>(bin_y) * bin_height +
                    (static_cast<float>(sy) + 0.5f) * bin_height / static_cast<float>(samples_y);
    const float x = x0 + static_cast<float>(bin_x) * bin_width +
                    (static_cast<float>(sx) + 0.5f) * bin_width / static_cast<float>(samples_x);
    return bilinear_sample(y, x, height, width);
  }
};

// Calls visit(bin, sample, 1 / samples a bin) for every sample of a box.
template <typename Visit>
void for_each_sample(const Grid& grid, int output, int64_t height, int64_t width, Visit&& visit) {
  const float share = 1.0f / static_cast<float>(grid.samples_x * grid.samples_y);
  for (int by = 0; by < output; ++by) {
    for (int bx = 0; bx < output; ++bx) {
      for (int sy = 0; sy < grid.samples_y; ++sy) {
        for (int sx = 0; sx < grid.samples_x; ++sx) {
          visit(by * output + bx, grid.sample(by, bx, sy, sx, height, width), share);
        }
      }
    }
  }
}

// features [N, H * W, C] (channels innermost) -> out [R, output^2, C]
void forward_kernel(const torch::Tensor& features, const torch::Tensor& boxes,
                    const torch::Tensor& image_index, int64_t height, int64_t width,
                    const RoiAlignOptions& options, torch::Tensor& out) {
  const int64_t channels = features.size(2), bins = int64_t{options.output} * options.output;
  const float* f = features.data_ptr<float>();
  const float* b = boxes.data_ptr<float>();
  const int64_t* n = image_index.data_ptr<int64_t>();
  float* o = out.data_ptr<float>();
  at::parallel_for(0, boxes.size(0), 8, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* map = f + n[r] * height * width * channels;
      const Grid grid(b + 4 * r, options);
      for_each_sample(
          grid, options.output, height, width, [&](int bin, const Sample& s, float share) {
            float* target = o + (r * bins + bin) * channels;
            const float w0 = s.weight[0] * share, w1 = s.weight[1] * share;
            const float w2 = s.weight[2] * share, w3 = s.weight[3] * share;
            const float *p0 = map + s.cell[0] * channels, *p1 = map + s.cell[1] * channels;
            const float *p2 = map + s.cell[2] * channels, *p3 = map + s.cell[3] * channels;
            for (int64_t c = 0; c < channels; ++c) {
              target[c] += w0 * p0[c] + w1 * p1[c] + w2 * p2[c] + w3 * p3[c];
            }
          });
    }
  });
}

// The transpose of forward_kernel: grad_out [R, output^2, C] -> grad [N, H * W, C]. Threads own
// channels, not boxes: no two write the same cell, and the sum's order never changes.
void backward_kernel(const torch::Tensor& grad_out, const torch::Tensor& boxes,
                     const torch::Tensor& image_index, int64_t height, int64_t width,
                     const RoiAlignOptions& options, torch::Tensor& grad) {
  const int64_t channels = grad.size(2), bins = int64_t{options.output} * options.output;
  const float* g = grad_out.data_ptr<float>();
  const float* b = boxes.data_ptr<float>();
  const int64_t* n = image_index.data_ptr<int64_t>();
  float* out = grad.data_ptr<float>();
  at::parallel_for(0, channels, 32, [&](int64_t begin, int64_t end) {
    for (int64_t r = 0; r < boxes.size(0); ++r) {
      float* map = out + n[r] * height * width * channels;
      const Grid grid(b + 4 * r, options);
      for_each_sample(grid, options.output, height, width,
                      [&](int bin, const Sample& s, float share) {
                        const float* source = g + (r * bins + bin) * channels;
                        for (int k = 0; k < 4; ++k) {
                          const float w = s.weight[k] * share;
                          if (w == 0) continue;
                          float* target = map + s.cell[k] * channels;
                          for (int64_t c = begin; c < end; ++c) target[c] += w * source[c];
                        }
                      });
    }
  });
}

struct RoiAlignFunction : torch::autograd::Function<RoiAlignFunction> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& features, const torch::Tensor& boxes,
                               const torch::Tensor& image_index, int64_t output, double scale,
                               int64_t sampling, bool aligned) {
    const RoiAlignOptions options{static_cast<int>(output), scale, static_cast<int>(sampling),
                                  aligned};
    const int64_t n = features.size(0), c = features.size(1), h = features.size(2),
                  w = features.size(3);
    const torch::Tensor map =
        features.to(torch::kFloat).permute({0, 2, 3, 1}).contiguous().view({n, h * w, c});
    torch::Tensor out = torch::zeros({boxes.size(0), output * output, c});
    forward_kernel(map, boxes, image_index, h, w, options, out);
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
    const torch::Tensor grad_out = grads[0].permute({0, 2, 3, 1}).contiguous();
    torch::Tensor grad = torch::zeros({n, h * w, c});
    backward_kernel(grad_out, saved[0], saved[1], h, w, options, grad);
    const auto dtype = static_cast<torch::ScalarType>(data["dtype"].toInt());
    grad = grad.view({n, h, w, c}).permute({0, 3, 1, 2}).to(dtype);  // channels-last
    return {grad, {}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

torch::Tensor roi_align(const torch::Tensor& features, const torch::Tensor& boxes,
                        const torch::Tensor& image_index, const RoiAlignOptions& options) {
  ensure(features.dim() == 4, "roi_align: features: expected [N, C, H, W], got {} dimensions",
         features.dim());
  ensure(boxes.dim() == 2 && boxes.size(1) == 4 && image_index.size(0) == boxes.size(0),
         "roi_align: boxes: expected [R, 4] with R image indices");
  ensure(features.device().is_cpu(), "roi_align: this build has a CPU kernel only");
  return RoiAlignFunction::apply(features, boxes.detach().to(torch::kFloat).contiguous(),
                                 image_index.to(torch::kLong).contiguous(), options.output,
                                 options.scale, options.sampling, options.aligned);
}

torch::Tensor pyramid_level(const torch::Tensor& boxes, int first_level, int levels) {
  const torch::Tensor side =
      ((boxes.select(1, 2) - boxes.select(1, 0)) * (boxes.select(1, 3) - boxes.select(1, 1)))
          .sqrt();
  // 1e-6 as in torchvision: a box of exactly 224 belongs to level 4.
  const torch::Tensor level = (4 + torch::log2(side / 224.0) + 1e-6).floor();
  return (level.clamp(first_level, first_level + levels - 1) - first_level).to(torch::kLong);
}

torch::Tensor pyramid_roi_align(const std::vector<torch::Tensor>& features,
                                const std::vector<int>& strides, const torch::Tensor& boxes,
                                const torch::Tensor& image_index, int output) {
  const int levels = static_cast<int>(features.size());
  const int first_level = static_cast<int>(std::lround(std::log2(strides.front())));
  const torch::Tensor level_of = pyramid_level(boxes, first_level, levels);
  std::vector<torch::Tensor> parts, places;
  for (int level = 0; level < levels; ++level) {
    const torch::Tensor here = torch::nonzero(level_of == level).squeeze(1);
    if (here.size(0) == 0) continue;
    RoiAlignOptions options;
    options.output = output;
    options.scale = 1.0 / strides[level];
    parts.push_back(roi_align(features[level], boxes.index_select(0, here),
                              image_index.index_select(0, here), options));
    places.push_back(here);
  }
  if (parts.empty()) {
    return torch::zeros({0, features.front().size(1), output, output}, torch::kFloat);
  }
  // Back into the order of the boxes.
  const torch::Tensor order = torch::cat(places).argsort();
  return torch::cat(parts).index_select(0, order);
}

}  // namespace mammograft
