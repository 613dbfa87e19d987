// PNG through libspng.
#include <spng.h>

#include <memory>
#include <vector>

#include "core/error.h"
#include "image/codecs.h"
#include "image/exif.h"

namespace mammograft {
namespace {

constexpr int kZlibRle = 3;  // Z_RLE of zlib.h, which only libspng needs to see

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};
using Context = std::unique_ptr<spng_ctx, FreeContext>;

[[noreturn]] void reject(const std::string& name, int code) {
  fail(ErrorKind::bad_input, "{}: found a damaged or truncated PNG ({}), expected a complete one",
       name, spng_strerror(code));
}

Context open(std::string_view bytes, const std::string& name, spng_ihdr& header) {
  Context context(spng_ctx_new(0));
  ensure(context != nullptr, "libspng: no context");
  spng_set_image_limits(context.get(), INT32_MAX, INT32_MAX);
  if (int code = spng_set_png_buffer(context.get(), bytes.data(), bytes.size()); code != 0) {
    reject(name, code);
  }
  if (int code = spng_get_ihdr(context.get(), &header); code != 0) reject(name, code);
  check_image_size(name, header.width, header.height);
  return context;
}

int samples_per_pixel(int color_type) {
  switch (color_type) {
    case SPNG_COLOR_TYPE_TRUECOLOR:
      return 3;
    case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA:
      return 2;
    case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA:
      return 4;
    default:
      return 1;
  }
}

// Deflate cannot shrink by more than 1032: a few bytes that claim a huge picture are cut short or
// hostile, and no memory is taken for them.
void check_plausible(const spng_ihdr& header, size_t file_bytes, const std::string& name) {
  const double bits = double(header.width) * header.height * header.bit_depth *
                      samples_per_pixel(header.color_type);
  if (bits / 8 > 1040.0 * double(file_bytes)) {
    fail(ErrorKind::bad_input,
         "{}: found a PNG of {} bytes that claims {} x {} pixels, expected a complete one", name,
         file_bytes, header.width, header.height);
  }
}

cv::Mat decode(spng_ctx* context, const spng_ihdr& header, int type, int format, int flags,
               const std::string& name) {
  cv::Mat image(int(header.height), int(header.width), type);
  size_t need = 0;
  if (int code = spng_decoded_image_size(context, format, &need); code != 0) reject(name, code);
  const size_t have = image.total() * image.elemSize();
  ensure(need == have, "{}: libspng wants {} bytes, expected {}", name, need, have);
  if (int code = spng_decode_image(context, image.data, have, format, flags); code != 0) {
    reject(name, code);
  }
  return image;
}

// [rows, cols] x RGBA, T is uint8_t or uint16_t -> RGB. Throws where alpha is not opaque.
template <typename T>
cv::Mat drop_alpha(const cv::Mat& rgba, const std::string& name) {
  cv::Mat rgb(rgba.size(), CV_MAKETYPE(rgba.depth(), 3));
  constexpr T opaque = std::numeric_limits<T>::max();
  for (int y = 0; y < rgba.rows; ++y) {
    const T* from = rgba.ptr<T>(y);
    T* to = rgb.ptr<T>(y);
    for (int x = 0; x < rgba.cols; ++x, from += 4, to += 3) {
      if (from[3] != opaque) {
        fail(ErrorKind::bad_input,
             "{}: alpha: found {} of {} at column {}, row {}, expected an opaque image", name,
             int(from[3]), int(opaque), x, y);
      }
      std::copy(from, from + 3, to);
    }
  }
  return rgb;
}

}  // namespace

ImageHeader png_header(std::string_view bytes, const std::string& name) {
  spng_ihdr header;
  const Context context = open(bytes, name, header);
  spng_exif exif;
  const bool has_exif = spng_get_exif(context.get(), &exif) == 0;
  return {int(header.width), int(header.height),
          has_exif ? exif_orientation({exif.data, exif.length}) : 1};
}

