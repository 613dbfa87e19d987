// Polygons: closed rings of points in pixel coordinates, the last point joined to the first.
#pragma once

#include <vector>

#include "image/box.h"

namespace mammograft {

using Polygon = std::vector<Point>;

double signed_area(const Polygon& polygon);  // px^2; > 0: clockwise as seen on screen (y down)
Box bounds(const Polygon& polygon);          // empty polygon: an empty box
Box bounds(const std::vector<Polygon>& polygons);  // at least one
Polygon ellipse(const Box& box, int points = 64);  // the ellipse inscribed in a box

}  // namespace mammograft
