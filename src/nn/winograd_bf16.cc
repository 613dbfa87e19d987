#include "nn/winograd_bf16.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "core/error.h"
#include "nn/shape.h"
#include "nn/winograd_function.h"

#if defined(__x86_64__)
// GCC 12 takes its own _mm512_undefined() for a mistake, wherever it is inlined.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#endif

namespace mammograft {

#if defined(__x86_64__)
namespace {

#define MAMMOGRAFT_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define MAMMOGRAFT_BF16_INLINE \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16"), always_inline)) inline

constexpr int64_t kTile = 2;      // output pixels along an axis of a tile
constexpr int64_t kPatch = 4;     // input pixels that they need
constexpr int64_t kPoints = 16;   // kPatch squared: matrix products
constexpr int64_t kLanes = 16;    // floats of a register
constexpr int64_t kColumns = 64;  // of a product that are summed in registers
constexpr int64_t kRows = 6;      // times so many rows: 24 of the 32 registers
constexpr int64_t kBlock = 48;    // tiles at a time: their products stay in the second cache
constexpr int64_t kPairs = 192;   // pairs of tiles at a time, for the gradient in the weight
using Bf16 = uint16_t;

// Where a tile lies.
struct Map {
  int64_t images, height, width, channels;
  int64_t tiles_x() const { return (width + kTile - 1) / kTile; }
  int64_t tiles_y() const { return (height + kTile - 1) / kTile; }
  int64_t tiles() const { return images * tiles_y() * tiles_x(); }
};

struct Place {
  int64_t image, y, x;  // first output pixel
};

Place place_of(const Map& map, int64_t tile) {
  const int64_t in_image = map.tiles_y() * map.tiles_x(), rest = tile % in_image;
  return {tile / in_image, rest / map.tiles_x() * kTile, rest % map.tiles_x() * kTile};
}

MAMMOGRAFT_BF16_INLINE __m512 load_bf16(const Bf16* p) {
  const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}

MAMMOGRAFT_BF16_INLINE __m256i to_bf16(__m512 values) {
  return (__m256i)_mm512_cvtneps_pbh(values);
}

// `low` and `high` in turn: the pairs that one multiplication joins.
MAMMOGRAFT_BF16_INLINE __m512i interleave(__m256i low, __m256i high) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(low),
                         _mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
}

// Pixel (y, x) of the map, 16 channels; 0 outside.
MAMMOGRAFT_BF16_INLINE __m512 pixel(const Bf16* image, const Map& map, int64_t y, int64_t x,
                                    int64_t c) {
  if (y < 0 || y >= map.height || x < 0 || x >= map.width) return _mm512_setzero_ps();
  return load_bf16(image + (y * map.width + x) * map.channels + c);
}

// B^T d B of the patch of a tile, 16 channels (eq. (8) with the matrices of section 4.1).
MAMMOGRAFT_BF16_INLINE void transform_patch(const Bf16* image, const Map& map, const Place& at,
                                            int64_t c, __m512* points) {
  __m512 half[kPoints];
  for (int64_t j = 0; j < kPatch; ++j) {
    __m512 d[kPatch];
    for (int64_t i = 0; i < kPatch; ++i) d[i] = pixel(image, map, at.y - 1 + i, at.x - 1 + j, c);
    half[0 * kPatch + j] = d[0] - d[2];
    half[1 * kPatch + j] = d[1] + d[2];
    half[2 * kPatch + j] = d[2] - d[1];
    half[3 * kPatch + j] = d[1] - d[3];
  }
  for (int64_t i = 0; i < kPatch; ++i) {
    const __m512* d = half + i * kPatch;
    points[i * kPatch + 0] = d[0] - d[2];
    points[i * kPatch + 1] = d[1] + d[2];
    points[i * kPatch + 2] = d[2] - d[1];
    points[i * kPatch + 3] = d[1] - d[3];
  }
}

// A dy A^T of a tile of the output's gradient, 16 channels: the transpose of transform_products.
MAMMOGRAFT_BF16_INLINE void transform_gradient(const Bf16* image, const Map& map, const Place& at,
                                               int64_t c, __m512* points) {
  __m512 half[kPatch * kTile];
  for (int64_t j = 0; j < kTile; ++j) {
    const __m512 a = pixel(image, map, at.y, at.x + j, c);
    const __m512 b = pixel(image, map, at.y + 1, at.x + j, c);
    half[0 * kTile + j] = a;
    half[1 * kTile + j] = a + b;
    half[2 * kTile + j] = a - b;
    half[3 * kTile + j] = -b;
  }
  for (int64_t i = 0; i < kPatch; ++i) {
    const __m512 a = half[i * kTile], b = half[i * kTile + 1];
    points[i * kPatch + 0] = a;
    points[i * kPatch + 1] = a + b;
    points[i * kPatch + 2] = a - b;
    points[i * kPatch + 3] = -b;
  }
}

// points[p * stride] -> A^T m A, 16 channels.
MAMMOGRAFT_BF16_INLINE void transform_products(const float* points, int64_t stride, __m512* tile) {
  __m512 half[kTile * kPatch];
  for (int64_t j = 0; j < kPatch; ++j) {
    __m512 m[kPatch];
    for (int64_t i = 0; i < kPatch; ++i) m[i] = _mm512_loadu_ps(points + (i * kPatch + j) * stride);
    half[j] = m[0] + m[1] + m[2];
    half[kPatch + j] = m[1] - m[2] - m[3];
  }
  for (int64_t i = 0; i < kTile; ++i) {
    const __m512* m = half + i * kPatch;
    tile[i * kTile] = m[0] + m[1] + m[2];
    tile[i * kTile + 1] = m[1] - m[2] - m[3];
  }
}

// Factors of a product, as 32-bit pairs of bf16: rows by `row`, what is summed over by `step`.
struct Factor {
  const uint32_t* pairs;
  int64_t row, step;
};

// out[r, 0 .. 63] (+)= sum over steps of a[r, step] * b[step, 0 .. 63], for R rows.
template <int R>
MAMMOGRAFT_BF16 void multiply_rows(Factor a, const uint32_t* b, int64_t b_step, int64_t steps,
                                   float* out, int64_t out_row, bool accumulate) {
  __m512 sum[R][4];
  for (int r = 0; r < R; ++r) {
    for (int q = 0; q < 4; ++q) {
      sum[r][q] =
          accumulate ? _mm512_loadu_ps(out + r * out_row + q * kLanes) : _mm512_setzero_ps();
    }
  }
  for (int64_t s = 0; s < steps; ++s) {
    __m512bh columns[4];
    for (int q = 0; q < 4; ++q) {
      columns[q] = (__m512bh)_mm512_loadu_si512(b + s * b_step + q * kLanes);
    }
    for (int r = 0; r < R; ++r) {
      const auto row =
          (__m512bh)_mm512_set1_epi32(static_cast<int>(a.pairs[r * a.row + s * a.step]));
      for (int q = 0; q < 4; ++q) sum[r][q] = _mm512_dpbf16_ps(sum[r][q], row, columns[q]);
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int q = 0; q < 4; ++q) _mm512_storeu_ps(out + r * out_row + q * kLanes, sum[r][q]);
  }
}

void multiply(Factor a, int64_t rows, const uint32_t* b, int64_t b_step, int64_t steps, float* out,
              int64_t out_row, bool accumulate) {
  int64_t r = 0;
  for (; r + kRows <= rows; r += kRows) {
    multiply_rows<kRows>({a.pairs + r * a.row, a.row, a.step}, b, b_step, steps, out + r * out_row,
                         out_row, accumulate);
  }
  a.pairs += r * a.row;
  out += r * out_row;
  switch (rows - r) {
    case 5:
      return multiply_rows<5>(a, b, b_step, steps, out, out_row, accumulate);
    case 4:
      return multiply_rows<4>(a, b, b_step, steps, out, out_row, accumulate);
    case 3:
      return multiply_rows<3>(a, b, b_step, steps, out, out_row, accumulate);
    case 2:
      return multiply_rows<2>(a, b, b_step, steps, out, out_row, accumulate);
    case 1:
      return multiply_rows<1>(a, b, b_step, steps, out, out_row, accumulate);
    default:
      return;
  }
}

// Points of the tiles [first, first + count): v[point][tile][channel].
MAMMOGRAFT_BF16 void patches_to_points(const Bf16* x, const Map& map, int64_t first, int64_t count,
                                       Bf16* v) {
  for (int64_t t = 0; t < count; ++t) {
    const Place at = place_of(map, first + t);
    const Bf16* image = x + at.image * map.height * map.width * map.channels;
    for (int64_t c = 0; c < map.channels; c += kLanes) {
      __m512 points[kPoints];
      transform_patch(image, map, at, c, points);
      for (int64_t p = 0; p < kPoints; ++p) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(v + (p * kBlock + t) * map.channels + c),
                            to_bf16(points[p]));
      }
    }
  }
}

