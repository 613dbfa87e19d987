// INbreast (Moreira et al. 2012): 410 digital mammograms with the outlines that radiologists drew.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "prepare/import.h"

namespace mammograft {

struct InbreastOptions : ImportOptions {
  std::vector<std::string> masses;
  std::vector<std::string> normal_birads = {"1"};
  double mm_per_px = 0.07;
  template <typename V>
  void fields(V&& v) {
    v("masses", masses, "more names of outlines that are masses, as \"spiculated region\"");
    v("normal_birads", normal_birads,
      "BI-RADS of the table that mean a normal image where nothing is drawn");
    v("mm_per_px", mm_per_px, "pixel spacing where the DICOM header has none");
    ImportOptions::fields(v);
  }
};

// `release`: the folder with AllDICOMs, AllXML, INbreast.csv and perhaps PectoralMuscle
// (prepare/inbreast_layout.h); a part of the release is fine. What is read, and by which rules, is
// docs/archives.md. Says how many images, patients and masses there are beside how many there
// should be. usage: an option out of range. io, bad_input: what the parts throw
// (prepare/inbreast_layout.h, inbreast_table.h, inbreast_rois.h, source_pixels.h) and run_import();
// with keep_going images whose DICOM or outlines cannot be read are skipped. Always skipped: an
// image with a mass of one or two points that lies in no outline.
Cohort prepare_inbreast(const std::filesystem::path& release, const std::filesystem::path& out,
                        const InbreastOptions& options, Progress& progress);

}  // namespace mammograft
