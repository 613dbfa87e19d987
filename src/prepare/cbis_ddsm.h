// CBIS-DDSM (Lee et al. 2017): digitised films with outlined masses, as TCIA gives them or as JPEG.
#pragma once

#include <filesystem>
#include <vector>

#include "prepare/import.h"

namespace mammograft {

struct CbisDdsmOptions : ImportOptions {
  std::vector<double> mm_per_px;
  template <typename V>
  void fields(V&& v) {
    v("mm_per_px", mm_per_px,
      "pixel spacing of all films: one value, or row and column; the release says none");
    ImportOptions::fields(v);
  }
};

// `release` holds one to four of the release's tables (prepare/cbis_cases.h) and DICOM files, or
// JPEGs with csv/dicom_info.csv, in whatever folders; a part of them is fine. One image a film:
// with a mass, with all its masses' masks, else `other` (calcifications), never normal. `split` is
// that of the table, for films in two tables that of the masses; patients who are in train and test
// are warned of, and listed in info["patients_in_both_splits"]. A film of which a mass has no
// usable mask (prepare/cbis_mask.h) is left out, with the reason in info["skipped"]; masks that
// were scaled stand in info["masks_scaled"]. bad_input: files of a mass that are not there though
// its film is, or that cannot be read; with keep_going these films are skipped too.
Cohort prepare_cbis_ddsm(const std::filesystem::path& release, const std::filesystem::path& out,
                         const CbisDdsmOptions& options, Progress& progress);

}  // namespace mammograft