// m[point][tile][channel] -> relu?(A^T m A + bias) into y.
MAMMOGRAFT_BF16 void products_to_tiles(const float* m, const float* bias, bool relu, const Map& map,
                                       int64_t first, int64_t count, Bf16* y) {
  const int64_t k = map.channels;
  for (int64_t t = 0; t < count; ++t) {
    const Place at = place_of(map, first + t);
    Bf16* image = y + at.image * map.height * map.width * k;
    for (int64_t c = 0; c < k; c += kLanes) {
      __m512 tile[kTile * kTile];
      transform_products(m + t * k + c, kBlock * k, tile);
      const __m512 shift = bias ? _mm512_loadu_ps(bias + c) : _mm512_setzero_ps();
      for (int64_t i = 0; i < kTile && at.y + i < map.height; ++i) {
        for (int64_t j = 0; j < kTile && at.x + j < map.width; ++j) {
          __m512 value = tile[i * kTile + j] + shift;
          if (relu) value = _mm512_max_ps(value, _mm512_setzero_ps());
          Bf16* target = image + ((at.y + i) * map.width + at.x + j) * k + c;
          _mm256_storeu_si256(reinterpret_cast<__m256i*>(target), to_bf16(value));
        }
      }
    }
  }
}

// One pair of tiles, interleaved: v[point][pair][channel][2]. A tile beyond the last is zero.
template <typename Transform>
MAMMOGRAFT_BF16_INLINE void pair_to_points(const Bf16* x, const Map& map, int64_t first,
                                           int64_t pair, Transform transform, uint32_t* v) {
  const int64_t low = first + 2 * pair, high = low + 1, size = map.height * map.width;
  const Place at_low = place_of(map, low), at_high = place_of(map, high);
  const bool has_high = high < map.tiles();
  for (int64_t c = 0; c < map.channels; c += kLanes) {
    __m512 a[kPoints], b[kPoints];
    transform(x + at_low.image * size * map.channels, map, at_low, c, a);
    if (has_high) {
      transform(x + at_high.image * size * map.channels, map, at_high, c, b);
    } else {
      for (int64_t p = 0; p < kPoints; ++p) b[p] = _mm512_setzero_ps();
    }
    for (int64_t p = 0; p < kPoints; ++p) {
      _mm512_storeu_si512(v + (p * kPairs + pair) * map.channels + c,
                          interleave(to_bf16(a[p]), to_bf16(b[p])));
    }
  }
}

