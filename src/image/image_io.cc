#include "image/image_io.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/text.h"
#include "image/codecs.h"

namespace mammograft {
namespace {

enum class Format { png, jpeg, pnm };

// What the files of the trade begin with that people hand in by mistake.
const char* known_beginning(std::string_view bytes) {
  static constexpr std::pair<std::string_view, const char*> known[] = {
      {"II*", "a TIFF image"},
      {"MM", "a TIFF image"},
      {"GIF8", "a GIF image"},
      {"BM", "a BMP image"},
      {"P1", "a PBM bitmap"},
      {"P4", "a PBM bitmap"},
      {"PK", "a zip archive"},
      {"%PDF", "a PDF document"},
      {"<?xml", "an XML document"},
      {"Iout", "a region of interest of ImageJ (.roi)"},
      {"\x04\x0bstreamtyped", "regions of interest of OsiriX or Horos (.roi)"},
      {"bplist00", "a property list, as OsiriX writes regions of interest"},
      {"ics_version", "the .ics text of a DDSM case"},
      {"TOTAL_ABNORMALITIES", "an OVERLAY of DDSM"},
      {{"\0\5\x16\7", 4}, "what macOS keeps beside a file (AppleDouble)"},
  };
  for (const auto& [beginning, name] : known) {
    if (bytes.starts_with(beginning)) return name;
  }
  return nullptr;
}

// By the first name in it: 30 bytes of a local header, then the name (APPNOTE.TXT 4.3.7).
bool holds_imagej_regions(std::string_view bytes) {
  constexpr size_t kHeader = 30;
  if (!bytes.starts_with("PK\3\4") || bytes.size() < kHeader) return false;
  const size_t length = static_cast<unsigned char>(bytes[26]);
  return bytes.substr(kHeader, length).ends_with(".roi");
}

// Whether its frame is that of the lossless process (SOF3, ITU-T T.81, table B.1), as DDSM's
// .LJPEG files have it.
bool is_lossless_jpeg(std::string_view bytes) {
  constexpr unsigned kSof3 = 0xC3, kScan = 0xDA;
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(bytes[at]); };
  size_t at = 2;  // behind the start of the image
  while (at + 4 <= bytes.size() && byte(at) == 0xFF && byte(at + 1) != kScan) {
    if (byte(at + 1) == kSof3) return true;
    at += byte(at + 1) == 0xFF ? 1 : 2 + size_t{byte(at + 2)} * 256 + byte(at + 3);
  }
  return false;
}

// What was handed in, by its kind; else the first bytes.
std::string describe(std::string_view bytes, const std::string& name) {
  if (bytes.size() >= 132 && bytes.substr(128, 4) == "DICM") return "a DICOM file";
  if (holds_imagej_regions(bytes)) return "a zip archive of ImageJ's regions of interest";
  if (const char* known = known_beginning(bytes)) return known;
  std::string text = "a file that begins with bytes";
  if (name.ends_with(".img") || name.ends_with(".LJPEG.1"))
    text = "what by its name are raw pixels without a header, beginning with bytes";
  for (const char c : bytes.substr(0, 4)) {
    text += fmt::format(" {:02x}", static_cast<unsigned char>(c));
  }
  return text;
}

Format recognise(std::string_view bytes, const std::string& name) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return Format::png;
  if (bytes.starts_with("\xff\xd8\xff")) {
    if (!is_lossless_jpeg(bytes)) return Format::jpeg;
    fail(ErrorKind::bad_input,
         "{}: found a lossless JPEG (DDSM's LJPEG), expected a PNG, JPEG, PGM or PPM image; "
         "CBIS-DDSM has these films as DICOM",
         name);
  }
  if (bytes.size() >= 3 && bytes[0] == 'P' && std::string_view("2356").find(bytes[1]) < 4 &&
      (std::isspace(static_cast<unsigned char>(bytes[2])) || bytes[2] == '#')) {
    return Format::pnm;
  }
  fail(ErrorKind::bad_input, "{}: found {}, expected a PNG, JPEG, PGM or PPM image", name,
       bytes.empty() ? "an empty file" : describe(bytes, name));
}

