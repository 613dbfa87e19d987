// Any folder of DICOM files as a cohort.
#pragma once

#include <filesystem>

#include "dicom/mammogram.h"
#include "prepare/import.h"
#include "prepare/pseudonyms.h"

namespace mammograft {

struct DicomOptions : ImportOptions {
  std::string dataset = "dicom";
  std::string boxes;
  std::string unmarked = "unknown";
  bool marks = true;
  bool automatic_marks = false;
  std::string patient_from = "id";
  SelectionOptions selection;
  PseudonymOptions pseudonyms;
  template <typename V>
  void fields(V&& v) {
    v("dataset", dataset, "name of the data set: it makes patient ids unique");
    v("boxes", boxes,
      "CSV with the masses: image (a file's name or SOP Instance UID) and x, y, width, height or "
      "xmin, ymin, xmax, ymax; status (normal, mass, other) if known");
    v.choice("unmarked", unmarked, {"unknown", "normal"},
             "what images are of which nothing is said, not even what cannot be used");
    v("marks", marks,
      "take what segmentations (SEG) and measurement reports (TID 1500) beside the images mark");
    v("automatic_marks", automatic_marks,
      "take marks too that a program made (detect --objects makes such)");
    v.choice(
        "patient_from", patient_from, {"id", "study"},
        "who is a patient: who has a Patient ID of their own, or (where it was replaced by the "
        "same word in all files) every study");
    selection.fields(v);
    pseudonyms.fields(v);
    ImportOptions::fields(v);
  }
};

// `source`: a folder or a DICOMDIR. Each image once, however often its file lies there; patients
// and images by pseudonym (prepare/pseudonyms.h). What is left out, and why, stands in
// OUT/left_out.csv and, counted, in the log. Throws as run_import() and read_box_table(); bad_input
// where no mammogram is found or the table names none of the images.
Cohort prepare_dicom(const std::filesystem::path& source, const std::filesystem::path& out,
                     const DicomOptions& options, Progress& progress);

}  // namespace mammograft
