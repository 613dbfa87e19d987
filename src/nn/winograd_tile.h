// The tiles of F(4x4, 3x3) in AVX2: shared by the convolution and by its weight gradient. Private
// to winograd*.cc.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace mammograft::winograd {

inline constexpr int64_t kTile = 4;     // output pixels along an axis of a tile
inline constexpr int64_t kPatch = 6;    // input pixels that they need
inline constexpr int64_t kPoints = 36;  // kPatch squared: matrix products
inline constexpr int64_t kSide = 3;     // of a kernel
inline constexpr int64_t kTaps = 9;
inline constexpr int64_t kLanes = 8;  // floats of an AVX2 register

#if defined(__x86_64__)
#define MAMMOGRAFT_AVX2 __attribute__((target("avx2,fma")))
#define MAMMOGRAFT_AVX2_INLINE __attribute__((target("avx2,fma"), always_inline)) inline
#else
#define MAMMOGRAFT_AVX2
#define MAMMOGRAFT_AVX2_INLINE inline
#endif

using Lanes = float __attribute__((vector_size(32), aligned(4), may_alias));

MAMMOGRAFT_AVX2_INLINE Lanes load(const float* from) {
  return *reinterpret_cast<const Lanes*>(from);
}

MAMMOGRAFT_AVX2_INLINE void store(const Lanes& value, float* to) {
  *reinterpret_cast<Lanes*>(to) = value;
}

// Channels-last maps of one shape, cut into tiles.
struct TiledMaps {
  int64_t images, height, width, channels;

  int64_t rows() const { return (height + kTile - 1) / kTile; }
  int64_t columns() const { return (width + kTile - 1) / kTile; }
  int64_t tiles() const { return images * rows() * columns(); }
  int64_t pixel(int64_t image, int64_t y, int64_t x) const {
    return ((image * height + y) * width + x) * channels;
  }
};

// The first output pixel of a tile.
struct TilePlace {
  int64_t image, y, x;
};

inline TilePlace place(const TiledMaps& maps, int64_t tile) {
  const int64_t in_image = tile % (maps.rows() * maps.columns());
  return {tile / (maps.rows() * maps.columns()), in_image / maps.columns() * kTile,
          in_image % maps.columns() * kTile};
}

// Eight channels of size x size pixels from (y, x) on; 0 outside of the image.
template <int64_t size>
MAMMOGRAFT_AVX2_INLINE void load_square(const float* maps, const TiledMaps& shape,
                                        const TilePlace& from, int64_t channel, Lanes* square) {
  for (int64_t i = 0; i < size; ++i) {
    for (int64_t j = 0; j < size; ++j) {
      const int64_t y = from.y + i, x = from.x + j;
      const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
      square[i * size + j] =
          inside ? load(maps + shape.pixel(from.image, y, x) + channel) : Lanes{};
    }
  }
}

// B^T applied to six values: what a patch of the input becomes.
struct PatchTransform {
  static constexpr int64_t kSize = kPatch, kMargin = 1;  // the padding

  MAMMOGRAFT_AVX2_INLINE static void apply(const Lanes* d, int64_t stride, Lanes* out,
                                           int64_t out_stride) {
    const Lanes d0 = d[0], d1 = d[stride], d2 = d[2 * stride], d3 = d[3 * stride],
                d4 = d[4 * stride], d5 = d[5 * stride];
    const Lanes even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1;
    const Lanes even2 = d4 - d2, odd2 = 2.0f * (d3 - d1);
    out[0] = 4.0f * d0 - 5.0f * d2 + d4;
    out[out_stride] = even + odd;
    out[2 * out_stride] = even - odd;
    out[3 * out_stride] = even2 + odd2;
    out[4 * out_stride] = even2 - odd2;
    out[5 * out_stride] = 4.0f * d1 - 5.0f * d3 + d5;
  }
};

// The squares of `count` tiles, transformed along both axes, for every channel, to
// out[point * out_stride + tile * channels + channel].
template <typename Transform>
MAMMOGRAFT_AVX2 inline void squares_to_points(const float* maps, const TiledMaps& shape,
                                              int64_t first, int64_t count, float* out,
                                              int64_t out_stride) {
  constexpr int64_t size = Transform::kSize;
  for (int64_t t = 0; t < count; ++t) {
    TilePlace from = place(shape, first + t);
    from.y -= Transform::kMargin;
    from.x -= Transform::kMargin;
    for (int64_t c = 0; c < shape.channels; c += kLanes) {
      Lanes square[size * size], half[kPatch * size], points[kPatch];
      load_square<size>(maps, shape, from, c, square);
      for (int64_t j = 0; j < size; ++j) Transform::apply(square + j, size, half + j, size);
      for (int64_t i = 0; i < kPatch; ++i) {
        Transform::apply(half + i * size, 1, points, 1);
        for (int64_t j = 0; j < kPatch; ++j)
          store(points[j], out + (i * kPatch + j) * out_stride + t * shape.channels + c);
      }
    }
  }
}

}  // namespace mammograft::winograd
