// What all importers share: pixels to 16-bit PNG, the breast found, cohort.json written last.
#pragma once

#include <filesystem>
#include <string>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "prepare/import_options.h"
#include "prepare/import_plan.h"

namespace mammograft {

// Name of an image in a cohort: "images/<stem, with its folders>.png". Throws as inner_name().
std::string cohort_file_name(const std::filesystem::path& relative);

// Checks the plan (prepare/import_check.h), then writes `out`: images/*.png in parallel, one
// in memory on each core, then cohort.json. A run that is killed or cancelled leaves no cohort.json
// but out/import.jsonl: the same command goes on from there and ends in the same bytes; another
// plan is a usage error. Annotations are scaled by `resize`; annotations without a mask get the
// ellipse inscribed in their box, clipped to the image, and with options.outlines "refine" the
// mass's own outline where one is found (prepare/refine.h); size_mm follows from the pixel spacing
// of the record, which is that of the cohort's pixels (after resizing). bad_input: what the check
// finds, an image that cannot be read. With keep_going these are skipped, warned of, and listed in
// info["skipped"]. usage: an image would overwrite its source. Whether `out` may hold a finished
// cohort is the caller's affair (stages/stage.h). With options.shard only the patients of that
// shard are brought, under the ids that they have in the whole, and out/shard.json says which
// (prepare/import_shard.h); it may have none.
Cohort run_import(Import import, const std::filesystem::path& out, const ImportOptions& options,
                  Progress& progress);

}  // namespace mammograft
