#include "nn/winograd.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "nn/shape.h"
#include "nn/winograd_tile.h"

namespace mammograft {
namespace {

using namespace winograd;  // NOLINT(google-build-using-namespace): its own parts

constexpr int64_t kBlock = 96;  // most tiles at a time: their patches stay in the cache

// A^T applied to six values.
MAMMOGRAFT_AVX2_INLINE void transform_output(const Lanes* m, int64_t stride, Lanes* out,
                                             int64_t out_stride) {
  const Lanes m1 = m[stride], m2 = m[2 * stride], m3 = m[3 * stride], m4 = m[4 * stride];
  const Lanes sum = m1 + m2, difference = m1 - m2, sum2 = m3 + m4, difference2 = m3 - m4;
  out[0] = m[0] + sum + sum2;
  out[out_stride] = difference + 2.0f * difference2;
  out[2 * out_stride] = sum + 4.0f * sum2;
  out[3 * out_stride] = difference + 8.0f * difference2 + m[5 * stride];
}

// A^T m A + bias of one tile from m[point * m_stride + channel] into the maps.
MAMMOGRAFT_AVX2 void points_to_tile(const float* m, int64_t m_stride, const float* bias, bool relu,
                                    const TiledMaps& shape, const TilePlace& at, float* maps) {
  const int64_t rows = std::min(kTile, shape.height - at.y);
  const int64_t cols = std::min(kTile, shape.width - at.x);
  for (int64_t k = 0; k < shape.channels; k += kLanes) {
    Lanes points[kPoints], half[kTile * kPatch], tile[kTile * kTile];
    for (int64_t p = 0; p < kPoints; ++p) points[p] = load(m + p * m_stride + k);
    for (int64_t j = 0; j < kPatch; ++j) transform_output(points + j, kPatch, half + j, kPatch);
    for (int64_t i = 0; i < kTile; ++i) {
      transform_output(half + i * kPatch, 1, tile + i * kTile, 1);
    }
    const Lanes shift = bias ? load(bias + k) : Lanes{};
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        Lanes value = tile[i * kTile + j] + shift;
        if (relu) value = value > 0.0f ? value : Lanes{};
        store(value, maps + shape.pixel(at.image, at.y + i, at.x + j) + k);
      }
    }
  }
}

// G applied to three values.
MAMMOGRAFT_AVX2_INLINE void transform_kernel(const Lanes* g, int64_t stride, Lanes* out,
                                             int64_t out_stride) {
  const Lanes g0 = g[0], g1 = g[stride], g2 = g[2 * stride];
  const Lanes even = (-1 / 6.0f) * (g0 + g2), odd = (1 / 6.0f) * g1;
  const Lanes even2 = (1 / 24.0f) * g0 + (1 / 6.0f) * g2, odd2 = (1 / 12.0f) * g1;
  out[0] = 0.25f * g0;
  out[out_stride] = even - odd;
  out[2 * out_stride] = even + odd;
  out[3 * out_stride] = even2 + odd2;
  out[4 * out_stride] = even2 - odd2;
  out[5 * out_stride] = g2;
}

// G g G^T of C kernels of nine taps, mirrored or not, to u[point * u_stride + c].
template <bool mirrored>
MAMMOGRAFT_AVX2 void kernels_to_points(const float* kernels, int64_t channels, float* u,
                                       int64_t u_stride) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    Lanes taps[kTaps], half[kPatch * kSide], points[kPatch];
    const float* from = kernels + c * kTaps;
    for (int64_t tap = 0; tap < kTaps; ++tap) {
      for (int64_t lane = 0; lane < kLanes; ++lane) {
        taps[mirrored ? kTaps - 1 - tap : tap][lane] = from[lane * kTaps + tap];
      }
    }
    for (int64_t j = 0; j < kSide; ++j) transform_kernel(taps + j, kSide, half + j, kSide);
    for (int64_t i = 0; i < kPatch; ++i) {
      transform_kernel(half + i * kSide, 1, points, 1);
      for (int64_t j = 0; j < kPatch; ++j) store(points[j], u + (i * kPatch + j) * u_stride + c);
    }
  }
}