struct PatchTransform {
  MAMMOGRAFT_BF16_INLINE void operator()(const Bf16* image, const Map& map, const Place& at,
                                         int64_t c, __m512* points) const {
    transform_patch(image, map, at, c, points);
  }
};
struct GradientTransform {
  MAMMOGRAFT_BF16_INLINE void operator()(const Bf16* image, const Map& map, const Place& at,
                                         int64_t c, __m512* points) const {
    transform_gradient(image, map, at, c, points);
  }
};

MAMMOGRAFT_BF16 void patch_pair(const Bf16* x, const Map& map, int64_t first, int64_t pair,
                                uint32_t* v) {
  pair_to_points(x, map, first, pair, PatchTransform{}, v);
}
MAMMOGRAFT_BF16 void gradient_pair(const Bf16* x, const Map& map, int64_t first, int64_t pair,
                                   uint32_t* v) {
  pair_to_points(x, map, first, pair, GradientTransform{}, v);
}

const Bf16* bits(const torch::Tensor& tensor) {
  return static_cast<const Bf16*>(tensor.const_data_ptr());
}

void check_channels(int64_t channels, const char* name) {
  ensure(channels > 0 && channels % kColumns == 0,
         "{}: found {} channels, expected a multiple of {}", name, channels, kColumns);
}

