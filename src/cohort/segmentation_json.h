// Boxes and masks in COCO's JSON: xywh, flat polygons, run lengths as a list or as a string. Shared
// by the readers and writers of cohort.json and detections.json.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "image/box.h"
#include "image/polygon.h"
#include "image/rle.h"

namespace mammograft {

// [x, y, width, height]; bad_input unless four finite numbers with sizes >= 0.
Box box_from_json(const JsonView& view);
Json box_to_json(const Box& box);

// [[x, y, x, y, ...], ...] with three points or more each.
std::vector<Polygon> polygons_from_json(const JsonView& view);

// The same of a file that others wrote: parts of less than three points, which annotation tools
// leave beside the outline, are left out. `strays`: where the first stood; empty without one.
std::vector<Polygon> outline_from_json(const JsonView& view, std::string& strays);
Json polygons_to_json(const std::vector<Polygon>& polygons);

// {"size": [height, width], "counts": [...] or "..."}; bad_input when the runs do not add up.
Rle rle_from_json(const JsonView& view);
Json rle_to_json(const Rle& rle);

}  // namespace mammograft
