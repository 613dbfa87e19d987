// What an import learns of an image from its pixels, so that a killed import need not read them
// again.
#pragma once

#include <string>

#include "cohort/cohort.h"
#include "core/json.h"
#include "prepare/import_options.h"
#include "prepare/import_plan.h"

namespace mammograft {

// `acquisition`, `breast_bbox`, `breast_contour` and `pectoral_contour`, as in cohort.json.
Json pixel_facts_to_json(const ImageRecord& record);
void pixel_facts_from_json(const JsonView& view, ImageRecord& record);

// Of everything that decides what the import writes, but for the pixels.
std::string plan_digest(const Import& import, const ImportOptions& options);

}  // namespace mammograft