// [N, C, H, W] bf16 on a CPU, so that bits() reads what is there.
void check_map(const torch::Tensor& x, const char* name) {
  check_shape(x, {kAnySize, kAnySize, kAnySize, kAnySize}, name);
  check_channels(x.size(1), name);
  check_kernel_type(x, torch::kBFloat16, name);
}

void check_weight(const torch::Tensor& weight) {
  const char* name = "winograd in bf16: weight";
  check_shape(weight, {kAnySize, kAnySize, 3, 3}, name);
  check_channels(weight.size(0), name);
  check_channels(weight.size(1), name);
}

Map map_of(const torch::Tensor& x) { return {x.size(0), x.size(2), x.size(3), x.size(1)}; }

// As pack() makes it for an input of so many channels.
void check_packed(const torch::Tensor& weight, int64_t channels) {
  const char* name = "winograd in bf16: packed weight";
  check_shape(weight, {kPoints, kAnySize, channels / 2, kColumns, 2}, name);
  check_kernel_type(weight, torch::kBFloat16, name);
  check_contiguous(weight, name);
}

// The 3x3 kernels of a weight, as one of its two convolutions reads them: tap t of the kernel from
// channel `row` to channel `column` lies at weight[row * row_stride + column * column_stride + t].
struct Kernels {
  const float* weight;
  int64_t rows, columns, row_stride, column_stride;
  bool mirrored;  // tap 8 - t instead
};

using Taps = float[9][kColumns];

// The kernels from one channel to 64 others.
void gather_taps(const Kernels& kernels, int64_t row, int64_t column, Taps& taps) {
  for (int64_t q = 0; q < kColumns; ++q) {
    const float* kernel =
        kernels.weight + row * kernels.row_stride + (column + q) * kernels.column_stride;
    for (int64_t t = 0; t < 9; ++t) taps[t][q] = kernel[kernels.mirrored ? 8 - t : t];
  }
}

// G g G^T of 16 kernels (section 4.1).
MAMMOGRAFT_BF16_INLINE void transform_kernel(const Taps& taps, int64_t q, __m512* points) {
  const __m512 half_of = _mm512_set1_ps(0.5f);
  __m512 half[kPatch * 3];
  for (int64_t j = 0; j < 3; ++j) {
    const __m512 a = _mm512_loadu_ps(taps[j] + q), b = _mm512_loadu_ps(taps[3 + j] + q),
                 c = _mm512_loadu_ps(taps[6 + j] + q);
    half[j] = a;
    half[3 + j] = half_of * (a + b + c);
    half[6 + j] = half_of * (a - b + c);
    half[9 + j] = c;
  }
  for (int64_t i = 0; i < kPatch; ++i) {
    const __m512 a = half[3 * i], b = half[3 * i + 1], c = half[3 * i + 2];
    points[i * kPatch + 0] = a;
    points[i * kPatch + 1] = half_of * (a + b + c);
    points[i * kPatch + 2] = half_of * (a - b + c);
    points[i * kPatch + 3] = c;
  }
}

// Of two rows' kernels to 64 columns point p, interleaved as bf16, to out[p * stride].
MAMMOGRAFT_BF16 void pack_kernels(const Taps& even, const Taps& odd, uint32_t* out,
                                  int64_t stride) {
  for (int64_t q = 0; q < kColumns; q += kLanes) {
    __m512 low[kPoints], high[kPoints];
    transform_kernel(even, q, low);
    transform_kernel(odd, q, high);
    for (int64_t p = 0; p < kPoints; ++p)
      _mm512_storeu_si512(out + p * stride + q, interleave(to_bf16(low[p]), to_bf16(high[p])));
  }
}