// weight [K, C, 3, 3] -> [36, K, C]
template <bool mirrored>
torch::Tensor transformed(const torch::Tensor& weight) {
  check_shape(weight, {kAnySize, kAnySize, 3, 3}, "winograd: weight");
  const torch::Tensor w = weight.detach().to(torch::kFloat32).contiguous();
  const int64_t k = w.size(0), c = w.size(1);
  torch::Tensor points = at::empty({kPoints, k, c}, torch::kFloat32);
  const float* kernels = w.const_data_ptr<float>();
  float* u = points.mutable_data_ptr<float>();
  at::parallel_for(0, k, 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      kernels_to_points<mirrored>(kernels + row * c * kTaps, c, u + row * c, k * c);
    }
  });
  return points;
}

}  // namespace

bool winograd_applies(const torch::Tensor& weight) {
#if defined(__x86_64__)
  return weight.is_cpu() && weight.scalar_type() == torch::kFloat32 && weight.size(2) == 3 &&
         weight.size(3) == 3 && weight.size(0) % kLanes == 0 && weight.size(1) % kLanes == 0 &&
         __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  (void)weight;
  return false;
#endif
}

torch::Tensor winograd_weight(const torch::Tensor& weight) {
  return transformed<false>(weight).transpose(1, 2);
}

torch::Tensor winograd_mirrored_weight(const torch::Tensor& weight) {
  return transformed<true>(weight);
}

torch::Tensor winograd_convolution(const torch::Tensor& x_any,
                                   const torch::Tensor& transformed_weight,
                                   const torch::Tensor& bias, bool relu) {
  check_shape(transformed_weight, {kPoints, kAnySize, kAnySize}, "winograd: weight");
  check_kernel_type(transformed_weight, torch::kFloat, "winograd: weight");
  check_shape(x_any, {kAnySize, transformed_weight.size(1), kAnySize, kAnySize}, "winograd: x");
  check_kernel_type(x_any, torch::kFloat, "winograd: x");
  if (bias.defined()) {
    check_shape(bias, {transformed_weight.size(2)}, "winograd: bias");
    check_kernel_type(bias, torch::kFloat, "winograd: bias");
    check_contiguous(bias, "winograd: bias");
  }
  const torch::Tensor x = x_any.contiguous(at::MemoryFormat::ChannelsLast);
  const TiledMaps in{x.size(0), x.size(2), x.size(3), x.size(1)};
  const TiledMaps out{in.images, in.height, in.width, transformed_weight.size(2)};
  torch::Tensor y = at::empty({out.images, out.channels, out.height, out.width},
                              x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const int64_t tiles = in.tiles(), threads = at::get_num_threads();
  if (tiles == 0) return y;
  const int64_t block = std::clamp<int64_t>((tiles + threads - 1) / threads, 1, kBlock);
  const float* source = x.const_data_ptr<float>();
  const float* shift = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
  float* target = y.mutable_data_ptr<float>();
  at::parallel_for(0, (tiles + block - 1) / block, 1, [&](int64_t begin, int64_t end) {
    const torch::NoGradGuard no_grad;
    torch::Tensor points = at::empty({kPoints, block, in.channels}),
                  products = at::empty({kPoints, block, out.channels});
    const float* m = products.const_data_ptr<float>();
    for (int64_t b = begin; b < end; ++b) {
      const int64_t first = b * block, count = std::min(block, tiles - first);
      squares_to_points<PatchTransform>(source, in, first, count, points.mutable_data_ptr<float>(),
                                        block * in.channels);
      torch::Tensor result = products.narrow(1, 0, count);
      at::bmm_out(result, points.narrow(1, 0, count), transformed_weight);
      for (int64_t t = 0; t < count; ++t) {
        points_to_tile(m + t * out.channels, block * out.channels, shift, relu, out,
                       place(out, first + t), target);
      }
    }
  });
  return y;
}

}  // namespace mammograft
