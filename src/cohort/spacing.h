// The physical size of pixels, known from the image or told by the user.
#pragma once

#include <array>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

// Millimetres per pixel, row and column. `fallback` (--mm-per-px: one value, or row and column)
// stands in where the image has none; bad_input naming the image and the option when that is empty,
// usage when it is neither one nor two positive numbers.
std::array<double, 2> spacing_of(const ImageRecord& image, const std::vector<double>& fallback);

}  // namespace mammograft
