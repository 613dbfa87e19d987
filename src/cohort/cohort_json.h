// Images and annotations as cohort.json has them (docs/formats.md).
#pragma once

#include <cstdint>

#include "cohort/cohort.h"

namespace mammograft {

Json image_to_json(const ImageRecord& image);
Json annotation_to_json(const Annotation& annotation, int64_t area);

}  // namespace mammograft
