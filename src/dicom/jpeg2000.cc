#include "dicom/jpeg2000.h"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "core/error.h"
#include "image/codecs.h"

namespace mammograft {
namespace {

using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

constexpr size_t kBuffer = 1 << 20;

// Bytes in memory as OpenJPEG reads them.
struct Reader {
  std::string_view bytes;
  size_t at = 0;

  static OPJ_SIZE_T read(void* to, OPJ_SIZE_T count, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    const size_t n = std::min<size_t>(count, reader.bytes.size() - reader.at);
    if (n == 0) return static_cast<OPJ_SIZE_T>(-1);  // the end
    std::memcpy(to, reader.bytes.data() + reader.at, n);
    reader.at += n;
    return n;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    if (count < 0) return -1;
    const size_t n = std::min<size_t>(static_cast<size_t>(count), reader.bytes.size() - reader.at);
    reader.at += n;
    return n == 0 && count > 0 ? -1 : static_cast<OPJ_OFF_T>(n);
  }
  static OPJ_BOOL seek(OPJ_OFF_T at, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    if (at < 0 || static_cast<size_t>(at) > reader.bytes.size()) return OPJ_FALSE;
    reader.at = static_cast<size_t>(at);
    return OPJ_TRUE;
  }
};

struct Writer {
  std::vector<uint8_t> bytes;
  size_t at = 0;

  static OPJ_SIZE_T write(void* from, OPJ_SIZE_T count, void* self) {
    auto& writer = *static_cast<Writer*>(self);
    writer.bytes.resize(std::max(writer.bytes.size(), writer.at + count));
    std::memcpy(writer.bytes.data() + writer.at, from, count);
    writer.at += count;
    return count;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* self) {
    auto& writer = *static_cast<Writer*>(self);
    writer.at += static_cast<size_t>(count);
    return count;
  }
  static OPJ_BOOL seek(OPJ_OFF_T at, void* self) {
    static_cast<Writer*>(self)->at = static_cast<size_t>(at);
    return OPJ_TRUE;
  }
};

void remember(const char* message, void* text) {
  auto& all = *static_cast<std::string*>(text);
  if (!all.empty()) return;  // the first one is the cause
  all = message;
  while (!all.empty() && (all.back() == '\n' || all.back() == '.')) all.pop_back();
}

bool is_jp2(std::string_view bytes) {
  constexpr std::string_view kSignature("\0\0\0\x0cjP  ", 8);
  return bytes.substr(0, kSignature.size()) == kSignature;
}

cv::Mat plane_of(const opj_image_comp_t& component) {
  return cv::Mat(static_cast<int>(component.h), static_cast<int>(component.w), CV_32SC1,
                 component.data)
      .clone();
}

Jpeg2000Image planes_of(const opj_image_t& image, const std::string& name) {
  Jpeg2000Image result;
  for (OPJ_UINT32 i = 0; i < image.numcomps; ++i) {
    const opj_image_comp_t& component = image.comps[i];
    const bool same = component.w == image.comps[0].w && component.h == image.comps[0].h;
    if (!same || component.data == nullptr)
      fail(ErrorKind::bad_input, "{}: JPEG 2000: components of different sizes", name);
    result.components.push_back(plane_of(component));
  }
  result.precision = static_cast<int>(image.comps[0].prec);
  result.is_signed = image.comps[0].sgnd != 0;
  return result;
}

Image allocate(const cv::Mat& pixels, int bits, bool is_signed) {
  opj_image_cmptparm_t shape{};
  shape.dx = shape.dy = 1;
  shape.w = static_cast<OPJ_UINT32>(pixels.cols);
  shape.h = static_cast<OPJ_UINT32>(pixels.rows);
  shape.prec = static_cast<OPJ_UINT32>(bits);
  shape.sgnd = is_signed;
  Image image(opj_image_create(1, &shape, OPJ_CLRSPC_GRAY), opj_image_destroy);
  ensure(image != nullptr, "OpenJPEG: no image");
  image->x1 = shape.w;
  image->y1 = shape.h;
  OPJ_INT32* to = image->comps[0].data;
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* row = pixels.ptr<uint16_t>(y);
    for (int x = 0; x < pixels.cols; ++x)
      *to++ = is_signed ? static_cast<int16_t>(row[x]) : static_cast<OPJ_INT32>(row[x]);
  }
  return image;
}

}  // namespace

Jpeg2000Image decode_jpeg2000(std::string_view bytes, const std::string& name, int threads) {
  std::string problem;
  const Codec codec(opj_create_decompress(is_jp2(bytes) ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K),
                    opj_destroy_codec);
  opj_set_error_handler(codec.get(), remember, &problem);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_setup_decoder(codec.get(), &parameters);
  if (threads > 1) opj_codec_set_threads(codec.get(), threads);
  Reader reader{bytes};
  const Stream stream(opj_stream_create(kBuffer, OPJ_TRUE), opj_stream_destroy);
  opj_stream_set_user_data(stream.get(), &reader, nullptr);
  opj_stream_set_user_data_length(stream.get(), bytes.size());
  opj_stream_set_read_function(stream.get(), Reader::read);
  opj_stream_set_skip_function(stream.get(), Reader::skip);
  opj_stream_set_seek_function(stream.get(), Reader::seek);
  opj_image_t* found = nullptr;
  const bool has_header = opj_read_header(stream.get(), codec.get(), &found) == OPJ_TRUE;
  const Image image(found, opj_image_destroy);
  const auto give_up = [&] {
    fail(ErrorKind::bad_input, "{}: JPEG 2000: {}", name,
         problem.empty() ? "the stream is damaged or cut off" : problem);
  };
  if (!has_header || image == nullptr || image->numcomps == 0) give_up();
  check_image_size(name, image->comps[0].w, image->comps[0].h);
  if (opj_decode(codec.get(), stream.get(), image.get()) != OPJ_TRUE ||
      opj_end_decompress(codec.get(), stream.get()) != OPJ_TRUE)
    give_up();
  return planes_of(*image, name);
}

std::vector<uint8_t> encode_jpeg2000(const cv::Mat& pixels, int bits, bool is_signed) {
  const Image image = allocate(pixels, bits, is_signed);
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.cp_disto_alloc = 1;
  // No more halvings than the smaller side allows.
  while (parameters.numresolution > 1 &&
         std::min(pixels.rows, pixels.cols) < 1 << (parameters.numresolution - 1))
    --parameters.numresolution;
  const Codec codec(opj_create_compress(OPJ_CODEC_J2K), opj_destroy_codec);
  std::string problem;
  opj_set_error_handler(codec.get(), remember, &problem);
  Writer writer;
  const Stream stream(opj_stream_create(kBuffer, OPJ_FALSE), opj_stream_destroy);
  opj_stream_set_user_data(stream.get(), &writer, nullptr);
  opj_stream_set_write_function(stream.get(), Writer::write);
  opj_stream_set_skip_function(stream.get(), Writer::skip);
  opj_stream_set_seek_function(stream.get(), Writer::seek);
  const bool done = opj_setup_encoder(codec.get(), &parameters, image.get()) == OPJ_TRUE &&
                    opj_start_compress(codec.get(), image.get(), stream.get()) == OPJ_TRUE &&
                    opj_encode(codec.get(), stream.get()) == OPJ_TRUE &&
                    opj_end_compress(codec.get(), stream.get()) == OPJ_TRUE;
  ensure(done, "OpenJPEG: {}", problem);
  return std::move(writer.bytes);
}

}  // namespace mammograft
