// What all importers share: pixels to 16-bit PNG, the breast found, cohort.json written last.
#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "dicom/grey.h"
#include "image/breast.h"
#include "prepare/import_plan.h"

namespace mammograft {

struct ImportOptions {
  bool keep_going = false;
  BreastOptions breast;
  GreyOptions grey;
  int threads = 0;  // 0: all cores; common to all stages, so not described below
  template <typename V>
  void fields(V&& v) {
    v("keep_going", keep_going, "report and skip images that cannot be read, instead of stopping");
    v.group("breast", breast);
    grey.fields(v);  // of DICOM files
  }
};

// Name of an image in a cohort: "images/<stem, with its folders>.png".
std::string cohort_file_name(const std::filesystem::path& relative);

// Checks the plan (prepare/import_check.h), then writes `out`: images/*.png in parallel, then
// cohort.json. A run that is killed or cancelled
// leaves no cohort.json; the same command then starts over. Annotations are scaled by `resize`;
// annotations without a mask get the ellipse inscribed in their box, clipped to the image; size_mm
// follows from the pixel spacing of the record, which is that of the cohort's pixels (after
// resizing). bad_input: what the check finds, an image that cannot be read. With keep_going these
// are skipped, warned of, and listed in info["skipped"]. usage: an image would overwrite its
// source. Whether `out` may hold a finished cohort is the caller's affair (stages/stage.h).
Cohort run_import(Import import, const std::filesystem::path& out, const ImportOptions& options,
                  Progress& progress);

// Largest diameter of an annotation in millimetres: of its outline, else of its box.
double largest_diameter_mm(const Annotation& annotation, const std::array<double, 2>& spacing_mm);

}  // namespace mammograft
