// VinDr-Mammo (Nguyen et al. 2023): digital mammograms with boxes, 5000 exams of four views.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dicom/mammogram.h"
#include "prepare/import.h"

namespace mammograft {

struct VindrOptions : ImportOptions {
  std::vector<std::string> normal_birads = {"1"};
  SelectionOptions selection;
  template <typename V>
  void fields(V&& v) {
    v("normal_birads", normal_birads,
      "BI-RADS of a breast whose images without a marked finding are normal; the release marks no "
      "benign findings, so that images of 2 may show some");
    selection.fields(v);
    ImportOptions::fields(v);
  }
};

// `release` holds finding_annotations.csv, breast-level_annotations.csv and
// images/<study>/<image>.dicom (.dcm, .png or no suffix); a part of the images is fine. Findings
// with the category "Mass" become masses (boxes, cut off at the image's border), images with other
// findings alone `other`; normal are images of which finding_annotations.csv says that there is no
// finding and whose breast has one of `normal_birads`; the rest is unknown. A study is a patient:
// the release has one exam of each. bad_input: what read_vindr_tables() finds, an image of another
// size than the table's, a box outside of the image; with keep_going these images are skipped.
// Images that are not for presentation, or special views, are skipped with the reason.
Cohort prepare_vindr(const std::filesystem::path& release, const std::filesystem::path& out,
                     const VindrOptions& options, Progress& progress);

}  // namespace mammograft
