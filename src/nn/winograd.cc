#include "nn/winograd.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>

#include "nn/shape.h"

namespace mammograft {
namespace {

constexpr int64_t kTile = 4;     // output pixels along an axis of a tile
constexpr int64_t kPatch = 6;    // input pixels that they need
constexpr int64_t kPoints = 36;  // kPatch squared: matrix products
constexpr int64_t kLanes = 8;    // floats of an AVX2 register
constexpr int64_t kBlock = 96;   // most tiles at a time: their patches stay in the cache

#if defined(__x86_64__)
#define MAMMOGRAFT_AVX2 __attribute__((target("avx2,fma")))
#define MAMMOGRAFT_AVX2_INLINE __attribute__((target("avx2,fma"), always_inline)) inline
#else
#define MAMMOGRAFT_AVX2
#define MAMMOGRAFT_AVX2_INLINE inline
#endif

using Lanes = float __attribute__((vector_size(32), aligned(4), may_alias));

struct Shape {
  int64_t height, width, channels, tiles_x, tiles_y;
};

// B^T applied to six values.
MAMMOGRAFT_AVX2_INLINE void transform_input(const Lanes* d, int64_t stride, Lanes* out,
                                            int64_t out_stride) {
  const Lanes d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride], d4 = d[4 * stride],
              d5 = d[5 * stride];
  const Lanes even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1;
  const Lanes even2 = d4 - d2, odd2 = 2.0f * (d3 - d1);
  out[0] = 4.0f * d0 - 5.0f * d2 + d4;
  out[out_stride] = even + odd;
  out[2 * out_stride] = even - odd;
  out[3 * out_stride] = even2 + odd2;
  out[4 * out_stride] = even2 - odd2;
  out[5 * out_stride] = 4.0f * d1 - 5.0f * d3 + d5;
}

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

// The patch of one tile, B^T d B for every channel, to v[point * v_stride + channel].
MAMMOGRAFT_AVX2 void patch_to_points(const float* image, const Shape& s, int64_t ty, int64_t tx,
                                     float* v, int64_t v_stride) {
  const int64_t y0 = ty * kTile - 1, x0 = tx * kTile - 1;
  for (int64_t c = 0; c < s.channels; c += kLanes) {
    Lanes patch[kPoints], half[kPoints], points[kPoints];
    for (int64_t i = 0; i < kPatch; ++i) {
      for (int64_t j = 0; j < kPatch; ++j) {
        const int64_t y = y0 + i, x = x0 + j;
        const bool inside = y >= 0 && y < s.height && x >= 0 && x < s.width;
        patch[i * kPatch + j] =
            inside ? *reinterpret_cast<const Lanes*>(image + (y * s.width + x) * s.channels + c)
                   : Lanes{};
      }
    }
    for (int64_t j = 0; j < kPatch; ++j) transform_input(patch + j, kPatch, half + j, kPatch);
    for (int64_t i = 0; i < kPatch; ++i) {
      transform_input(half + i * kPatch, 1, points + i * kPatch, 1);
    }
    for (int64_t p = 0; p < kPoints; ++p) {
      *reinterpret_cast<Lanes*>(v + p * v_stride + c) = points[p];
    }
  }
}

// A^T m A + bias of one tile from m[point * m_stride + channel] into the image.
MAMMOGRAFT_AVX2 void points_to_tile(const float* m, int64_t m_stride, const float* bias, bool relu,
                                    const Shape& s, int64_t ty, int64_t tx, float* image) {
  const int64_t rows = std::min(kTile, s.height - ty * kTile);
  const int64_t cols = std::min(kTile, s.width - tx * kTile);
  for (int64_t k = 0; k < s.channels; k += kLanes) {
    Lanes points[kPoints], half[kTile * kPatch], tile[kTile * kTile];
    for (int64_t p = 0; p < kPoints; ++p) {
      points[p] = *reinterpret_cast<const Lanes*>(m + p * m_stride + k);
    }
    for (int64_t j = 0; j < kPatch; ++j) transform_output(points + j, kPatch, half + j, kPatch);
    for (int64_t i = 0; i < kTile; ++i) {
      transform_output(half + i * kPatch, 1, tile + i * kTile, 1);
    }
    const Lanes shift = *reinterpret_cast<const Lanes*>(bias + k);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        Lanes value = tile[i * kTile + j] + shift;
        if (relu) value = value > 0.0f ? value : Lanes{};
        const int64_t pixel = (ty * kTile + i) * s.width + tx * kTile + j;
        *reinterpret_cast<Lanes*>(image + pixel * s.channels + k) = value;
      }
    }
  }
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
  check_shape(weight, {kAnySize, kAnySize, 3, 3}, "winograd: weight");
  const torch::Tensor g = torch::tensor({1 / 4.0, 0.0, 0.0,             //
                                         -1 / 6.0, -1 / 6.0, -1 / 6.0,  //
                                         -1 / 6.0, 1 / 6.0, -1 / 6.0,   //
                                         1 / 24.0, 1 / 12.0, 1 / 6.0,   //
                                         1 / 24.0, -1 / 12.0, 1 / 6.0,  //
                                         0.0, 0.0, 1.0},
                                        torch::kFloat64)
                              .view({6, 3});
  const torch::Tensor points = at::matmul(at::matmul(g, weight.to(torch::kFloat64)), g.t());
  return points
      .permute({2, 3, 1, 0})  // [6, 6, C, K]
      .reshape({kPoints, weight.size(1), weight.size(0)})
      .to(torch::kFloat32)
      .contiguous();
}

