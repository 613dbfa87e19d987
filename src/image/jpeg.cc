// JPEG through libjpeg-turbo. Its errors come back by longjmp, so the functions between setjmp and
// the library hold nothing with a destructor; what does lives in their callers.
#include <cstdio>
// jpeglib.h needs FILE and size_t to be declared before it
#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>

#include "core/error.h"
#include "image/codecs.h"
#include "image/exif.h"

namespace mammograft {
namespace {

constexpr unsigned kLongestMarker = 0xFFFF;

struct ErrorManager {
  jpeg_error_mgr base;  // first: libjpeg knows only this part
  jmp_buf jump;
  char message[JMSG_LENGTH_MAX];
};

void on_error(j_common_ptr info) {
  auto* manager = reinterpret_cast<ErrorManager*>(info->err);
  info->err->format_message(info, manager->message);
  longjmp(manager->jump, 1);
}

// Damage that libjpeg would paint over with grey is an error; oddities that lose nothing are not.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      return;
    default:
      on_error(info);
  }
}

void install(ErrorManager& manager, jpeg_error_mgr*& slot) {
  slot = jpeg_std_error(&manager.base);
  manager.base.error_exit = on_error;
  manager.base.emit_message = on_message;
}

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) { install(errors_, info_.err); }
  ~Reader() { jpeg_destroy_decompress(&info_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Not in the constructor: what throws there leaves the library's memory behind.
  void open(std::string_view bytes) {
    if (!read_header(bytes)) reject();
    check_image_size(name_, info_.image_width, info_.image_height);
  }
  ImageHeader header() const {
    return {int(info_.image_width), int(info_.image_height), orientation()};
  }
  J_COLOR_SPACE color_space() const { return info_.jpeg_color_space; }
  int components() const { return info_.num_components; }

  // CV_8UC1 or CV_8UC3, in the colour space of the file.
  cv::Mat decode() {
    info_.out_color_space = info_.jpeg_color_space;
    cv::Mat image(int(info_.image_height), int(info_.image_width),
                  info_.num_components == 1 ? CV_8UC1 : CV_8UC3);
    if (!read_rows(image.data, image.step)) reject();
    return image;
  }

 private:
  // EXIF stands in the marker APP1, as other things do.
  int orientation() const {
    constexpr std::string_view kBegin("Exif\0\0", 6);
    for (const auto* marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (data.starts_with(kBegin)) return exif_orientation(data.substr(kBegin.size()));
    }
    return 1;
  }
  bool read_header(std::string_view bytes) {
    if (setjmp(errors_.jump)) return false;
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_save_markers(&info_, JPEG_APP0 + 1, kLongestMarker);
    jpeg_read_header(&info_, TRUE);
    return true;
  }
  bool read_rows(unsigned char* data, size_t step) {
    if (setjmp(errors_.jump)) return false;
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = data + step * info_.output_scanline;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }
  [[noreturn]] void reject() {
    fail(ErrorKind::bad_input,
         "{}: found a damaged or truncated JPEG ({}), expected a complete 8-bit one", name_,
         errors_.message);
  }

  std::string name_;
  jpeg_decompress_struct info_ = {};
  ErrorManager errors_ = {};
};

// Y of a YCbCr picture whose chroma is neutral to within 1: rounding of the encoder, worth at most
// three grey levels between the channels.
cv::Mat luminance_of_neutral(const cv::Mat& ycc, const std::string& name) {
  cv::Mat grey(ycc.size(), CV_16UC1);
  for (int y = 0; y < ycc.rows; ++y) {
    const unsigned char* from = ycc.ptr(y);
    uint16_t* to = grey.ptr<uint16_t>(y);
    for (int x = 0; x < ycc.cols; ++x, from += 3) {
      if (std::abs(from[1] - 128) > 1 || std::abs(from[2] - 128) > 1) {
        fail(ErrorKind::bad_input,
             "{}: found colour (chroma {}, {}) at column {}, row {}, expected a greyscale image",
             name, from[1] - 128, from[2] - 128, x, y);
      }
      to[x] = uint16_t(from[0] * 257);
    }
  }
  return grey;
}

struct Writer {
  jpeg_compress_struct info = {};
  ErrorManager errors = {};
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  Writer() { install(errors, info.err); }
  ~Writer() {
    jpeg_destroy_compress(&info);
    free(buffer);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  bool encode(const unsigned char* data, int width, int height, size_t step, int channels,
              int quality) {
    if (setjmp(errors.jump)) return false;
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &buffer, &size);
    info.image_width = JDIMENSION(width);
    info.image_height = JDIMENSION(height);
    info.input_components = channels;
    info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
      JSAMPROW row = const_cast<unsigned char*>(data) + step * info.next_scanline;
      jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    return true;
  }
};

}  // namespace

ImageHeader jpeg_header(std::string_view bytes, const std::string& name) {
  Reader reader(name);
  reader.open(bytes);
  return reader.header();
}

DecodedImage decode_jpeg(std::string_view bytes, const std::string& name) {
  Reader reader(name);
  reader.open(bytes);
  DecodedImage result{{}, 8};
  switch (reader.color_space()) {
    case JCS_GRAYSCALE:
      reader.decode().convertTo(result.pixels, CV_16U, 257);
      break;
    case JCS_YCbCr:
      result.pixels = luminance_of_neutral(reader.decode(), name);
      break;
    case JCS_RGB:
      result.pixels = grey_from_rgb(reader.decode(), 2, name);
      break;
    default:
      fail(ErrorKind::bad_input,
           "{}: found a JPEG of {} components (print colours?), expected a greyscale image", name,
           reader.components());
  }
  return result;
}

std::string encode_jpeg(const cv::Mat& pixels, int quality) {
  ensure(!pixels.empty() && (pixels.type() == CV_8UC1 || pixels.type() == CV_8UC3),
         "encode_jpeg: expected CV_8UC1 or CV_8UC3, got type {} of {} x {}", pixels.type(),
         pixels.cols, pixels.rows);
  Writer writer;
  const bool done =
      writer.encode(pixels.data, pixels.cols, pixels.rows, pixels.step, pixels.channels(), quality);
  ensure(done, "encode_jpeg: {}", writer.errors.message);
  return std::string(reinterpret_cast<const char*>(writer.buffer), writer.size);
}

}  // namespace mammograft
