// Portable grey and pixel maps (netpbm): P2, P3 in text, P5, P6 in bytes, one or two a sample.
#include <bit>

#include "core/error.h"
#include "image/codecs.h"

namespace mammograft {
namespace {

class Scanner {
 public:
  Scanner(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  // The next unsigned number in text, after white space and comments.
  uint32_t number(const char* field) {
    skip_space();
    if (at_ >= bytes_.size()) {
      fail(ErrorKind::bad_input, "{}: {}: found the end of the file, expected a number", name_,
           field);
    }
    uint64_t value = 0;
    const size_t start = at_;
    while (at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9' && value < (1u << 31)) {
      value = value * 10 + uint64_t(bytes_[at_++] - '0');
    }
    if (at_ == start || value >= (1u << 31)) {
      fail(ErrorKind::bad_input, "{}: {}: found byte {}, expected a number below 2^31", name_,
           field, int(static_cast<unsigned char>(bytes_[std::min(at_, bytes_.size() - 1)])));
    }
    return uint32_t(value);
  }
  void skip(size_t count) { at_ = std::min(at_ + count, bytes_.size()); }
  std::string_view rest() const { return bytes_.substr(at_); }

 private:
  void skip_space() {
    bool comment = false;
    for (; at_ < bytes_.size(); ++at_) {
      const char c = bytes_[at_];
      if (c == '#') comment = true;
      if (c == '\n' || c == '\r') comment = false;
      if (!comment && !(c == ' ' || (c >= '\t' && c <= '\r'))) return;
    }
  }
  std::string_view bytes_;
  std::string name_;
  size_t at_ = 2;  // after "P5"
};

struct Header {
  int width, height;
  uint32_t maximum;
};

Header read_header(Scanner& scanner, const std::string& name) {
  const uint32_t width = scanner.number("width"), height = scanner.number("height");
  check_image_size(name, width, height);
  const uint32_t maximum = scanner.number("maximum");
  if (maximum < 1 || maximum > 65535) {
    fail(ErrorKind::bad_input, "{}: maximum: found {}, expected 1 to 65535", name, maximum);
  }
  return {int(width), int(height), maximum};
}

// Fills `samples` in file order by calling next(), and refuses values above the maximum.
template <typename Next>
void fill(cv::Mat& samples, uint32_t maximum, const std::string& name, Next next) {
  const int per_row = samples.cols * samples.channels();
  for (int y = 0; y < samples.rows; ++y) {
    uint16_t* row = samples.ptr<uint16_t>(y);
    for (int x = 0; x < per_row; ++x) {
      const uint32_t value = next();
      if (value > maximum) {
        fail(ErrorKind::bad_input, "{}: sample in row {}: found {}, expected at most {}", name, y,
             value, maximum);
      }
      row[x] = uint16_t((value * 65535u + maximum / 2) / maximum);
    }
  }
}

}  // namespace

ImageHeader pnm_header(std::string_view bytes, const std::string& name) {
  Scanner scanner(bytes, name);
  const Header header = read_header(scanner, name);
  return {header.width, header.height};
}

DecodedImage decode_pnm(std::string_view bytes, const std::string& name) {
  if (bytes.size() < 2)
    fail(ErrorKind::bad_input, "{}: found {} bytes, expected a PGM or PPM image", name,
         bytes.size());
  const char kind = bytes[1];
  Scanner scanner(bytes, name);
  const auto [width, height, maximum] = read_header(scanner, name);
  const int channels = kind == '3' || kind == '6' ? 3 : 1;
  const bool text = kind == '2' || kind == '3';
  if (!text) scanner.skip(1);  // exactly one white space before the samples
  const size_t count = size_t(width) * size_t(height) * size_t(channels);
  const size_t need = text ? 2 * count - 1 : count * (maximum > 255 ? 2 : 1);
  if (scanner.rest().size() < need) {
    fail(ErrorKind::bad_input, "{}: found {} bytes of samples, expected {}{} (truncated)", name,
         scanner.rest().size(), text ? "at least " : "", need);
  }
  cv::Mat samples(height, width, CV_16UC(channels));
  const auto* bytes_at = reinterpret_cast<const unsigned char*>(scanner.rest().data());
  if (text) {
    fill(samples, maximum, name, [&] { return scanner.number("sample"); });
  } else if (maximum > 255) {  // most significant byte first
    fill(samples, maximum, name, [&] {
      const uint32_t value = uint32_t(bytes_at[0]) << 8 | bytes_at[1];
      bytes_at += 2;
      return value;
    });
  } else {
    fill(samples, maximum, name, [&] { return uint32_t(*bytes_at++); });
  }
  DecodedImage result;
  result.pixels = channels == 1 ? samples : grey_from_rgb(samples, 0, name);
  result.original_bits = int(std::bit_width(maximum));
  return result;
}

}  // namespace mammograft
