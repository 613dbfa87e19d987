#include "dicom/stored_pixels.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <bit>
#include <cmath>

#include "core/error.h"
#include "dicom/jpeg2000.h"
#include "dicom/jpeg_frame.h"
#include "dicom/rle_stream.h"
#include "dicom/transfer_syntax.h"
#include "image/codecs.h"

namespace mammograft {
namespace {

// What the header says of the pixels.
struct Layout {
  int rows = 0, columns = 0, samples = 1;
  int allocated = 16, stored = 16, high_bit = 15;
  bool is_signed = false;
  std::string photometric;
  bool jpeg2000 = false;
};

int required(const DicomFile& file, Tag tag, const char* name, int64_t lowest, int64_t highest) {
  const std::optional<int64_t> value = file.data().integer(tag);
  if (!value) fail(ErrorKind::bad_input, "{}: {}: missing", file.name(), name);
  if (*value < lowest || *value > highest) {
    fail(ErrorKind::bad_input, "{}: {}: found {}, expected {} to {}", file.name(), name, *value,
         lowest, highest);
  }
  return static_cast<int>(*value);
}

void check_encoding(const DicomFile& file) {
  const std::string uid = file.transfer_syntax();
  if (!can_decode(uid)) {
    fail(ErrorKind::bad_input,
         "{}: its pixels are encoded as {} ({}), which is not read; convert the file first, e.g. "
         "with gdcmconv --raw or dcmdjpeg",
         file.name(), transfer_syntax_name(uid), uid);
  }
}

// A stream of some bytes may say that it is a picture of gigabytes. Mammograms have 30 million
// pixels at most.
void check_size(const DicomFile& file, const Layout& layout) {
  constexpr int64_t kMost = int64_t{1} << 26;
  if (int64_t{layout.rows} * layout.columns <= kMost) return;
  fail(ErrorKind::bad_input, "{}: Rows and Columns: found {} x {}, expected at most {} pixels",
       file.name(), layout.rows, layout.columns, kMost);
}

Layout layout_of(const DicomFile& file) {
  const DataSet data = file.data();
  if (!data.exists(tags::kPixelData))
    fail(ErrorKind::bad_input, "{}: holds no pixels", file.name());
  check_encoding(file);
  Layout layout;
  layout.rows = required(file, tags::kRows, "Rows", 1, 65535);
  layout.columns = required(file, tags::kColumns, "Columns", 1, 65535);
  check_size(file, layout);
  const int64_t frames = data.integer(tags::kNumberOfFrames).value_or(1);
  if (frames > 1) {
    fail(ErrorKind::bad_input, "{}: found {} frames (tomosynthesis?), expected a single picture",
         file.name(), frames);
  }
  layout.photometric = data.text(tags::kPhotometricInterpretation);
  layout.samples = static_cast<int>(data.integer(tags::kSamplesPerPixel).value_or(1));
  if (layout.samples != 1 && layout.samples != 3) {
    fail(ErrorKind::bad_input, "{}: Samples per Pixel: found {}, expected 1 or 3", file.name(),
         layout.samples);
  }
  layout.allocated = required(file, tags::kBitsAllocated, "Bits Allocated", 1, 64);
  if (layout.allocated != 8 && layout.allocated != 16) {
    fail(ErrorKind::bad_input, "{}: Bits Allocated: found {}, expected 8 or 16", file.name(),
         layout.allocated);
  }
  const auto or_all = [&](Tag tag, int fallback) {
    const int64_t value = data.integer(tag).value_or(fallback);
    return value >= 1 && value <= layout.allocated ? static_cast<int>(value) : layout.allocated;
  };
  layout.stored = or_all(tags::kBitsStored, layout.allocated);
  layout.high_bit = static_cast<int>(data.integer(tags::kHighBit).value_or(layout.stored - 1));
  layout.is_signed = data.integer(tags::kPixelRepresentation).value_or(0) == 1;
  layout.jpeg2000 = is_jpeg2000(file.transfer_syntax());
  return layout;
}

[[noreturn]] void damaged(const DicomFile& file, const char* why) {
  fail(ErrorKind::bad_input, "{}: the pixels ({}) cannot be decoded: {}", file.name(),
       transfer_syntax_name(file.transfer_syntax()), why);
}

DcmPixelData& pixel_data(const DicomFile& file) {
  DcmElement* element = nullptr;
  file.format().getDataset()->findAndGetElement(DCM_PixelData, element);
  auto* pixels = dynamic_cast<DcmPixelData*>(element);
  if (pixels == nullptr) {
    fail(ErrorKind::bad_input,
         "{}: Pixel Data: found the value representation {}, expected OB or OW", file.name(),
         element == nullptr ? "?" : DcmVR(element->getVR()).getVRName());
  }
  return *pixels;
}

// The compressed stream, which may lie in several fragments.
std::string fragments(const DicomFile& file) {
  DcmPixelData& pixels = pixel_data(file);
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter* parameter = nullptr;
  pixels.getOriginalRepresentationKey(syntax, parameter);
  DcmPixelSequence* sequence = nullptr;
  if (pixels.getEncapsulatedRepresentation(syntax, parameter, sequence).bad() ||
      sequence == nullptr)
    damaged(file, "no encapsulated stream");
  std::string bytes;
  for (unsigned long i = 1; i < sequence->card(); ++i) {  // 0: the table of offsets
    DcmPixelItem* item = nullptr;
    Uint8* part = nullptr;
    if (sequence->getItem(item, i).bad() || item == nullptr) damaged(file, "a fragment is missing");
    if (item->getLength() == 0) continue;
    if (item->getUint8Array(part).bad() || part == nullptr) damaged(file, "a fragment is cut off");
    bytes.append(reinterpret_cast<const char*>(part), item->getLength());
  }
  return bytes;
}

[[noreturn]] void contradicts(const DicomFile& file, const char* what, int header, int stream) {
  fail(ErrorKind::bad_input, "{}: {}: the header says {}, the compressed stream {}", file.name(),
       what, header, stream);
}

// A JPEG stream must be the picture that the header describes. 8 bits in words of 16 are read as
// bytes: `layout` becomes that.
void check_jpeg(const DicomFile& file, Layout& layout) {
  const std::optional<JpegFrame> frame = jpeg_frame(fragments(file));
  if (!frame) damaged(file, "the stream has no frame header");
  if (frame->rows != layout.rows && frame->rows != 0)
    contradicts(file, "Rows", layout.rows, frame->rows);
  if (frame->columns != layout.columns)
    contradicts(file, "Columns", layout.columns, frame->columns);
  if (frame->components != layout.samples)
    contradicts(file, "Samples per Pixel", layout.samples, frame->components);
  if (frame->precision > layout.allocated)
    contradicts(file, "Bits Allocated", layout.allocated, frame->precision);
  const std::string uid = file.transfer_syntax();
  const bool lossy = uid == transfer_syntax::kJpegBaseline || uid == transfer_syntax::kJpegExtended;
  if (frame->lossless == lossy) damaged(file, "the stream is of another kind than the syntax says");
  if (frame->precision > 8 || layout.allocated == 8) return;
  DcmDataset* data = file.format().getDataset();
  data->putAndInsertUint16(DCM_BitsAllocated, 8);
  data->putAndInsertUint16(DCM_BitsStored, 8);
  data->putAndInsertUint16(DCM_HighBit, 7);
  layout.allocated = 8;
  layout.stored = std::min(layout.stored, 8);
  layout.high_bit = layout.stored - 1;
}

void check_stream(const DicomFile& file, Layout& layout) {
  const std::string uid = file.transfer_syntax();
  if (uid == transfer_syntax::kRle) {
    const int64_t pixels = int64_t{layout.rows} * layout.columns;
    if (!rle_is_whole(fragments(file), layout.samples * layout.allocated / 8, pixels))
      damaged(file, "the stream is cut off");
  } else if (can_decode(uid) && is_jpeg_family(uid)) {
    check_jpeg(file, layout);
  }
}

// Interleaved samples as they are decoded, [rows, columns] of `allocated` bits.
cv::Mat decoded_samples(const DicomFile& file, Layout& layout) {
  check_stream(file, layout);
  DcmPixelData& pixels = pixel_data(file);
  DcmDataset* data = file.format().getDataset();
  Uint32 size = 0;
  if (const OFCondition known = pixels.getUncompressedFrameSize(data, size); known.bad())
    damaged(file, known.text());
  cv::Mat samples(layout.rows, layout.columns,
                  CV_MAKETYPE(layout.allocated == 8 ? CV_8U : CV_16U, layout.samples));
  const size_t expected = samples.total() * samples.elemSize();
  if (size != expected) damaged(file, "their number does not fit Rows and Columns");
  std::vector<uint8_t> padded;  // DCMTK fills an even number of bytes
  uint8_t* to = samples.data;
  if (size % 2 != 0) to = (padded.resize(size + 1), padded.data());
  Uint32 fragment = 0;
  OFString colours;
  const OFCondition read =
      pixels.getUncompressedFrame(data, 0, fragment, to, size + size % 2, colours);
  if (read.bad()) damaged(file, read.text());
  if (!padded.empty()) std::copy_n(padded.begin(), size, samples.data);
  if (layout.samples == 3 && colours != "RGB") {
    fail(ErrorKind::bad_input, "{}: Photometric Interpretation: found {}, expected {}", file.name(),
         "another kind of colour", "MONOCHROME1, MONOCHROME2 or RGB");
  }
  return samples;
}

// Colour by plane -> by pixel. Only native encodings and RLE keep planes apart.
cv::Mat interleaved(const DicomFile& file, const Layout& layout, const cv::Mat& samples) {
  const bool by_plane = file.data().integer(tags::kPlanarConfiguration).value_or(0) == 1;
  const bool native = !is_jpeg_family(file.transfer_syntax());
  if (layout.samples == 1 || !by_plane || !native) return samples;
  std::vector<cv::Mat> planes;
  const size_t plane = samples.total() * samples.elemSize1();
  for (size_t i = 0; i < 3; ++i)
    planes.emplace_back(samples.rows, samples.cols, samples.depth(), samples.data + i * plane);
  cv::Mat merged;
  cv::merge(planes, merged);
  return merged;
}

cv::Mat words_of(const cv::Mat& samples) {
  cv::Mat words;
  samples.convertTo(words, CV_16U);
  return words;
}

int bits_for(int largest) { return std::bit_width(static_cast<unsigned>(std::max(1, largest))); }

// Old files keep an overlay in bits that the pixels leave; today's overlays are apart: one bit
// allocated, at position 0 (PS3.5 8.1.2).
bool has_overlay_bits(const DataSet& data) {
  return data.integer(tags::kOverlayBitPosition).value_or(0) > 0 ||
         data.integer(tags::kOverlayBitsAllocated).value_or(1) > 1;
}

// Whether all bits but the `stored` ones from `shift` on are zero.
bool holds_values_at(const cv::Mat& words, int shift, int stored) {
  const unsigned outside = ~(((1u << stored) - 1) << shift) & 0xffff;
  for (int y = 0; y < words.rows; ++y) {
    const auto* row = words.ptr<uint16_t>(y);
    for (int x = 0; x < words.cols; ++x) {
      if (row[x] & outside) return false;
    }
  }
  return true;
}

// Bits outside of those that are stored: an overlay of old files, or High Bit or Bits Stored is
// wrong.
void settle_bits(const DicomFile& file, Layout& layout, cv::Mat& words, StoredPixels& pixels) {
  const int shift = std::clamp(layout.high_bit + 1 - layout.stored, 0, 16 - layout.stored);
  if (layout.stored == 16) return;
  const int mask = (1 << layout.stored) - 1;
  const bool overlay = has_overlay_bits(file.data());
  const bool shifted =
      shift > 0 && (layout.is_signed || holds_values_at(words, shift, layout.stored));
  if (overlay || shifted) {
    words.forEach<uint16_t>([&](uint16_t& v, const int*) { v = uint16_t(v >> shift & mask); });
    return;
  }
  if (layout.is_signed) return;  // sign bits fill the word, or do not; both are read
  if (shift > 0) {
    pixels.warnings.push_back(
        fmt::format("High Bit is {}, but values have bits below it: they are taken as they are",
                    layout.high_bit));
  }
  double largest = 0;
  cv::minMaxLoc(words, nullptr, &largest);
  if (largest <= mask) return;
  pixels.warnings.push_back(
      fmt::format("Bits Stored is {}, but values go up to {:.0f}: they are taken as they are",
                  layout.stored, largest));
  layout.stored = bits_for(static_cast<int>(largest));
}

// Two's complement of `bits` bits in words.
cv::Mat as_signed(const cv::Mat& words, int bits) {
  cv::Mat values(words.size(), CV_16SC1);
  const int unused = 16 - bits;
  for (int y = 0; y < words.rows; ++y) {
    const auto* from = words.ptr<uint16_t>(y);
    auto* to = values.ptr<int16_t>(y);
    for (int x = 0; x < words.cols; ++x)
      to[x] = static_cast<int16_t>(static_cast<int16_t>(from[x] << unused) >> unused);
  }
  return values;
}

// The header and the stream differ: the fewer bits, unless the values need more.
void settle_precision(const Jpeg2000Image& image, Layout& layout, StoredPixels& pixels) {
  const int fewer = std::min(image.precision, layout.stored);
  const int more = std::max(image.precision, layout.stored);
  double low = 0, high = 0;
  cv::minMaxLoc(image.components.front(), &low, &high);
  const double end = std::exp2(fewer), half = end / 2;
  const bool fit = image.is_signed ? low >= -half && high < half : high < end;
  pixels.warnings.push_back(
      fmt::format("Bits Stored is {}, but the JPEG 2000 stream has {}: {} are taken", layout.stored,
                  image.precision, fit ? fewer : more));
  layout.stored = fit ? fewer : more;
}

cv::Mat jpeg2000_words(const DicomFile& file, int threads, Layout& layout, StoredPixels& pixels) {
  const Jpeg2000Image image = decode_jpeg2000(fragments(file), file.name(), threads);
  const cv::Mat& first = image.components.front();
  if (first.rows != layout.rows || first.cols != layout.columns) {
    fail(ErrorKind::bad_input,
         "{}: Rows and Columns: found {} x {}, the JPEG 2000 stream has {} x {}", file.name(),
         layout.rows, layout.columns, first.rows, first.cols);
  }
  if (image.precision > layout.allocated)
    contradicts(file, "Bits Allocated", layout.allocated, image.precision);
  if (image.precision != layout.stored) settle_precision(image, layout, pixels);
  if (image.is_signed != layout.is_signed) {
    pixels.warnings.push_back(fmt::format(
        "Pixel Representation says {}, but the JPEG 2000 stream is {}: Pixel Representation is "
        "believed",
        layout.is_signed ? "signed" : "unsigned", image.is_signed ? "signed" : "unsigned"));
  }
  layout.high_bit = layout.stored - 1;
  const int mask = (1 << layout.stored) - 1;  // a signed stream's values may be below zero
  std::vector<cv::Mat> planes;
  for (const cv::Mat& component : image.components) {
    cv::Mat words(component.size(), CV_16UC1);
    for (int y = 0; y < component.rows; ++y) {
      const auto* from = component.ptr<int32_t>(y);
      auto* to = words.ptr<uint16_t>(y);
      for (int x = 0; x < component.cols; ++x) to[x] = static_cast<uint16_t>(from[x] & mask);
    }
    planes.push_back(words);
  }
  if (static_cast<int>(planes.size()) != layout.samples) {
    fail(ErrorKind::bad_input, "{}: Samples per Pixel: found {}, the JPEG 2000 stream has {}",
         file.name(), layout.samples, planes.size());
  }
  if (planes.size() == 1) return planes.front();
  cv::Mat merged;
  cv::merge(planes, merged);
  return merged;
}

cv::Mat grey_of(const DicomFile& file, const cv::Mat& colour, const Layout& layout) {
  if (layout.photometric == "PALETTE COLOR") {
    fail(ErrorKind::bad_input, "{}: Photometric Interpretation: found {}, expected {}", file.name(),
         "a palette", "MONOCHROME1 or MONOCHROME2");
  }
  return colour.channels() == 1 ? colour : grey_from_rgb(colour, /*tolerance=*/0, file.name());
}

}  // namespace

StoredPixels decode_pixels(const DicomFile& file, int threads) {
  Layout layout = layout_of(file);
  StoredPixels pixels;
  cv::Mat words;
  if (layout.jpeg2000) {
    words = grey_of(file, jpeg2000_words(file, threads, layout, pixels), layout);
  } else {
    const cv::Mat samples = interleaved(file, layout, decoded_samples(file, layout));
    if (layout.samples == 3 && layout.allocated == 8) layout.stored = 16;  // as grey: full scale
    words = words_of(grey_of(file, samples, layout));
    settle_bits(file, layout, words, pixels);
  }
  pixels.bits = layout.stored;
  pixels.is_signed = layout.is_signed;
  pixels.values = layout.is_signed ? as_signed(words, layout.stored) : words;
  return pixels;
}

}  // namespace mammograft
