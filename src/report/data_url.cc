#include "report/data_url.h"

#include <cstdint>

#include "core/error.h"

namespace mammograft {
namespace {

const char* media_type(const std::string& picture) {
  if (picture.rfind("\xff\xd8\xff", 0) == 0) return "image/jpeg";
  if (picture.rfind("\x89PNG\r\n", 0) == 0) return "image/png";
  fail(ErrorKind::defect, "a picture of a page: found neither PNG nor JPEG");
}

}  // namespace

std::string data_url(const std::string& picture) {
  return std::string("data:") + media_type(picture) + ";base64," + base64(picture);
}

std::string base64(const std::string& bytes) {
  static const char* const digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += k <= left ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

}  // namespace mammograft