ImageHeader header_of(std::string_view bytes, const std::string& name) {
  switch (recognise(bytes, name)) {
    case Format::png:
      return png_header(bytes, name);
    case Format::jpeg:
      return jpeg_header(bytes, name);
    case Format::pnm:
      return pnm_header(bytes, name);
  }
  fail(ErrorKind::defect, "{}: unknown format", name);
}

template <typename T>
cv::Mat merge_channels(const cv::Mat& rgb, int tolerance, const std::string& name) {
  constexpr int scale = sizeof(T) == 1 ? 257 : 1;
  cv::Mat grey(rgb.size(), CV_16UC1);
  for (int y = 0; y < rgb.rows; ++y) {
    const T* from = rgb.ptr<T>(y);
    uint16_t* to = grey.ptr<uint16_t>(y);
    for (int x = 0; x < rgb.cols; ++x, from += 3) {
      const auto [low, high] = std::minmax({from[0], from[1], from[2]});
      if (high - low > tolerance) {
        fail(ErrorKind::bad_input,
             "{}: found colour ({}, {}, {}) at column {}, row {}, expected a greyscale image", name,
             int(from[0]), int(from[1]), int(from[2]), x, y);
      }
      // The median of three nearly equal values stands for their luminance.
      to[x] = uint16_t((from[0] + from[1] + from[2] - low - high) * scale);
    }
  }
  return grey;
}

}  // namespace

void check_image_size(const std::string& name, int64_t width, int64_t height) {
  if (width < 1 || height < 1) {
    fail(ErrorKind::bad_input, "{}: size: found {} x {}, expected at least 1 x 1 pixel", name,
         width, height);
  }
  if (width > kMaxPixels || height > kMaxPixels || width * height > kMaxPixels) {
    fail(ErrorKind::bad_input, "{}: size: found {} x {}, expected at most {} pixels", name, width,
         height, kMaxPixels);
  }
}

cv::Mat grey_from_rgb(const cv::Mat& rgb, int tolerance, const std::string& name) {
  return rgb.depth() == CV_8U ? merge_channels<uint8_t>(rgb, tolerance, name)
                              : merge_channels<uint16_t>(rgb, tolerance, name);
}

DecodedImage read_image(const std::filesystem::path& path) {
  const std::string bytes = read_file(path), name = path.string();
  switch (recognise(bytes, name)) {
    case Format::png:
      return decode_png(bytes, name);
    case Format::jpeg:
      return decode_jpeg(bytes, name);
    case Format::pnm:
      return decode_pnm(bytes, name);
  }
  fail(ErrorKind::defect, "{}: unknown format", name);
}

ImageHeader read_image_header(const std::filesystem::path& path) {
  std::string start(1 << 16, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(start.data(), std::streamsize(start.size()));
  start.resize(size_t(std::max<std::streamsize>(file.gcount(), 0)));
  // A short file, none at all, or a folder: read_file names what is wrong.
  if (start.size() < (1 << 16)) return header_of(read_file(path), path.string());
  try {
    return header_of(start, path.string());
  } catch (const Error&) {  // long comments or metadata before the size
    return header_of(read_file(path), path.string());
  }
}

void write_png(const std::filesystem::path& path, const cv::Mat& pixels, int compression) {
  write_file(path, encode_png(pixels, compression));
}

void write_jpeg(const std::filesystem::path& path, const cv::Mat& pixels, int quality) {
  write_file(path, encode_jpeg(pixels, quality));
}

bool looks_like_image(const std::filesystem::path& path) {
  const std::string suffix = lower_case(path.extension().string());
  static constexpr std::array<std::string_view, 5> known = {".png", ".jpg", ".jpeg", ".pgm",
                                                            ".ppm"};
  return std::find(known.begin(), known.end(), suffix) != known.end();
}

}  // namespace mammograft
