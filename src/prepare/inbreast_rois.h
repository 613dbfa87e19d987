// What was drawn on an image of INbreast: AllXML/<id>.xml, a property list of OsiriX.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/polygon.h"

namespace mammograft {

struct InbreastRoi {
  std::string name;  // as roi_name() has it
  Polygon points;    // px of the release; of calcifications often one

  bool is_outline() const { return points.size() >= 3; }
};

// The release's many spellings as one: without case, blanks, hyphens and underscores;
// "Calcifications" is "calcification", "Espiculated Region" "spiculated region", "Assymetry"
// "asymmetry", "Point 3" "point", no name at all "unnamed". Other names: lower case, no blanks.
std::string roi_name(const std::string& spelling);

// Whether roi_name() knows it; others may hold anything.
bool is_known_roi(const std::string& name);

// Of Images[0].ROIs; keys in any order. Throws what read_property_list() throws; bad_input naming
// the field: no or several Images, counts that are not those of the lists, points that are none.
std::vector<InbreastRoi> read_inbreast_rois(const std::filesystem::path& path);

// A muscle's outline, in the form above (named "Pectoral Muscle") or as a list ROIPoints of
// "{x, y}"; the largest one of several, none in an empty list. It is a line that was drawn from the
// upper border to the chest wall: `corner`, the image's corner between these, closes it where it
// does not hold it already. Throws as read_inbreast_rois() does.
Polygon read_inbreast_muscle(const std::filesystem::path& path, Point corner);

}  // namespace mammograft