// -> [16, columns / 64, rows / 2, 64, 2] bf16.
torch::Tensor pack(const Kernels& kernels) {
  const int64_t pairs = kernels.rows / 2, panels = kernels.columns / kColumns;
  torch::Tensor packed = at::empty({kPoints, panels, pairs, kColumns, 2}, torch::kBFloat16);
  auto* target = static_cast<uint32_t*>(packed.mutable_data_ptr());
  at::parallel_for(0, panels * pairs, 8, [&](int64_t begin, int64_t end) {
    Taps even, odd;
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i % pairs * 2, column = i / pairs * kColumns;
      gather_taps(kernels, row, column, even);
      gather_taps(kernels, row + 1, column, odd);
      pack_kernels(even, odd, target + i * kColumns, panels * pairs * kColumns);
    }
  });
  return packed;
}

// The transpose of transform_kernel: products[p * stride] -> G^T m G, 16 kernels of 9 taps, kernel
// l at out[l * out_stride].
MAMMOGRAFT_BF16 void products_to_kernels(const float* products, int64_t stride, float* out,
                                         int64_t out_stride) {
  const __m512 half_of = _mm512_set1_ps(0.5f);
  __m512 half[3 * kPatch];
  for (int64_t j = 0; j < kPatch; ++j) {
    __m512 m[kPatch];
    for (int64_t i = 0; i < kPatch; ++i)
      m[i] = _mm512_loadu_ps(products + (i * kPatch + j) * stride);
    const __m512 sum = half_of * (m[1] + m[2]);
    half[j] = m[0] + sum;
    half[kPatch + j] = half_of * (m[1] - m[2]);
    half[2 * kPatch + j] = sum + m[3];
  }
  float taps[9][kLanes];
  for (int64_t i = 0; i < 3; ++i) {
    const __m512* m = half + i * kPatch;
    const __m512 sum = half_of * (m[1] + m[2]);
    _mm512_storeu_ps(taps[3 * i], m[0] + sum);
    _mm512_storeu_ps(taps[3 * i + 1], half_of * (m[1] - m[2]));
    _mm512_storeu_ps(taps[3 * i + 2], sum + m[3]);
  }
  for (int64_t l = 0; l < kLanes; ++l) {
    for (int64_t t = 0; t < 9; ++t) out[l * out_stride + t] = taps[t][l];
  }
}

// rows [R, C] bf16: adds each column up, to out [C].
MAMMOGRAFT_BF16 void add_rows(const Bf16* rows, int64_t count, int64_t channels, float* out) {
  for (int64_t c = 0; c < channels; c += kColumns) {
    __m512 sum[kColumns / kLanes] = {};
    for (int64_t r = 0; r < count; ++r) {
      for (int64_t q = 0; q < kColumns / kLanes; ++q)
        sum[q] += load_bf16(rows + r * channels + c + q * kLanes);
    }
    for (int64_t q = 0; q < kColumns / kLanes; ++q) _mm512_storeu_ps(out + c + q * kLanes, sum[q]);
  }
}

// x [N, C, H, W] bf16, channels-last -> [C] fp32. at::sum would first copy x to fp32.
torch::Tensor channel_sums(const torch::Tensor& x) {
  constexpr int64_t kRowsOfSum = 256;  // few enough that their sum in fp32 is exact to 1e-6
  const int64_t c = x.size(1), rows = x.numel() / c, blocks = (rows + kRowsOfSum - 1) / kRowsOfSum;
  const torch::Tensor sums = at::empty({blocks, c}, torch::kFloat32);
  auto* out = sums.mutable_data_ptr<float>();
  at::parallel_for(0, blocks, 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t first = b * kRowsOfSum;
      add_rows(bits(x) + first * c, std::min(kRowsOfSum, rows - first), c, out + b * c);
    }
  });
  return sums.sum(0);
}

