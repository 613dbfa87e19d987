// The side of an image at which the chest wall is, as an import recorded it.
#pragma once

#include <optional>

#include "cohort/cohort.h"

namespace mammograft {

// acquisition.chest_wall, "left" or "right"; nothing where it is absent or something else.
std::optional<bool> recorded_chest_wall_left(const ImageRecord& image);

}  // namespace mammograft
