// What all importers share: pixels to 16-bit PNG, the breast found, cohort.json written last.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "image/breast.h"

namespace mammograft {

struct ImportOptions {
  bool keep_going = false;
  BreastOptions breast;
  int threads = 0;  // 0: all cores; common to all stages, so not described below
  template <typename V>
  void fields(V&& v) {
    v("keep_going", keep_going, "report and skip images that cannot be read, instead of stopping");
    v.group("breast", breast);
  }
};

// One image of a release with what the release says of it, in the pixels of the release.
struct SourceImage {
  std::filesystem::path file;
  ImageRecord record;  // file_name: the wanted name in the cohort; id, sizes of the release
  std::vector<Annotation> annotations;
};

// A plan for a whole release.
struct Import {
  Json info = Json::object();
  std::vector<Category> categories;
  std::vector<SourceImage> images;
  std::optional<std::array<int, 2>> resize;  // width, height of all images in the cohort
};

// Name of an image in a cohort: "images/<stem, with its folders>.png".
std::string cohort_file_name(const std::filesystem::path& relative);

// Writes `out`: images/*.png in parallel, then cohort.json. A run that is killed or cancelled
// leaves no cohort.json; the same command then starts over. Annotations are scaled by `resize`;
// annotations without a mask get the ellipse inscribed in their box, clipped to the image; size_mm
// follows from the pixel spacing of the record, which is that of the cohort's pixels (after
// resizing). bad_input: an image that cannot be used or has another size than its record, two
// images with one name. With keep_going the former are skipped, warned of, and listed in
// info["skipped"]. usage: an image would overwrite its source. Whether `out` may hold a finished cohort
// is the caller's affair (stages/stage.h).
Cohort run_import(Import import, const std::filesystem::path& out, const ImportOptions& options,
                  Progress& progress);

// Largest diameter of an annotation in millimetres: of its outline, else of its box.
double largest_diameter_mm(const Annotation& annotation, const std::array<double, 2>& spacing_mm);

}  // namespace mammograft