struct Bf16Algorithm {
  static torch::Tensor factors(const torch::Tensor& weight) { return winograd_bf16_weight(weight); }
  static torch::Tensor mirrored_factors(const torch::Tensor& weight) {
    return winograd_bf16_mirrored_weight(weight);
  }
  static torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& factors,
                                   const torch::Tensor& bias) {
    return winograd_bf16_convolution(x, factors, bias, /*relu=*/false);
  }
  static torch::Tensor weight_gradient(const torch::Tensor& x, const torch::Tensor& grad) {
    return winograd_bf16_weight_gradient(x, grad);
  }
  static torch::Tensor channel_sums(const torch::Tensor& grad) {
    return mammograft::channel_sums(grad);
  }
};

}  // namespace

bool winograd_bf16_applies(const torch::Tensor& weight) {
  return weight.is_cpu() && weight.size(2) == 3 && weight.size(3) == 3 &&
         weight.size(0) % kColumns == 0 && weight.size(1) % kColumns == 0 &&
         __builtin_cpu_supports("avx512bf16");
}

torch::Tensor winograd_bf16_weight(const torch::Tensor& weight) {
  check_weight(weight);
  const torch::Tensor w = weight.detach().to(torch::kFloat32).contiguous();
  const int64_t k = w.size(0), c = w.size(1);
  return pack({w.const_data_ptr<float>(), c, k, 9, 9 * c, /*mirrored=*/false});
}

torch::Tensor winograd_bf16_mirrored_weight(const torch::Tensor& weight) {
  check_weight(weight);
  const torch::Tensor w = weight.detach().to(torch::kFloat32).contiguous();
  const int64_t k = w.size(0), c = w.size(1);
  return pack({w.const_data_ptr<float>(), k, c, 9 * c, 9, /*mirrored=*/true});
}

