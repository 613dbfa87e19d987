// What `detect` tells viewers and archives about DICOM images, beside detections.json.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "detect/found_mass.h"
#include "detect/search_item.h"
#include "dicom/findings.h"
#include "stages/dicom_image.h"

namespace mammograft {

struct ObjectOptions {
  std::vector<std::string> objects;
  template <typename V>
  void fields(V&& v) {
    v("objects", objects,
      "DICOM objects about every study, in OUT/objects: cad-sr (Mammography CAD SR), tid1500 "
      "(measurement report), seg (segmentations), gsps (presentation states)");
  }
};

// Throws usage for an object that is none of the four.
void check(const ObjectOptions& options);

class DicomObjects {
 public:
  // Masses stand in them from `min_score` on. `images`: those that are DICOM, by id; they must
  // outlive this.
  DicomObjects(ObjectOptions options, double min_score, const std::map<int64_t, DicomImage>& images)
      : options_(std::move(options)), min_score_(min_score), images_(images) {}

  bool any_wanted() const { return !options_.objects.empty() && !images_.empty(); }
  // What was found on an image, also when that is nothing, and the spacing that it was looked at
  // with. Calls come one at a time.
  void add(const SearchItem& item, const std::vector<FoundMass>& found);
  // OUT/objects/<Study Instance UID>/: cad-sr.dcm and tid1500.dcm for the study, seg-*.dcm and
  // gsps-*.dcm for each image, by its SOP Instance UID. Throws io; bad_input for a header without
  // UIDs.
  void write(const std::filesystem::path& out, Algorithm algorithm) const;

 private:
  SearchedImage searched(int64_t image_id) const;

  ObjectOptions options_;
  double min_score_;
  const std::map<int64_t, DicomImage>& images_;
  struct Found {
    std::optional<std::array<double, 2>> spacing_mm;
    std::vector<FoundMass> masses;
  };
  std::map<int64_t, Found> found_;
};

}  // namespace mammograft
