#include "dicom/rle_stream.h"

namespace mammograft {
namespace {

constexpr size_t kHeader = 64;  // the number of segments and 15 offsets

size_t little_word(std::string_view stream, size_t at) {
  size_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(stream[at + i]);
  return value;
}

// Bytes that one segment unpacks to, counted up to `enough`.
int64_t unpacked(std::string_view segment, int64_t enough) {
  int64_t count = 0;
  for (size_t at = 0; at < segment.size() && count < enough;) {
    const int code = static_cast<signed char>(segment[at]);
    if (code >= 0) {  // so many bytes and one follow as they are
      const size_t length = static_cast<size_t>(code) + 1;
      if (at + 1 + length > segment.size()) return count;
      count += static_cast<int64_t>(length);
      at += 1 + length;
    } else {
      if (code != -128) {
        if (at + 1 >= segment.size()) return count;
        count += 1 - code;
      }
      at += code == -128 ? 1 : 2;
    }
  }
  return count;
}

}  // namespace

bool rle_is_whole(std::string_view stream, int segments, int64_t bytes) {
  if (stream.size() < kHeader || little_word(stream, 0) != static_cast<size_t>(segments))
    return false;
  for (int i = 0; i < segments; ++i) {
    const size_t begin = little_word(stream, 4 * static_cast<size_t>(i + 1));
    const size_t end =
        i + 1 < segments ? little_word(stream, 4 * static_cast<size_t>(i + 2)) : stream.size();
    if (begin < kHeader || begin > end || end > stream.size()) return false;
    if (unpacked(stream.substr(begin, end - begin), bytes) < bytes) return false;
  }
  return true;
}

}  // namespace mammograft
