// One finding that was outlined in several pieces.
#pragma once

#include <cstddef>
#include <vector>

#include "image/polygon.h"

namespace mammograft {

// Groups of the outlines (by their places in `outlines`, ascending) whose pixels overlap or touch
// by sides or corners, directly or through others of the group. An outline whose pixels all lie
// within another one's adds nothing to their union and stands in no group. Outlines are of three
// points and more, coordinates finite.
std::vector<std::vector<size_t>> joined_outlines(const std::vector<Polygon>& outlines);

}  // namespace mammograft
