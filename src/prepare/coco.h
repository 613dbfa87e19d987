// Any release that comes as a folder of images and a COCO JSON with boxes, polygons or RLE.
#pragma once

#include <filesystem>

#include "prepare/coco_options.h"

namespace mammograft {

// Status: what table, key or group say (one of normal_values: normal; normal, mass, other, unknown:
// that; any other word: mass where a mass is annotated, else other); where they say nothing, an
// image with an annotation is mass, one whose annotations are all of unselected categories other,
// the rest unknown. All selected categories become "mass" 1; crowd regions stay regions to ignore.
// usage: an option is wrong or the patient of an image is not known. bad_input: the JSON or the
// table is wrong, an image called normal carries a mass.
Cohort prepare_coco(const std::filesystem::path& json, const std::filesystem::path& images,
                    const std::filesystem::path& out, const CocoOptions& options,
                    Progress& progress);

}  // namespace mammograft