DecodedImage decode_png(std::string_view bytes, const std::string& name) {
  spng_ihdr header;
  const Context context = open(bytes, name, header);
  check_plausible(header, bytes.size(), name);
  const int type = header.color_type;
  const bool wide = header.bit_depth == 16;
  DecodedImage result;
  // The sample of a palette is eight bits whatever the depth of the index (PNG, 11.2.2).
  result.original_bits = type == SPNG_COLOR_TYPE_INDEXED ? 8 : header.bit_depth;
  spng_trns transparency;
  const bool has_trns = spng_get_trns(context.get(), &transparency) == 0;
  if (type == SPNG_COLOR_TYPE_GRAYSCALE && !has_trns) {
    if (wide) {
      result.pixels = decode(context.get(), header, CV_16UC1, SPNG_FMT_PNG, 0, name);
    } else {  // G8 scales 1, 2 and 4 bits to 8
      decode(context.get(), header, CV_8UC1, SPNG_FMT_G8, 0, name)
          .convertTo(result.pixels, CV_16U, 257);
    }
    return result;
  }
  cv::Mat rgb;
  if (type == SPNG_COLOR_TYPE_TRUECOLOR && !has_trns) {
    rgb = decode(context.get(), header, wide ? CV_16UC3 : CV_8UC3, SPNG_FMT_PNG, 0, name);
  } else if (wide) {
    rgb = drop_alpha<uint16_t>(
        decode(context.get(), header, CV_16UC4, SPNG_FMT_RGBA16, SPNG_DECODE_TRNS, name), name);
  } else {
    rgb = drop_alpha<uint8_t>(
        decode(context.get(), header, CV_8UC4, SPNG_FMT_RGBA8, SPNG_DECODE_TRNS, name), name);
  }
  result.pixels = grey_from_rgb(rgb, 0, name);
  return result;
}

std::string encode_png(const cv::Mat& pixels, int compression) {
  const int type = pixels.type();
  ensure(!pixels.empty() && (type == CV_16UC1 || type == CV_8UC1 || type == CV_8UC3),
         "encode_png: expected CV_16UC1, CV_8UC1 or CV_8UC3, got type {} of {} x {}", type,
         pixels.cols, pixels.rows);
  ensure(compression >= 0 && compression <= 9, "encode_png: compression: expected 0 to 9, got {}",
         compression);
  const Context context(spng_ctx_new(SPNG_CTX_ENCODER));
  ensure(context != nullptr, "libspng: no context");
  spng_ctx* png = context.get();
  spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
  spng_set_option(png, SPNG_IMG_COMPRESSION_LEVEL, compression);
  // One fixed filter: choosing the best of five for each row costs more time than it saves bytes.
  spng_set_option(png, SPNG_FILTER_CHOICE, SPNG_FILTER_CHOICE_UP);
  // The low bytes of 16-bit samples are noise, in which the search for earlier occurrences finds
  // nothing: runs alone are 2.5 times as fast and come out smaller.
  if (type == CV_16UC1) spng_set_option(png, SPNG_IMG_COMPRESSION_STRATEGY, kZlibRle);
  spng_ihdr header = {};
  header.width = uint32_t(pixels.cols);
  header.height = uint32_t(pixels.rows);
  header.bit_depth = type == CV_16UC1 ? 16 : 8;
  header.color_type = type == CV_8UC3 ? SPNG_COLOR_TYPE_TRUECOLOR : SPNG_COLOR_TYPE_GRAYSCALE;
  spng_set_ihdr(png, &header);
  const cv::Mat whole = pixels.isContinuous() ? pixels : pixels.clone();
  int code = spng_encode_image(png, whole.data, whole.total() * whole.elemSize(), SPNG_FMT_PNG,
                               SPNG_ENCODE_FINALIZE);
  ensure(code == 0, "encode_png: {}", spng_strerror(code));
  size_t size = 0;
  const std::unique_ptr<void, decltype(&free)> buffer(spng_get_png_buffer(png, &size, &code),
                                                      &free);
  ensure(buffer != nullptr, "encode_png: {}", spng_strerror(code));
  return std::string(static_cast<const char*>(buffer.get()), size);
}

}  // namespace mammograft