torch::Tensor winograd_convolution(const torch::Tensor& x_any,
                                   const torch::Tensor& transformed_weight,
                                   const torch::Tensor& bias, bool relu) {
  check_shape(transformed_weight, {kPoints, kAnySize, kAnySize}, "winograd: weight");
  check_kernel_type(transformed_weight, torch::kFloat, "winograd: weight");
  check_shape(x_any, {kAnySize, transformed_weight.size(1), kAnySize, kAnySize}, "winograd: x");
  check_kernel_type(x_any, torch::kFloat, "winograd: x");
  check_shape(bias, {transformed_weight.size(2)}, "winograd: bias");
  check_kernel_type(bias, torch::kFloat, "winograd: bias");
  check_contiguous(bias, "winograd: bias");
  const torch::Tensor x = x_any.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
  const int64_t k = transformed_weight.size(2);
  torch::Tensor y =
      at::empty({n, k, h, w}, x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const int64_t tiles_y = (h + kTile - 1) / kTile, tiles_x = (w + kTile - 1) / kTile;
  const int64_t tiles = n * tiles_y * tiles_x;
  if (tiles == 0) return y;
  const Shape in{h, w, c, tiles_x, tiles_y}, out{h, w, k, tiles_x, tiles_y};
  const int64_t threads = at::get_num_threads();
  const int64_t block = std::clamp<int64_t>((tiles + threads - 1) / threads, 1, kBlock);
  const int64_t blocks = (tiles + block - 1) / block;
  const float* source = x.const_data_ptr<float>();
  const float* shift = bias.const_data_ptr<float>();
  float* target = y.mutable_data_ptr<float>();
  at::parallel_for(0, blocks, 1, [&](int64_t first, int64_t last) {
    const torch::NoGradGuard no_grad;
    torch::Tensor points = at::empty({kPoints, block, c}),
                  products = at::empty({kPoints, block, k});
    float* v = points.mutable_data_ptr<float>();
    const float* m = products.const_data_ptr<float>();
    for (int64_t b = first; b < last; ++b) {
      const int64_t begin = b * block, count = std::min(block, tiles - begin);
      const auto place = [&](int64_t t) {
        const int64_t tile = begin + t, in_image = tile % (tiles_y * tiles_x);
        return std::array<int64_t, 3>{tile / (tiles_y * tiles_x), in_image / tiles_x,
                                      in_image % tiles_x};
      };
      for (int64_t t = 0; t < count; ++t) {
        const auto [image, ty, tx] = place(t);
        patch_to_points(source + image * h * w * c, in, ty, tx, v + t * c, block * c);
      }
      torch::Tensor result = products.narrow(1, 0, count);
      at::bmm_out(result, points.narrow(1, 0, count), transformed_weight);
      for (int64_t t = 0; t < count; ++t) {
        const auto [image, ty, tx] = place(t);
        points_to_tile(m + t * k, block * k, shift, relu, out, ty, tx, target + image * h * w * k);
      }
    }
  });
  return y;
}

}  // namespace mammograft