torch::Tensor winograd_bf16_convolution(const torch::Tensor& x_any,
                                        const torch::Tensor& packed_weight,
                                        const torch::Tensor& bias_any, bool relu) {
  check_map(x_any, "winograd in bf16: x");
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = x_any.contiguous(at::MemoryFormat::ChannelsLast);
  check_packed(packed_weight, x.size(1));
  const torch::Tensor bias =
      bias_any.defined() ? bias_any.to(torch::kFloat32).contiguous() : bias_any;
  const Map in = map_of(x);
  const int64_t c = in.channels, panels = packed_weight.size(1), k = panels * kColumns;
  if (bias.defined()) check_shape(bias, {k}, "winograd in bf16: bias");
  const Map out{in.images, in.height, in.width, k};
  torch::Tensor y = at::empty({in.images, k, in.height, in.width},
                              x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const int64_t tiles = in.tiles(), threads = at::get_num_threads();
  if (tiles == 0) return y;
  const int64_t block = std::clamp<int64_t>((tiles + threads - 1) / threads, 1, kBlock);
  const auto* weight = static_cast<const uint32_t*>(packed_weight.const_data_ptr());
  const float* shift = bias.defined() ? bias.const_data_ptr<float>() : nullptr;
  auto* target = static_cast<Bf16*>(y.mutable_data_ptr());
  at::parallel_for(0, (tiles + block - 1) / block, 1, [&](int64_t begin, int64_t end) {
    const torch::Tensor points = at::empty({kPoints * kBlock * c}, torch::kBFloat16);
    const torch::Tensor products = at::empty({kPoints * kBlock * k}, torch::kFloat32);
    auto* v = static_cast<Bf16*>(points.mutable_data_ptr());
    auto* m = products.mutable_data_ptr<float>();
    for (int64_t b = begin; b < end; ++b) {
      const int64_t first = b * block, count = std::min(block, tiles - first);
      patches_to_points(bits(x), in, first, count, v);
      for (int64_t p = 0; p < kPoints; ++p) {
        const Factor rows{reinterpret_cast<const uint32_t*>(v + p * kBlock * c), c / 2, 1};
        for (int64_t panel = 0; panel < panels; ++panel) {
          multiply(rows, count, weight + (p * panels + panel) * (c / 2) * kColumns, kColumns, c / 2,
                   m + p * kBlock * k + panel * kColumns, k, /*accumulate=*/false);
        }
      }
      products_to_tiles(m, shift, relu, out, first, count, target);
    }
  });
  return y;
}

torch::Tensor winograd_bf16_weight_gradient(const torch::Tensor& x_any,
                                            const torch::Tensor& grad_any) {
  check_map(x_any, "winograd in bf16: x");
  check_map(grad_any, "winograd in bf16: gradient");
  check_shape(grad_any, {x_any.size(0), kAnySize, x_any.size(2), x_any.size(3)},
              "winograd in bf16: gradient");
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = x_any.contiguous(at::MemoryFormat::ChannelsLast);
  const torch::Tensor grad = grad_any.contiguous(at::MemoryFormat::ChannelsLast);
  const Map in = map_of(x), out = map_of(grad);
  const int64_t c = in.channels, k = out.channels;
  torch::Tensor products = at::zeros({kPoints, c, k}, torch::kFloat32);
  const torch::Tensor patches = at::empty({kPoints * kPairs * c}, torch::kInt32);
  const torch::Tensor gradients = at::empty({kPoints * kPairs * k}, torch::kInt32);
  auto* v = static_cast<uint32_t*>(patches.mutable_data_ptr());
  auto* w = static_cast<uint32_t*>(gradients.mutable_data_ptr());
  auto* m = products.mutable_data_ptr<float>();
  for (int64_t first = 0; first < in.tiles(); first += 2 * kPairs) {
    const int64_t pairs = std::min(kPairs, (in.tiles() - first + 1) / 2);
    at::parallel_for(0, pairs, 4, [&](int64_t begin, int64_t end) {
      for (int64_t pair = begin; pair < end; ++pair) {
        patch_pair(bits(x), in, first, pair, v);
        gradient_pair(bits(grad), out, first, pair, w);
      }
    });
    at::parallel_for(0, kPoints, 1, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        for (int64_t column = 0; column < k; column += kColumns) {
          multiply({v + p * kPairs * c, 1, c}, c, w + p * kPairs * k + column, k, pairs,
                   m + p * c * k + column, k, /*accumulate=*/true);
        }
      }
    });
  }
  torch::Tensor weight = at::empty({k, c, 3, 3}, torch::kFloat32);
  auto* kernels = weight.mutable_data_ptr<float>();
  at::parallel_for(0, k / kLanes, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      for (int64_t j = 0; j < c; ++j)
        products_to_kernels(m + j * k + i * kLanes, c * k, kernels + (i * kLanes * c + j) * 9,
                            c * 9);
    }
  });
  return weight;
}

torch::Tensor winograd_bf16_differentiable(const torch::Tensor& x, const torch::Tensor& weight,
                                           const torch::Tensor& bias) {
  return WinogradFunction<Bf16Algorithm>::apply(x, weight, bias);
}

#else

bool winograd_bf16_applies(const torch::Tensor&) { return false; }
torch::Tensor winograd_bf16_weight(const torch::Tensor&) {
  fail(ErrorKind::defect, "Winograd in bf16 needs AVX512-BF16");
}
torch::Tensor winograd_bf16_mirrored_weight(const torch::Tensor&) {
  fail(ErrorKind::defect, "Winograd in bf16 needs AVX512-BF16");
}
torch::Tensor winograd_bf16_convolution(const torch::Tensor&, const torch::Tensor&,
                                        const torch::Tensor&, bool) {
  fail(ErrorKind::defect, "Winograd in bf16 needs AVX512-BF16");
}
torch::Tensor winograd_bf16_weight_gradient(const torch::Tensor&, const torch::Tensor&) {
  fail(ErrorKind::defect, "Winograd in bf16 needs AVX512-BF16");
}
torch::Tensor winograd_bf16_differentiable(const torch::Tensor&, const torch::Tensor&,
                                           const torch::Tensor&) {
  fail(ErrorKind::defect, "Winograd in bf16 needs AVX512-BF16");
}

#endif

}  // namespace mammograft
