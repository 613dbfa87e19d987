// What a DICOM header says of a mammogram.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "dicom/dicom_file.h"

namespace mammograft {

// Which images of a study are meant. A folder holds them all: reports, presentation states, slices
// of a tomosynthesis.
struct SelectionOptions {
  bool for_processing = false;
  bool secondary_captures = false;
  bool special_views = false;
  bool generated_2d = false;
  template <typename V>
  void fields(V&& v) {
    v("for_processing", for_processing,
      "take raw images (FOR PROCESSING) too: turned into a logarithm, dense = bright");
    v("secondary_captures", secondary_captures, "take secondary captures too");
    v("special_views", special_views, "take spot, magnification and specimen views too");
    v("generated_2d", generated_2d, "take images that were generated of a tomosynthesis too");
  }
};

// Identifiers stand here as in the file: for who writes objects about it. Nothing else may write
// them (prepare/pseudonyms.h).
struct Mammogram {
  int width = 0, height = 0;
  std::string sop_class, instance, series, study;  // UIDs
  std::string patient_id;
  std::string laterality;                   // "L", "R" or ""
  std::string chest_wall;                   // "left", "right" by Patient Orientation, or ""
  std::string view;                         // "CC", "MLO", ..., other short codes too, or ""
  std::vector<std::string> view_modifiers;  // "magnification", ...
  std::string intent;                       // "FOR PRESENTATION", "FOR PROCESSING" or ""
  std::string vendor;                       // "Hologic"; of those that are known
  // Row, column. Pixel Spacing; else Imager Pixel Spacing, which is that of the detector, over the
  // magnification; where from stands in words.
  std::optional<std::array<double, 2>> spacing_mm;
  std::string spacing_from;
  std::vector<std::string> warnings;  // what contradicts, and what was believed
};

// "FOR PRESENTATION", "FOR PROCESSING" or "". Where the attribute is missing, as after some
// de-identifications, the SOP class may say it.
std::string presentation_intent(const DataSet& data);

// Throws bad_input where Rows or Columns are missing.
Mammogram read_mammogram(const DicomFile& file);

// Why this object is left out: no picture, another kind of picture, not for presentation, a special
// view. None: it is meant.
std::optional<std::string> reason_to_leave_out(const DicomFile& file,
                                               const SelectionOptions& options);

}  // namespace mammograft
