#include "image/exif.h"

#include <cstddef>
#include <cstdint>

namespace mammograft {

namespace {

constexpr unsigned kOrientationTag = 0x0112, kShort = 3;
constexpr size_t kEntryBytes = 12;

// Numbers of a TIFF structure, in the byte order that its first bytes name; 0 beyond its end.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes), big_endian_(bytes.starts_with("MM")) {}

  uint32_t number(size_t at, size_t size) const {
    uint32_t value = 0;
    for (size_t i = 0; i < size && at + size <= bytes_.size(); ++i) {
      const size_t place = big_endian_ ? at + i : at + size - 1 - i;
      value = value << 8 | static_cast<unsigned char>(bytes_[place]);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  bool big_endian_;
};

}  // namespace

int exif_orientation(std::string_view tiff) {
  const Tiff numbers(tiff);
  if (!tiff.starts_with("II") && !tiff.starts_with("MM")) return 1;
  if (numbers.number(2, 2) != 42) return 1;
  const size_t directory = numbers.number(4, 4);
  const size_t count = numbers.number(directory, 2);
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = directory + 2 + kEntryBytes * i;
    if (numbers.number(entry, 2) != kOrientationTag) continue;
    const uint32_t value = numbers.number(entry + 8, 2);
    const bool known = numbers.number(entry + 2, 2) == kShort && value >= 1 && value <= 8;
    return known ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace mammograft
