// How large a finding is.
#pragma once

#include <array>

#include "cohort/cohort.h"

namespace mammograft {

// Largest diameter of an annotation in millimetres: of its outline, else of its box.
double largest_diameter_mm(const Annotation& annotation, const std::array<double, 2>& spacing_mm);

}  // namespace mammograft
