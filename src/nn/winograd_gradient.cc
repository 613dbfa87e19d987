#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "nn/shape.h"
#include "nn/winograd.h"
#include "nn/winograd_function.h"
#include "nn/winograd_tile.h"

namespace mammograft {
namespace {

using namespace winograd;  // NOLINT(google-build-using-namespace): its own parts

constexpr int64_t kMostTiles = 1024;  // at a time: bounds the memory

// A applied to four values: what a tile of output gradients becomes.
struct GradientTransform {
  static constexpr int64_t kSize = kTile, kMargin = 0;

  MAMMOGRAFT_AVX2_INLINE static void apply(const Lanes* g, int64_t stride, Lanes* out,
                                           int64_t out_stride) {
    const Lanes g0 = g[0], g1 = g[stride], g2 = g[2 * stride], g3 = g[3 * stride];
    const Lanes even = g0 + g2, odd = g1 + g3;
    const Lanes even2 = g0 + 4.0f * g2, odd2 = 2.0f * g1 + 8.0f * g3;
    out[0] = g0;
    out[out_stride] = even + odd;
    out[2 * out_stride] = even - odd;
    out[3 * out_stride] = even2 + odd2;
    out[4 * out_stride] = even2 - odd2;
    out[5 * out_stride] = g3;
  }
};

// G^T applied to six values.
MAMMOGRAFT_AVX2_INLINE void transform_products(const Lanes* m, int64_t stride, Lanes* out,
                                               int64_t out_stride) {
  const Lanes m1 = m[stride], m2 = m[2 * stride], m3 = m[3 * stride], m4 = m[4 * stride];
  const Lanes sixth = (1 / 6.0f) * (m1 + m2), sum = m3 + m4;
  out[0] = 0.25f * m[0] - sixth + (1 / 24.0f) * sum;
  out[out_stride] = (1 / 6.0f) * (m2 - m1) + (1 / 12.0f) * (m3 - m4);
  out[2 * out_stride] = (1 / 6.0f) * sum - sixth + m[5 * stride];
}

// G^T m G of C kernels from m[point * m_stride + c] to nine taps each.
MAMMOGRAFT_AVX2 void points_to_kernels(const float* m, int64_t m_stride, int64_t channels,
                                       float* kernels) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    Lanes points[kPoints], half[kSide * kPatch], taps[kTaps];
    for (int64_t p = 0; p < kPoints; ++p) points[p] = load(m + p * m_stride + c);
    for (int64_t j = 0; j < kPatch; ++j) transform_products(points + j, kPatch, half + j, kPatch);
    for (int64_t i = 0; i < kSide; ++i) {
      transform_products(half + i * kPatch, 1, taps + i * kSide, 1);
    }
    float* to = kernels + c * kTaps;
    for (int64_t lane = 0; lane < kLanes; ++lane) {
      for (int64_t tap = 0; tap < kTaps; ++tap) to[lane * kTaps + tap] = taps[tap][lane];
    }
  }
}

// Products of all points [36, K, C] -> weight [K, C, 3, 3]
torch::Tensor products_to_weight(const torch::Tensor& products) {
  const int64_t k = products.size(1), c = products.size(2);
  torch::Tensor weight = at::empty({k, c, kSide, kSide}, torch::kFloat32);
  const float* m = products.const_data_ptr<float>();
  float* kernels = weight.mutable_data_ptr<float>();
  at::parallel_for(0, k, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      points_to_kernels(m + row * c, k * c, c, kernels + row * c * kTaps);
    }
  });
  return weight;
}

struct Fp32Algorithm {
  static torch::Tensor factors(const torch::Tensor& weight) { return winograd_weight(weight); }
  static torch::Tensor mirrored_factors(const torch::Tensor& weight) {
    return winograd_mirrored_weight(weight);
  }
  static torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& factors,
                                   const torch::Tensor& bias) {
    return winograd_convolution(x, factors, bias.defined() ? bias.contiguous() : bias,
                                /*relu=*/false);
  }
  static torch::Tensor weight_gradient(const torch::Tensor& x, const torch::Tensor& grad) {
    return winograd_weight_gradient(x, grad);
  }
  static torch::Tensor channel_sums(const torch::Tensor& grad) { return grad.sum({0, 2, 3}); }
};

}  // namespace

torch::Tensor winograd_weight_gradient(const torch::Tensor& x_any, const torch::Tensor& grad_any) {
  check_shape(x_any, {kAnySize, kAnySize, kAnySize, kAnySize}, "winograd: x");
  check_kernel_type(x_any, torch::kFloat, "winograd: x");
  check_shape(grad_any, {x_any.size(0), kAnySize, x_any.size(2), x_any.size(3)},
              "winograd: gradient");
  check_kernel_type(grad_any, torch::kFloat, "winograd: gradient");
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = x_any.contiguous(at::MemoryFormat::ChannelsLast);
  const torch::Tensor grad = grad_any.contiguous(at::MemoryFormat::ChannelsLast);
  const TiledMaps in{x.size(0), x.size(2), x.size(3), x.size(1)};
  const TiledMaps out{in.images, in.height, in.width, grad.size(1)};
  const int64_t tiles = in.tiles(), most = std::min(tiles, kMostTiles);
  torch::Tensor products = at::empty({kPoints, out.channels, in.channels});
  if (tiles == 0) products.zero_();
  const torch::Tensor patches = at::empty({kPoints, most, in.channels}),
                      gradients = at::empty({kPoints, most, out.channels});
  float *v = patches.mutable_data_ptr<float>(), *w = gradients.mutable_data_ptr<float>();
  for (int64_t first = 0; first < tiles; first += most) {
    const int64_t count = std::min(most, tiles - first);
    at::parallel_for(0, count, 8, [&](int64_t begin, int64_t end) {
      squares_to_points<PatchTransform>(x.const_data_ptr<float>(), in, first + begin, end - begin,
                                        v + begin * in.channels, most * in.channels);
      squares_to_points<GradientTransform>(grad.const_data_ptr<float>(), out, first + begin,
                                           end - begin, w + begin * out.channels,
                                           most * out.channels);
    });
    at::baddbmm_out(products, products, gradients.narrow(1, 0, count).transpose(1, 2),
                    patches.narrow(1, 0, count), /*beta=*/first == 0 ? 0 : 1);
  }
  return products_to_weight(products);
}

torch::Tensor winograd_differentiable(const torch::Tensor& x, const torch::Tensor& weight,
                                      const torch::Tensor& bias) {
  return WinogradFunction<Fp32Algorithm>::apply(x, weight, bias);
}

}  // namespace mammograft
