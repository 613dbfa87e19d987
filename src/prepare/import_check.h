// What can be known of an import before its work begins.
#pragma once

#include <filesystem>

#include "core/progress.h"
#include "prepare/import_options.h"
#include "prepare/import_plan.h"

namespace mammograft {

// Throws bad_input or io for the first image that cannot be imported: text that is not UTF-8 (no
// cohort.json could hold it), a finding outside the image, a file that is missing, is no image or
// has another size than its record (it says so where EXIF's orientation explains the sizes), two
// images with one name. With keep_going these images are skipped; bad_input where none is left.
// usage where an image of `out` would overwrite its source, or options are out of range. Warns of
// annotated images that viewers turn by EXIF's orientation: pixels are taken as they are stored.
// Files whose size was read are not opened again.
void check_import(Import& import, const std::filesystem::path& out, const ImportOptions& options,
                  Progress& progress);

}  // namespace mammograft
