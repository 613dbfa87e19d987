#include "cohort/spacing.h"

#include "core/error.h"

namespace mammograft {

std::array<double, 2> spacing_of(const ImageRecord& image, const std::vector<double>& fallback) {
  if (image.pixel_spacing_mm) return *image.pixel_spacing_mm;
  if (fallback.empty()) {
    fail(
        ErrorKind::bad_input,
        "image {} ({}): pixel_spacing_mm: found none, expected millimetres per pixel: give them to "
        "prepare (--mm-per-px), or to this command (the option in --help that ends in mm-per-px)",
        image.id, image.file_name);
  }
  const bool positive = fallback.front() > 0 && fallback.back() > 0;
  if (fallback.size() > 2 || !positive) {
    fail(ErrorKind::usage, "--mm-per-px: expected one or two positive numbers (row, column)");
  }
  return {fallback.front(), fallback.back()};
}

}  // namespace mammograft
