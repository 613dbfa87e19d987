#include "dicom/jpeg_frame.h"

namespace mammograft {
namespace {

int byte_at(std::string_view stream, size_t at) { return static_cast<unsigned char>(stream[at]); }
int word_at(std::string_view stream, size_t at) {
  return byte_at(stream, at) << 8 | byte_at(stream, at + 1);
}

// SOF0 to SOF15 but for the tables between them (C4, C8, CC); F7 is JPEG-LS's.
bool is_frame(int marker) {
  if (marker == 0xF7) return true;
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool is_lossless(int marker) {
  return marker == 0xF7 || marker == 0xC3 || marker == 0xC7 || marker == 0xCB || marker == 0xCF;
}

bool has_no_length(int marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8); }

}  // namespace

std::optional<JpegFrame> jpeg_frame(std::string_view stream) {
  size_t at = 0;
  while (at + 4 <= stream.size()) {
    if (byte_at(stream, at) != 0xFF) return std::nullopt;
    const int marker = byte_at(stream, at + 1);
    if (marker == 0xFF) {  // padding
      ++at;
      continue;
    }
    at += 2;
    if (has_no_length(marker)) continue;
    if (is_frame(marker)) {
      if (at + 8 > stream.size()) return std::nullopt;
      return JpegFrame{byte_at(stream, at + 2), word_at(stream, at + 3), word_at(stream, at + 5),
                       byte_at(stream, at + 7), is_lossless(marker)};
    }
    at += static_cast<size_t>(word_at(stream, at));
  }
  return std::nullopt;
}

}  // namespace mammograft
